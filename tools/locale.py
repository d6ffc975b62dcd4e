"""Catalogues of the words of the service and of the renditions: what is to translate is taken from code and templates,
and what is translated is compiled. `python -m tools.locale` renews all; translations that are there stay."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "src/newsletter/web/locale"
RENDERING = ROOT / "src/newsletter/rendering/locale"
PYTHON = [("*.py", "python")]
TEMPLATES = [(f"*.{kind}", "jinja2") for kind in ("html", "mjml", "txt", "css")]
SOURCES = {  # name of the catalogue -> folders, and how their files are read
    "service": {ROOT / "src/newsletter/web": PYTHON, ROOT / "templates/service": TEMPLATES},
    "rendering": {
        ROOT / "src/newsletter/rendering": PYTHON,
        **{ROOT / "templates" / folder: TEMPLATES for folder in ("email", "text", "web", "print")},
    },
}
THEN = datetime(2026, 1, 1, tzinfo=UTC)  # the same words give the same bytes
# What would change with every run, or say nothing.
VOLATILE = tuple(
    f'"{name}' for name in ("Project-Id", "Report-", "POT-Creation", "PO-Rev", "Last-Tr", "Language-T", "Generated-By")
)
KEYWORDS = {**DEFAULT_KEYWORDS, "marked": None}


def wanted(name: str = "service") -> Catalog:
    """Everything that is to translate for one catalogue, in order of first use."""
    catalogue = Catalog(project="newsletter", charset="utf-8")
    for folder, methods in SOURCES[name].items():
        for file, _, message, _, context in extract_from_dir(folder, methods, keywords=KEYWORDS):
            catalogue.add(message, None, [((folder / file).relative_to(ROOT).as_posix(), 0)], context=context)
    return catalogue


def translated(path: Path) -> Catalog:
    """A catalogue as its translator left it."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def compiled(catalogue: Catalog) -> bytes:
    """As gettext reads it at run time."""
    plain = Catalog(locale=catalogue.locale, project="newsletter", creation_date=THEN, revision_date=THEN)
    for message in catalogue:
        if message.id and message.string:
            plain.add(message.id, message.string)
    out = io.BytesIO()
    write_mo(out, plain)
    return out.getvalue()


def renew(path: Path) -> list[str]:
    """Brings one language up to date; gives what is not translated yet."""
    catalogue = translated(path)
    catalogue.update(wanted(path.stem), no_fuzzy_matching=True, keep_user_comments=True)
    catalogue.obsolete.clear()
    out = io.BytesIO()
    write_po(out, catalogue, width=100, include_lineno=False)
    lines = out.getvalue().decode("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(VOLATILE)), encoding="utf-8")
    path.with_suffix(".mo").write_bytes(compiled(catalogue))
    return [str(message.id) for message in catalogue if message.id and not message.string]


def main() -> int:
    """Renews every language of every catalogue."""
    paths = sorted(path for folder in (LOCALE, RENDERING) for path in folder.glob("*/LC_MESSAGES/*.po"))
    missing = [f"{path.parts[-3]}, {path.stem}: {message}" for path in paths for message in renew(path)]
    for line in missing:
        print(f"Not translated: {line}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

"""A new publication from the sample that ships with the package, and its signing secret."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
from pathlib import Path

from newsletter.errors import Refused
from newsletter.models.publication import Publication
from newsletter.pipeline import editor

GITIGNORE = """\
# Personal data and secrets: never in Git
/subscribers/*
!/subscribers/README.md
!/subscribers/sample.csv
*.db
*.db-wal
*.db-shm
.env
/never-publish*

# Written by newsletter
/build/
/public/
/outbox/
/proofs/
/spool/
~$*
"""


def new_publication(directory: Path, *, sample: Path, templates: Path, publication: Publication) -> None:
    """Writes a publication with one issue and one briefing; appears whole or not at all.

    `publication`: what the sample's newsletter.toml says, for the help that an editor gives.

    Raises:
        Refused: the folder holds something already.
    """
    directory = directory.resolve()
    if directory.exists() and any(directory.iterdir()):
        raise Refused(f"{directory} is not empty.", hint="Name a new folder; nothing was written.")
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".newsletter-", dir=directory.parent) as temporary:
        draft = Path(temporary) / directory.name
        draft.mkdir()
        shutil.copy2(sample / "newsletter.toml", draft)
        for series in ("issues", "briefings"):
            if latest := max((path for path in (sample / series).iterdir() if path.is_dir()), default=None):
                shutil.copytree(latest, draft / series / latest.name)
        (draft / "subscribers").mkdir()
        for name in ("README.md", "sample.csv"):
            shutil.copy2(sample / "subscribers" / name, draft / "subscribers" / name)
        shutil.copytree(templates, draft / "templates", ignore=shutil.ignore_patterns(".*", "__pycache__"))
        (draft / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
        editor.write(draft, publication)
        write_secret(draft)
        if directory.exists():
            directory.rmdir()
        draft.rename(directory)


def write_secret(project: Path) -> bool:
    """Puts a new random secret (256 bits) into .env, readable by its owner alone; False if one is there already."""
    path = project / ".env"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if re.search(r"^\s*(export\s+)?NEWSLETTER_SECRET\s*=\s*\S", before, re.M):
        return False
    path.touch(mode=0o600)
    gap = "" if not before or before.endswith("\n") else "\n"
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"{gap}NEWSLETTER_SECRET={secrets.token_hex(32)}\n")
    return True

"""docs/clients.md: our email beside a plain MJML template, and what mail clients make of both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import jinja2

from bench.features import FULL, NONE, PARTIAL, Clients, Feature
from bench.weights import CLIPPED, Weight
from newsletter.models.issue import Issue

HERE = Path(__file__).parent
SHOWN = {  # the clients that staff of councils, schools, the NHS and police forces read with
    "outlook.windows": "Outlook on Windows, classic",
    "outlook.outlook-com": "Outlook on the web and new Outlook",
    "outlook.macos": "Outlook on a Mac",
    "outlook.ios": "Outlook on an iPhone",
    "outlook.android": "Outlook on Android",
    "apple-mail.ios": "Apple Mail on an iPhone",
    "apple-mail.macos": "Apple Mail on a Mac",
    "gmail.desktop-webmail": "Gmail in a browser",
    "gmail.ios": "Gmail on an iPhone",
    "gmail.android": "Gmail on Android",
    "samsung-email.android": "Samsung Email",
    "yahoo.desktop-webmail": "Yahoo in a browser",
    "thunderbird.macos": "Thunderbird",
}


def page(issue: Issue, weights: Mapping[str, Weight], clients: Clients) -> str:
    """The page's text. `weights`: by what stands at the head of the column, ours first, the plain template second."""
    ours, plain = (clients.used(made.html) for made in list(weights.values())[:2])
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    either = {feature.slug: feature for feature in (*ours, *plain)}
    everywhere = [feature for feature in either.values() if feature.share(FULL) == 1]
    return environment.get_template("clients.md.jinja").render(
        issue=issue,
        weights=weights,
        clipped=CLIPPED,
        day=clients.day,
        tested=len({name for feature in clients.features.values() for name in feature.support}),
        peer=json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"],
        ours=len(ours),
        plain=len(plain),
        everywhere=sorted((feature.title for feature in everywhere), key=str.casefold),
        rows=_rows(either, {feature.slug for feature in ours}, {feature.slug for feature in plain}),
        by_client=[_client(name, said, ours, plain) for name, said in SHOWN.items()],
    )


def _rows(either: Mapping[str, Feature], ours: set[str], plain: set[str]) -> list[tuple[str, ...]]:
    """Each feature that is not known everywhere: what it is, who uses it, and the shares; the rarest first."""
    rest = sorted(
        (feature for feature in either.values() if feature.share(FULL) < 1),
        key=lambda feature: (feature.share(FULL), feature.title.casefold()),
    )
    return [
        (
            f"[{_cell(feature.title)}]({feature.url})",
            "yes" if feature.slug in ours else "",
            "yes" if feature.slug in plain else "",
            *(f"{feature.share(answer):.0%}" for answer in (FULL, PARTIAL, NONE)),
            str(feature.tested),
        )
        for feature in rest
    ]


def _cell(title: str) -> str:
    """Fit for a table of Markdown: "<body> element" is words, not a tag."""
    return title.replace("|", r"\|").replace("<", "&lt;").replace("*", r"\*").replace("_", r"\_")


def _client(name: str, said: str, ours: tuple[Feature, ...], plain: tuple[Feature, ...]) -> tuple[str, ...]:
    """One client: what it shows of each template, and what it lacks of ours."""
    lacks = [_cell(feature.title) for feature in ours if feature.support.get(name) == NONE]
    return (said, _counted(name, ours), _counted(name, plain), "; ".join(lacks))


def _counted(name: str, used: tuple[Feature, ...]) -> str:
    """ "57, 8, 5": fully, in part, not at all."""
    counted = Counter(feature.support.get(name) for feature in used)
    return ", ".join(str(counted[answer]) for answer in (FULL, PARTIAL, NONE))

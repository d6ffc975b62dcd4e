"""The schemas that editors are given: no false alarm on what is read, and the mistakes people make are seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator
from pydantic import BaseModel

from newsletter.content.frontmatter import read_source
from newsletter.content.fronts import issue_front, item_front
from newsletter.errors import ContentError
from newsletter.models.dates import Approximate, When
from newsletter.models.issue import IssueFront
from newsletter.models.items import KINDS
from newsletter.models.publication import Publication
from newsletter.pipeline import field_help
from newsletter.pipeline.schema import issue_schema, item_schema
from newsletter.settings import read_publication

DRAFTS = (Draft202012Validator, Draft7Validator)
ROOT = Path(__file__).parents[3]
PUBLICATION = read_publication(ROOT / "newsletter.toml")
FILES = sorted(path for folder in ("issues", "briefings") for path in (ROOT / folder).rglob("*.md"))
PAGE = (ROOT / "docs/content.md").read_text(encoding="utf-8")
MANUAL = re.findall(r'^```markdown title="([^"]+)"\n(.*?)^```$', PAGE, re.M | re.S)
SCHEMAS = {
    ("item", True): item_schema(PUBLICATION),
    ("issue", True): issue_schema(PUBLICATION),
    ("issue", False): issue_schema(),
}


class Yaml12(yaml.SafeLoader):
    """Reads values as editors do: YAML 1.2, in which `no` and `9:30` are text and dates are too."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 - as its parent has it


for kind, pattern, first in (
    ("bool", "^(?:true|True|TRUE|false|False|FALSE)$", [*"tTfF"]),
    ("null", "^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", [*"-+0123456789"]),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$", [*"-+.0123456789"]),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(pattern), first)


def faults(text: str, kind: str = "item", *, named: bool = True) -> list[str]:
    """What an editor would underline; both drafts that editors know agree on it."""
    front = re.match(r"---\n(.*?)^---$", text, re.M | re.S)
    assert front
    fields, schema = yaml.load(front[1], Yaml12), SCHEMAS[kind, named]
    new, old = (sorted(fault.message for fault in draft(schema).iter_errors(fields)) for draft in DRAFTS)
    assert new == old
    return new


def refused(text: str, kind: str = "item") -> bool:
    """Whether our own reader refuses it."""
    source = read_source(text, "issues/2026-11-winter/10-news.md")
    try:
        if kind == "item":
            item_front(source, PUBLICATION)
        else:
            issue_front(source, PUBLICATION)
    except ContentError:
        return True
    return False


@pytest.mark.parametrize("publication", [None, PUBLICATION], ids=["general", "with names"])
def test_the_schemas_are_schemas(publication: Publication | None) -> None:
    for schema in (item_schema(publication), issue_schema(publication)):
        Draft202012Validator.check_schema(schema)
        Draft7Validator.check_schema(schema)
        assert json.loads(json.dumps(schema))["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sample_is_underlined(path: Path) -> None:
    assert faults(path.read_text("utf-8"), "issue" if path.name == "issue.md" else "item") == []


@pytest.mark.parametrize(("name", "text"), MANUAL, ids=[name for name, _ in MANUAL])
def test_no_example_of_the_manual_is_underlined(name: str, text: str) -> None:
    assert faults(text, "issue" if name == "issue.md" else "item") == []


@pytest.mark.parametrize(
    "fields",
    [
        "title: 2026",
        "title: 999",
        "title: true",
        "title: No kind",
        "title: T\nkind: article",
        "title: T\nkind:",
        "title: T\nheading: false\nact_now: yes",
        "title: T\nsummary:\ndeadline:\nimage:\ntags: []",
        "title: T\ntags: neglect\nareas: [Coastal, 3]",
        "title: T\ndeadline: 2026-11-26",
        "title: T\ndeadline: 20261126",
        "title: T\nembargo_until: 26 November 2026 10am\nlang: no",
        "title: T\ncontact: training",
        "title: T\ncontact: [training, { role: Duty desk, phone: 999 }]",
        "title: T\ncontact: { team: MASH, hours: 9:30 }",
        "title: T\nkind: message\nauthor: A",
        "title: T\nkind: event\nstatus: on-demand",
        "title: T\nkind: event\nwhen: 16 to 20 November 2026, 9.30am to 4pm\ncost: 3.50\ncertificate: yes",
        "title: T\nkind: survey\nurl: https://x.org\ncloses: 1 May 2027\nminutes: '5'",
        "title: T\nkind: resource\nfiles: [{ title: F, path: files/f.pdf, for: all, url: }]",
        "title: T\nkind: review\nsubject: named\npublished: 2026\nreport_url: https://x.org",
        "title: T\nkind: key-messages\nignore: { NL102: it has no other name }",
    ],
)
def test_nothing_that_is_read_is_underlined(fields: str) -> None:
    text = f"---\n{fields}\n---\nWords.\n"
    assert not refused(text)
    assert faults(text) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("kind: article", "'title' is a required property"),
        ("title:", "None is not of type"),
        ("title: T\nkind: events", "'events' is not one of"),
        ("title: T\nkind: event", "'when' is a required property"),
        ("title: T\nkind: event\nwhen:", "None should not be valid"),
        ("title: T\nkind: event\nwhen: next Thursday", "does not match"),
        ("title: T\nkind: event\nwhen: 26/11/2026", "does not match"),
        ("title: T\nkind: event\nwhen: 1 May 2027\nstatus: maybe", "'maybe' is not one of"),
        ("title: T\nkind: event\nwhen: 1 May 2027\nbooking: {}", ""),
        ("title: T\nkind: event\nstatus: to-be-announced\nbooking: { email: somebody }", ""),
        ("title: T\nkind: message", "'role' is a required property"),
        ("title: T\nkind: notice", "'what_to_do' is a required property"),
        ("title: T\nkind: survey\nurl: https://x.org", "'closes' is a required property"),
        ("title: T\nkind: survey\nurl: https://x.org\ncloses: 1 May 2027\nminutes: 300", "maximum"),
        ("title: T\nkind: resource\nfiles: []", "[]"),
        ("title: T\nkind: resource\nfiles: [{ title: F }]", "'url' is a required property"),
        ("title: T\nkind: resource\nfiles: [{ title: F, url: https://x.org, path: files/f.pdf }]", ""),
        ("title: T\nkind: review\nsubject: named\npublished: 2026", "'report_url' is a required property"),
        ("title: T\nkind: service", "'who_for' is a required property"),
        ("title: T\nvenue: Town Hall", "'venue' was unexpected"),
        ("title: T\nsumary: S", "'sumary' was unexpected"),
        ("title: T\nkind: event\nwhen: 1 May 2027\nbooking: { link: https://x.org }", ""),
        ("title: T\nlinks: { title: A, url: https://x.org }", "is not of type 'array'"),
        ("title: T\nimage: { alt: A hall }", ""),
        ("title: T\ncontact: nobody", ""),
        ("title: T\ncontact: { name: Jo }", ""),
        ("title: T\nact_now: soon", "does not match"),
        ("title: T\nlang: Welsh language", "does not match"),
        ("title: T\nsummary: " + "word " * 41, "does not match"),
    ],
)
def test_what_is_refused_is_underlined(fields: str, said: str) -> None:
    text = f"---\n{fields}\n---\nWords.\n"
    assert refused(text) or "{}" in fields  # an empty mapping is read as nothing said
    assert any(said in fault for fault in faults(text)), faults(text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("title: T", "'date' is a required property"),
        ("title: T\ndate: 2026-11", ""),
        ("title: T\ndate: 1 May 2027\naudiences: [everybody]", ""),
        ("title: T\ndate: 1 May 2027\nvisibility: secret", "'secret' is not one of"),
        ("title: T\ndate: 1 May 2027\ncontents: 3", "3 is not one of"),
        ("title: T\ndate: 1 May 2027\nnumber: 0", "minimum"),
        ("title: T\ndate: 1 May 2027\nkind: event", "'kind' was unexpected"),
    ],
)
def test_what_is_refused_of_an_issue_is_underlined(fields: str, said: str) -> None:
    text = f"---\n{fields}\n---\nWords.\n"
    assert refused(text, "issue")
    if "2026-11" not in fields:  # a month where a day is meant: only the reader knows
        assert any(said in fault for fault in faults(text, "issue"))


def test_without_a_publication_any_name_is_a_name() -> None:
    text = "---\ntitle: T\ndate: 1 May 2027\naudiences: [everybody]\ncontact: nobody\n---\n"
    assert faults(text, "issue", named=False) == []


def models() -> Iterator[type[BaseModel]]:
    """Every model that front matter is made of; a date is one too, and is written as text."""
    waiting: list[Any] = [IssueFront, *KINDS.values()]
    seen: set[type[BaseModel]] = {When, Approximate}
    while waiting:
        found = waiting.pop()
        if isinstance(found, type) and issubclass(found, BaseModel) and found not in seen:
            seen.add(found)
            yield found
            waiting += [field.annotation for field in found.model_fields.values()]
        waiting += getattr(found, "__args__", ())


def test_every_field_is_explained_and_nothing_else_is() -> None:
    fields = {model.__name__: {field.alias or name for name, field in model.model_fields.items()} for model in models()}
    explained = {name: set(field_help.help_for(name)) for name in fields}
    kinds = {model.__name__ for model in KINDS.values()}
    assert {name: names - explained[name] for name, names in fields.items() if names - explained[name]} == {}
    assert {name: explained[name] - names for name, names in fields.items() if explained[name] - names} == {}
    assert set(field_help.PARTS) == set(fields) - kinds - {"IssueFront"}
    assert set(field_help.KINDS) <= kinds


def test_an_explanation_is_a_sentence() -> None:
    tables = [field_help.ISSUE, field_help.ITEM, *field_help.KINDS.values(), *field_help.PARTS.values()]
    said = [words for table in tables for words in table.values()]
    assert [words for words in said if not words.endswith(".") or len(words) > 110] == []

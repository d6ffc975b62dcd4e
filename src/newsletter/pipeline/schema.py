"""JSON Schema (draft 2020-12) of the front matter, made from the models, for editors that help while somebody types.

It describes YAML as a person writes it, so it is wider than the models: our reader takes every value as the text that
was typed, and an empty value as none. What it accepts may still be refused by `newsletter check`; never the other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from newsletter.models.base import Model
from newsletter.models.issue import IssueFront
from newsletter.models.items import KINDS
from newsletter.models.publication import Publication
from newsletter.pipeline.field_help import ITEM, help_for

Schema = dict[str, Any]  # JSON

DRAFT = "https://json-schema.org/draft/2020-12/schema"
WHOLE_NUMBER = r"^\s*\d+\s*$"
TRUTH = "^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o|[Oo]n|[Oo]ff)$"
FORTY_WORDS = r"^\s*(\S+\s+){0,39}\S*\s*$"


def _given(*fields: str) -> Schema:
    """One of these fields is there, and not empty."""
    cases = [{"required": [field], "properties": {field: {"not": {"type": "null"}}}} for field in fields]
    return cases[0] if len(cases) == 1 else {"anyOf": cases}


_UNDATED = {"properties": {"status": {"enum": ["to-be-announced", "on-demand"]}}, "required": ["status"]}
# Rules over several fields, which the models hold as code: unless the first, then the second.
UNLESS: dict[str, tuple[Schema, Schema]] = {
    "MessageItem": (_given("author"), _given("role")),
    "EventItem": (_UNDATED, _given("when")),
    "Booking": (_given("email", "opens"), _given("url")),
    "ResourceFile": (_given("path"), _given("url")),
    "Contact": (_given("team"), _given("role")),
}
NEVER: dict[str, Schema] = {"ResourceFile": {"allOf": [_given("path"), _given("url")]}}


def issue_schema(publication: Publication | None = None) -> Schema:
    """Of `issue.md`. With a publication, its audiences and contacts by name."""
    definitions = _definitions([IssueFront], publication)
    front = definitions.pop("IssueFront")
    return {"$schema": DRAFT, "title": "Front matter of issue.md", **front, "$defs": definitions}


def item_schema(publication: Publication | None = None) -> Schema:
    """Of an item: what its kind asks for. Without a kind it is an article."""
    definitions = _definitions(KINDS.values(), publication)
    kinds = {"enum": [*KINDS, None], "default": "article", "description": ITEM["kind"]}
    return {
        "$schema": DRAFT,
        "title": "Front matter of an item",
        "description": "One story in an issue. Its fields depend on its kind.",
        "type": "object",
        "properties": {"title": {"description": ITEM["title"]}, "kind": kinds},
        "required": ["title"],
        "allOf": [_when_kind(kind, model.__name__) for kind, model in KINDS.items()],
        "$defs": definitions,
    }


def _when_kind(kind: str, model: str) -> Schema:
    then = {"$ref": f"#/$defs/{model}"}
    if kind == "article":
        return {"if": {"properties": {"kind": {"enum": [kind, None]}}}, "then": then}
    return {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": then}


def _definitions(models: Iterable[type[Model]], publication: Publication | None) -> dict[str, Schema]:
    """Every model and those within it, by name, as people write them."""
    _, schemas = models_json_schema([(model, "validation") for model in models])
    found: dict[str, Schema] = {name: _model(name, schema) for name, schema in schemas["$defs"].items()}
    if publication is not None:
        for schema in found.values():
            _name(schema["properties"].get("contact"), publication.contacts)
        if "IssueFront" in found:
            _name(found["IssueFront"]["properties"]["audiences"], publication.audiences)
    return dict(sorted(found.items()))


def _model(name: str, schema: Schema) -> Schema:
    required, said = schema.get("required", []), help_for(name)
    properties: dict[str, Schema] = {}
    for field, inner in schema["properties"].items():
        written = _as_written(inner)
        if field not in required:
            written = _may_be_empty(written)
        if inner.get("default") not in (None, "", [], False):
            written["default"] = inner["default"]
        properties[field] = {"description": said[field], **written}
    if "summary" in properties:
        properties["summary"]["pattern"] = FORTY_WORDS
    made = {"description": schema["description"], "type": "object", "properties": properties, "required": required}
    if name in UNLESS:
        condition, then = UNLESS[name]
        made |= {"if": {"not": condition}, "then": then}
    if name in NEVER:
        made["not"] = NEVER[name]
    return {key: value for key, value in made.items() if value} | {"additionalProperties": False}


def _as_written(schema: Schema) -> Schema:
    """What YAML makes of what a person types for this: `title: 2026` is a number there, and a fine title here."""
    kept = {key: value for key, value in schema.items() if key not in ("title", "default", "description")}
    if isinstance(choices := kept.get("anyOf"), list):
        options = [_as_written(choice) for choice in choices if choice != {"type": "null"}]
        return options[0] if len(options) == 1 else {**kept, "anyOf": options}
    if "enum" in kept or "const" in kept:
        values = kept.get("enum", [kept.get("const")])
        return {"enum": [*values, *(str(value) for value in values if not isinstance(value, str))]}
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), dict):
            kept[key] = _as_written(kept[key])
    return kept | _types(kept)


def _types(schema: Schema) -> Schema:
    """The types that YAML may make of a value, and the form of one that stands in quotes."""
    match schema.get("type"):
        case "integer":
            return {"type": ["integer", "string"], "pattern": WHOLE_NUMBER}
        case "boolean":
            return {"type": ["boolean", "string"], "pattern": TRUTH}
        case "string" if "examples" in schema:  # a date: a year, or 20261126
            return {"type": ["string", "integer"]}
        case "string" if "pattern" not in schema:
            return {"type": ["string", "number", "boolean"]}
    return {}


def _may_be_empty(schema: Schema) -> Schema:
    """An empty value means the same as leaving the line out."""
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return {**schema, "type": [*types, "null"]}
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


def _name(schema: Schema | None, known: Mapping[str, object]) -> None:
    """Where a name of newsletter.toml stands, only those there are."""
    for choice in schema["anyOf"] if schema else ():
        if "items" in choice:
            inner = choice["items"]
            _name(inner if "anyOf" in inner else {"anyOf": [inner]}, known)
        elif "string" in choice.get("type", ()):
            choice.clear()
            choice["enum"] = sorted(known)

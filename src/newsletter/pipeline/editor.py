"""Help in Visual Studio Code: fields and values to choose from, and what is wrong underlined where it stands.

Both work with the editor alone. It completes in Markdown from snippets, and it reads problems from a task's output. No
extension that is well kept checks front matter against a JSON Schema; for programs that do, the schemas are written too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from newsletter.models.items import KINDS
from newsletter.models.publication import Publication
from newsletter.pipeline.schema import Schema, issue_schema, item_schema
from newsletter.publishing.files import Folder

FOLDER = ".vscode"
SHOWN = {"Image": ("src", "alt"), "Link": ("title", "url"), "ResourceFile": ("title", "path")}  # of the others all

SETTINGS = {
    "[markdown]": {
        "editor.wordWrap": "on",
        "editor.tabSize": 2,
        "editor.insertSpaces": True,
        "editor.detectIndentation": False,
        "editor.snippetSuggestions": "top",
        "editor.wordBasedSuggestions": "off",  # the list that Ctrl+Space opens holds fields alone
        "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},  # prose is not interrupted
    },
    "files.encoding": "utf8",
    "markdown.validate.enabled": True,  # links to files that are not there
    "markdown.validate.fragmentLinks.enabled": "ignore",  # an item's name is made from its file's
    "markdown.validate.referenceLinks.enabled": "ignore",
}
SEVERITY = {"STOP": "error", "FIX": "warning", "ADVICE": "info"}  # a check's level -> the editor's word for it


def write(project: Path, publication: Publication) -> list[str]:
    """Brings `.vscode/` up to date; gives the paths written, below the project.

    Settings and tasks that are there already are somebody's own, and stay.

    Raises:
        Refused: a file cannot be written.
    """
    folder = Folder(project)
    ours: dict[str, object] = {
        "issue.schema.json": issue_schema(publication),
        "item.schema.json": item_schema(publication),
        "newsletter.code-snippets": snippets(publication),
    }
    theirs: dict[str, object] = {"settings.json": SETTINGS, "tasks.json": TASKS}
    written = []
    for name, content in (ours | theirs).items():
        path = f"{FOLDER}/{name}"
        if name in theirs and (project / path).exists():
            continue
        if folder.write(path, as_json(content).encode()):
            written.append(path)
    return written


def as_json(content: object) -> str:
    """As people may want to read it."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def snippets(publication: Publication | None) -> dict[str, Any]:
    """One snippet for each field, with its values to choose from, and one for each kind with what it must say."""
    item, issue = item_schema(publication), issue_schema(publication)
    found: dict[str, Any] = {}
    for kind, model in KINDS.items():
        schema = item["$defs"][model.__name__]
        lines = list(_kind_lines(kind, schema, item["$defs"]))
        found[f"kind: {kind}"] = _snippet(f"kind: {kind}", lines, schema["description"])
        for name, field in schema["properties"].items():
            if name != "kind":
                found.setdefault(name, _field(name, field, item["$defs"]))
    for name, field in issue["properties"].items():
        found.setdefault(name, _field(name, field, issue["$defs"]))
    return found


def _field(name: str, schema: Schema, definitions: dict[str, Schema]) -> dict[str, Any]:
    return _snippet(name, list(_lines(name, schema, definitions, count(1))), schema["description"])


def _snippet(prefix: str, lines: list[str], description: str) -> dict[str, Any]:
    return {"scope": "markdown", "prefix": prefix, "body": lines, "description": description}


def _kind_lines(kind: str, schema: Schema, definitions: dict[str, Schema]) -> Iterator[str]:
    """The kind, and the fields it asks for."""
    places = count(1)
    yield f"kind: {kind}"
    needed = [*schema["required"], *schema.get("then", {}).get("required", ())]
    for name in needed:
        if name not in ("title", "kind"):
            yield from _lines(name, schema["properties"][name], definitions, places)


def _lines(name: str, schema: Schema, definitions: dict[str, Schema], places: Iterator[int]) -> Iterator[str]:
    """A field with stops for the cursor, in the syntax of snippets: `status: ${1|confirmed,cancelled|}`."""
    for choice in (schema, *schema.get("anyOf", ())):
        listed = choice.get("items", {})
        parts = (listed if "$ref" in listed else choice).get("$ref", "").rpartition("/")[2]
        if parts:
            yield f"{name}:"
            fields = SHOWN.get(parts) or tuple(definitions[parts]["properties"])
            for number, field in enumerate(fields):
                first = "  - " if listed and not number else "    " if listed else "  "
                inner = _lines(field, definitions[parts]["properties"][field], definitions, places)
                yield from (f"{first}{line}" for line in inner)
            return
        if values := _values(choice):
            yield f"{name}: ${{{next(places)}|{','.join(values)}|}}"
            return
        if listed and (values := _values(listed)):
            yield f"{name}: [${{{next(places)}|{','.join(values)}|}}]"
            return
    example = schema.get("examples", [""])[0].replace("}", "\\}")
    yield f"{name}: ${{{next(places)}:{example}}}"


def _values(schema: Schema) -> list[str]:
    """What can be chosen from, escaped as a choice asks for."""
    values = [value for value in schema.get("enum", ()) if isinstance(value, str)]
    if not values and "boolean" in schema.get("type", ()) and "pattern" in schema:
        values = ["true", "false"]
    return [value.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|") for value in values]


def _matchers() -> Iterator[dict[str, Any]]:
    """How the editor reads what `newsletter check` prints: an error of reading on one line; a finding on two lines, or
    on three when it quotes the words at fault."""
    shared = {"owner": "newsletter", "fileLocation": ["relative", "${workspaceFolder}"]}
    unread = {"regexp": r"^((?:.+/)?[^/:]+\.(?:md|toml|env)):(\d+): (.+)$", "file": 1, "line": 2, "message": 3}
    yield {**shared, "source": "newsletter", "severity": "error", "pattern": unread}
    for level, severity in SEVERITY.items():
        head = {"regexp": rf"^{level}\s+(NL\d+)\s+(.+):(\d+)$", "code": 1, "file": 2, "line": 3}
        quoted = {"regexp": r"^\s+“.*$"}
        said = {"regexp": r"^\s{2}(?!“)(.+)$", "message": 1}
        for pattern in ([head, said], [head, quoted, said]):
            yield {**shared, "source": "newsletter", "severity": severity, "pattern": pattern}


def _task(label: str, arguments: list[str], **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "type": "process",
        "command": "newsletter",
        "args": arguments,
        "options": {"cwd": "${workspaceFolder}", "env": {"NO_COLOR": "1"}},
        "presentation": {"reveal": "silent", "clear": True},
        "problemMatcher": list(_matchers()),
        **more,
    }


TASKS = {
    "version": "2.0.0",
    "tasks": [
        _task(
            "newsletter: check this issue",
            ["check", "--all", "${fileDirname}"],
            group={"kind": "build", "isDefault": True},
        ),
        _task("newsletter: check every issue", ["check", "--all"]),
    ],
}

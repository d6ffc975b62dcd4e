"""Help in Visual Studio Code: fields and values to choose from, and what is wrong underlined where it stands.

Both work with the editor alone: it completes in Markdown from snippets, and reads problems from what a task prints.
The schemas are written too, for programs that check front matter against one; the editor itself does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, count, repeat
from pathlib import Path
from typing import Any

from newsletter.models.items import KINDS
from newsletter.models.publication import Publication
from newsletter.pipeline.schema import TRUTH, Schema, issue_schema, item_schema
from newsletter.publishing.files import Folder

FOLDER = ".vscode"
DRAFT_OF_EDITORS = "http://json-schema.org/draft-07/schema#"  # what they know; ours says the same in both drafts
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
        "issue.schema.json": issue_schema(publication) | {"$schema": DRAFT_OF_EDITORS},
        "item.schema.json": item_schema(publication) | {"$schema": DRAFT_OF_EDITORS},
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
    """One snippet for each kind with what it must say, and one for each field with its values to choose from.

    The editor shows a snippet's name beside it, so each is named by what it is for."""
    item, issue = item_schema(publication), issue_schema(publication)
    found: dict[str, Any] = {}
    for kind, model in KINDS.items():
        schema = item["$defs"][model.__name__]
        _add(found, f"kind: {kind}", _kind_lines(kind, schema, item["$defs"]), schema["description"])
    fronts = [(item["$defs"][model.__name__], item["$defs"]) for model in KINDS.values()] + [(issue, issue["$defs"])]
    for front, definitions in fronts:
        for name, field in front["properties"].items():
            if name != "kind":
                _add(found, name, _lines(name, field, definitions, count(1)), field["description"])
    return found


def _add(found: dict[str, Any], prefix: str, lines: Iterable[str], description: str) -> None:
    body = list(lines)
    if any(known["prefix"] == prefix and known["body"] == body for known in found.values()):
        return
    name = description if description not in found else f"{description} ({prefix})"
    found[name] = {"scope": "markdown", "prefix": prefix, "body": body, "description": description}


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
    choices = [schema, *schema.get("anyOf", ())]
    listed: Schema = next((choice["items"] for choice in choices if "items" in choice), {})
    parts = next((choice["$ref"].rpartition("/")[2] for choice in (*choices, listed) if "$ref" in choice), "")
    if values := next(filter(None, map(_values, choices)), ""):
        yield f"{name}: ${{{next(places)}|{values}|}}"
    elif parts:
        yield f"{name}:"
        margins = chain(["  - "], repeat("    ")) if listed else repeat("  ")
        for field in SHOWN.get(parts) or tuple(definitions[parts]["properties"]):
            for line in _lines(field, definitions[parts]["properties"][field], definitions, places):
                yield f"{next(margins)}{line}"
    elif listed:
        yield from (f"{name}:", f"  - ${next(places)}")
    elif "additionalProperties" in schema:
        yield from (f"{name}:", f"  ${{{next(places)}:NL101}}: ${{{next(places)}:the reason why}}")
    elif examples := schema.get("examples"):
        yield f"{name}: ${{{next(places)}:{examples[0]}}}"
    else:
        yield f"{name}: ${next(places)}"


def _values(schema: Schema) -> str:
    """What can be chosen from, as a snippet writes it; "" if anything can be said."""
    values = [value for value in schema.get("enum", ()) if isinstance(value, str)]
    if schema.get("pattern") == TRUTH:
        values = ["true", "false"]
    return ",".join(re.sub(r"([\\,|])", r"\\\1", value) for value in values)


def _matchers() -> Iterator[dict[str, Any]]:
    """How the editor reads what `newsletter check` prints: an error of reading on one line; a finding on two lines, or
    on three when it quotes the words at fault."""
    shared = {"owner": "newsletter", "fileLocation": ["relative", "${workspaceFolder}"]}
    unread = {"regexp": r"^((?:.+/)?[^/:]+\.(?:md|toml|env)):(\d+): (.+)$", "file": 1, "line": 2, "message": 3}
    yield {**shared, "source": "newsletter", "severity": "error", "pattern": unread}
    for level, severity in SEVERITY.items():
        where = r"(.+?):(\d+)(?::(\d+))?"
        head = {"regexp": rf"^{level}\s+(NL\d+)\s+{where}$", "code": 1, "file": 2, "line": 3, "column": 4}
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
        "presentation": {
            "reveal": "silent",
            "revealProblems": "onProblem",
            "clear": True,
            "showReuseMessage": False,
        },
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

"""Help in Visual Studio Code: what it is given, and that it understands what our commands print."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsletter.content.frontmatter import read_source
from newsletter.content.fronts import item_front
from newsletter.errors import ContentError
from newsletter.models.items import KINDS
from newsletter.pipeline import editor
from newsletter.settings import read_publication

ROOT = Path(__file__).parents[3]
PUBLICATION = read_publication(ROOT / "newsletter.toml")
SNIPPETS = list(editor.snippets(PUBLICATION).values())
Command = Callable[..., Any]
Mark = tuple[str, str, int, int, str]  # severity, file, line, column (0: none), message


def marks(printed: str) -> Iterator[Mark]:
    """What the editor underlines, as it reads what a task prints: the longest pattern that fits the lines so far."""
    matchers = editor.TASKS["tasks"][0]["problemMatcher"]  # type: ignore[index]
    seen: list[str] = []
    for line in printed.split("\n"):
        seen.append(line)
        for matcher in sorted(matchers, key=lambda one: -len(_patterns(one))):
            patterns = _patterns(matcher)
            found = [
                re.search(one["regexp"], text) for one, text in zip(patterns, seen[-len(patterns) :], strict=False)
            ]
            if len(found) == len(patterns) and all(found):
                said = {
                    name: match[one[name]]
                    for one, match in zip(patterns, found, strict=True)
                    for name in ("file", "line", "column", "message")
                    if match and name in one
                }
                yield (
                    matcher["severity"],
                    said["file"],
                    int(said["line"]),
                    int(said.get("column") or 0),
                    said["message"],
                )
                seen.clear()
                break


def _patterns(matcher: dict[str, Any]) -> list[dict[str, Any]]:
    pattern = matcher["pattern"]
    return pattern if isinstance(pattern, list) else [pattern]


def typed(lines: list[str]) -> str:
    """What a snippet leaves in the file when somebody takes the first of each choice and types little else."""
    text = "\n".join(lines)
    text = re.sub(r"\$\{\d+\|((?:\\.|[^,|\\])*)[^}]*\|\}", r"\1", text)
    return re.sub(r"\$\d+", "https://x.org", re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text))


@pytest.mark.parametrize("kind", KINDS)
def test_the_snippet_of_a_kind_holds_all_that_it_must_say(kind: str) -> None:
    (snippet,) = [one for one in SNIPPETS if one["prefix"] == f"kind: {kind}"]
    front = item_front(read_source(f"---\ntitle: T\n{typed(snippet['body'])}\n---\n", "10-t.md"), PUBLICATION)
    assert type(front) is KINDS[kind]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("article", "key-messages")])
def test_the_snippet_of_a_kind_holds_no_more_than_that(kind: str) -> None:
    (snippet,) = [one for one in SNIPPETS if one["prefix"] == f"kind: {kind}"]
    named = [line for line in snippet["body"][1:] if not line.startswith(" ")]
    for line in named:
        fewer = [
            other for other in snippet["body"] if other != line and (line != "files:" or not other.startswith(" "))
        ]
        with pytest.raises(ContentError):
            item_front(read_source(f"---\ntitle: T\n{typed(fewer)}\n---\n", "10-t.md"), PUBLICATION)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda one: one["prefix"])
def test_each_snippet_is_a_field_and_says_what_for(snippet: dict[str, Any]) -> None:
    (name,) = {*yaml.safe_load(typed(snippet["body"]))} & {*snippet["prefix"].split(": ")}
    assert snippet["prefix"].startswith(name)
    assert snippet["description"].endswith(".")


def test_names_of_the_publication_are_offered() -> None:
    bodies = {one["prefix"]: one["body"] for one in SNIPPETS}
    assert bodies["audiences"] == ["audiences: ${1|education,invitees,practitioners,test|}"]
    assert "training" in bodies["contact"][0]
    assert bodies["status"] == ["status: ${1|confirmed,hold-the-date,to-be-announced,on-demand,cancelled|}"]


def test_every_problem_of_reading_is_underlined(newsletter: Command, project: Path) -> None:
    bad = "---\ntitle: T\nkind: event\nstatsu: confirmed\nwhen: Friday 26 November 2026\n---\nWords.\n"
    (project / "issues/2026-11-winter/99-bad.md").write_text(bad, encoding="utf-8")
    ran = newsletter("check", "--all", str(project / "issues/2026-11-winter"))
    found = list(marks(ran.out + ran.err))
    assert [mark[:3] for mark in found] == [("error", "issues/2026-11-winter/99-bad.md", line) for line in (4, 5)]
    assert "Did you mean 'status'?" in found[0][4]


def test_every_finding_is_underlined_with_its_words_of_advice(newsletter: Command, project: Path) -> None:
    words = "Read it [click here](https://www.example.org/x), says the ABCDX (who asked.\n\nfoo {{ bar }}\n"
    item = f"---\ntitle: T\nkind: event\nwhen: 26 November 2026\nimage: {{ src: images/window-sill.png }}\n---\n{words}"
    folder = project / "issues/2026-11-winter"
    (folder / "99-bad.md").write_text(item, encoding="utf-8")
    known = json.loads(newsletter("check", "--json", "issues/2026-11-winter").out)["issues"][0]["findings"]
    expected = {
        (
            editor.SEVERITY[one["level"]],
            one["file"],
            one["line"],
            one["column"],
            f"{one['message']} {one['fix']}".strip(),
        )
        for one in known
        if one["line"]
    }
    assert {one[0] for one in expected} >= {"warning", "info"}
    assert set(marks(newsletter("check", "--all", str(folder)).out)) == expected


def test_settings_that_are_somebodys_own_stay_and_ours_follow_newsletter_toml(
    newsletter: Command, project: Path
) -> None:
    folder = project / ".vscode"
    folder.mkdir()
    (folder / "settings.json").write_text("{}", encoding="utf-8")
    assert ".vscode/tasks.json" in newsletter("schema", "--write").out
    assert (folder / "settings.json").read_text(encoding="utf-8") == "{}"
    assert newsletter("schema", "--write").out == ".vscode/ is up to date.\n"
    settings = project / "newsletter.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("[contacts.training]", "[contacts.courses]"))
    newsletter("schema", "--write")
    for name in ("issue.schema.json", "item.schema.json", "newsletter.code-snippets"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "courses" in text
        assert json.loads(text)


def test_a_new_publication_has_all_of_it(newsletter: Command, tmp_path: Path) -> None:
    assert newsletter("init", str(tmp_path / "new")).code == 0
    names = sorted(path.name for path in (tmp_path / "new/.vscode").iterdir())
    assert names == ["issue.schema.json", "item.schema.json", "newsletter.code-snippets", "settings.json", "tasks.json"]


@pytest.mark.parametrize(("words", "title"), [([], "an item"), (["item"], "an item"), (["issue"], "issue.md")])
def test_the_schema_is_printed_and_nothing_else(newsletter: Command, words: list[str], title: str) -> None:
    ran = newsletter("schema", *words)
    assert json.loads(ran.out)["title"] == f"Front matter of {title}"
    assert "business-unit" in ran.out


def test_outside_a_publication_the_schema_knows_no_names(
    newsletter: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = newsletter("schema", "issue")
    assert json.loads(ran.out)
    assert "business-unit" not in ran.out
    assert newsletter("schema", "--write").code == 2
    assert newsletter("schema", "picture").code == 2

"""Whatever is wrong in the folder, the command says where, exits with 2, and writes and sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"
ITEM = f"{BRIEFING}/20-what-to-do.md"
HEAD = "---\ntitle: What to do\nkind: key-messages\n---\n"

CASES: dict[str, tuple[str, bytes | None, str]] = {  # file, its bytes (None: removed), what must be said
    "no issue.md": (f"{BRIEFING}/issue.md", None, "issue.md"),
    "no front matter": (ITEM, b"Only words.\n", f"{ITEM}:1"),
    "front matter without end": (ITEM, b"---\ntitle: A\n", ITEM),
    "unknown key": (ITEM, b"---\ntitle: A\ntitel: B\n---\nWords.\n", f"{ITEM}:3"),
    "no title": (ITEM, b"---\nkind: article\n---\nWords.\n", ITEM),
    "wrong type": (ITEM, b"---\ntitle: A\nlinks: words\n---\nWords.\n", f"{ITEM}:3"),
    "wrong kind": (ITEM, b"---\ntitle: A\nkind: poem\n---\nWords.\n", f"{ITEM}:3"),
    "wrong weekday": (ITEM, b"---\ntitle: A\ndeadline: Monday 26 November 2026\n---\nWords.\n", f"{ITEM}:3"),
    "ambiguous date": (ITEM, b"---\ntitle: A\ndeadline: 16/4/20\n---\nWords.\n", f"{ITEM}:3"),
    "no such day": (ITEM, b"---\ntitle: A\ndeadline: 31 June 2026\n---\nWords.\n", f"{ITEM}:3"),
    "missing image": (ITEM, b"---\ntitle: A\nimage: { src: images/none.png, alt: A }\n---\nWords.\n", f"{ITEM}:3"),
    "image outside": (
        ITEM,
        b"---\ntitle: A\nimage: { src: ../../newsletter.toml, alt: A }\n---\nWords.\n",
        f"{ITEM}:3",
    ),
    "absolute image": (ITEM, b"---\ntitle: A\nimage: { src: /etc/passwd, alt: A }\n---\nWords.\n", f"{ITEM}:3"),
    "image in the body": (ITEM, HEAD.encode() + b"Words.\n\n![A](images/none.png)\n", f"{ITEM}:7"),
    "anchors": (ITEM, b"---\na: &a [x, x]\nb: [*a, *a]\ntitle: A\n---\nWords.\n", ITEM),
    "duplicate key": (ITEM, b"---\ntitle: A\ntitle: B\n---\nWords.\n", f"{ITEM}:3"),
    "tab": (ITEM, b"---\ntitle: A\nimage:\n\tsrc: x\n---\nWords.\n", f"{ITEM}:4"),
    "unquoted colon": (ITEM, b"---\ntitle: A: b\n---\nWords.\n", f"{ITEM}:2"),
    "script address": (ITEM, HEAD.encode() + b"[words](javascript:alert(1))\n", f"{ITEM}:5"),
    "merge tag": (ITEM, HEAD.encode() + b"Press %%unsubscribe_url%% now.\n", f"{ITEM}:5"),
    "bytes that are no text": (ITEM, b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\x81", ITEM),
    "two lines in a subject": (
        f"{BRIEFING}/issue.md",
        b'---\ntitle: A\ndate: 11 November 2026\nsubject: "A\\r\\nBcc: x@example.org"\n---\nWords.\n',
        f"{BRIEFING}/issue.md:4",
    ),
    "toml": ("newsletter.toml", b"[partnership\nname = 1\n", "newsletter.toml:1"),
    "toml type": ("newsletter.toml", b"[partnership]\nname = 1\n", "newsletter.toml"),
}


def listing(project: Path) -> set[str]:
    return {path.relative_to(project).as_posix() for path in project.rglob("*") if "subscribers" not in path.parts}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_with_its_place_and_nothing_is_written(newsletter: Command, project: Path, case: str) -> None:
    name, data, said = CASES[case]
    if data is None:
        (project / name).unlink()
    else:
        (project / name).write_bytes(data)
    before = listing(project)
    for words in (("check",), ("build",), ("send", BRIEFING, "--to", "practitioners", "--confirm", "17")):
        ran = newsletter(*words)
        assert ran.code == 2, ran.out + ran.err
        assert said in ran.err
    assert listing(project) == before


def test_all_mistakes_of_all_files_are_told_together(newsletter: Command, project: Path) -> None:
    (project / ITEM).write_text("---\ntitle: A\ntitel: B\ndeadline: soon\n---\nWords.\n", encoding="utf-8")
    (project / f"{BRIEFING}/10-one-number.md").write_text("Words.\n", encoding="utf-8")
    err = newsletter("check").err
    assert f"{ITEM}:3" in err
    assert f"{ITEM}:4" in err
    assert f"{BRIEFING}/10-one-number.md" in err


@pytest.mark.parametrize(
    "body",
    [
        "{{ 7 * 7 }} {% raw %} {# no #}",
        "<script>alert(1)</script>words",
        '<b onclick="alert(1)">words</b>',
        "*|FNAME|* words",
    ],
)
def test_what_looks_like_code_is_printed_or_dropped_but_never_run(
    newsletter: Command, project: Path, body: str
) -> None:
    (project / ITEM).write_text(f"---\ntitle: What to do\n---\n{body}\n", encoding="utf-8")
    assert newsletter("build", BRIEFING).code == 0
    for file in ("email.html", "web.html", "email.txt"):
        text = (project / "build/briefing/2026-11-bruising-in-babies" / file).read_text(encoding="utf-8")
        assert "alert(1)" not in text
        assert "49" not in text.split("What to do", 1)[1][:200]
        assert "onclick" not in text


def test_a_symlink_out_of_the_folder_is_not_followed(newsletter: Command, project: Path) -> None:
    (project / BRIEFING / "images").mkdir(exist_ok=True)
    (project / BRIEFING / "images/out.png").symlink_to(project / "templates/images/logo.png")
    (project / ITEM).write_text(
        "---\ntitle: A\nimage: { src: images/out.png, alt: A }\n---\nWords.\n", encoding="utf-8"
    )
    ran = newsletter("build")
    assert ran.code == 2
    assert f"{ITEM}:3" in ran.err


def test_word_text_is_tidied_not_refused(newsletter: Command, project: Path) -> None:
    data = "---\r\ntitle: What to do\r\n---\r\n• First\u00a0thing\r\n• Second – thing\r\n".encode("cp1252")
    (project / ITEM).write_bytes(data)
    assert newsletter("build", BRIEFING).code == 0
    text = (project / "build/briefing/2026-11-bruising-in-babies/email.txt").read_text(encoding="utf-8")
    assert "First thing" in text
    (project / ITEM).write_bytes("\ufeff---\ntitle: What to do\n---\nWords.\n".encode())
    assert newsletter("build", BRIEFING).code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("chekc",),
        ("check", "issues/none"),
        ("build", "--nonsense"),
        ("send",),
        ("new", "poem", "A"),
        ("add", "poem", "A", "--to", BRIEFING),
        ("--project", "nowhere", "check"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(newsletter: Command, words: tuple[str, ...]) -> None:
    ran = newsletter(*words)
    assert ran.code == 2
    assert len(ran.err.splitlines()) >= 1


def test_outside_a_publication_it_says_how_to_begin(
    newsletter: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = newsletter("check")
    assert ran.code == 2
    assert "newsletter init" in ran.err

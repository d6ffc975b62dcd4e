"""Who may approve, what counts, what it takes, and which file made an approval stale."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsletter.content.folder import read_issue
from newsletter.errors import Refused, UsageError
from newsletter.models.approval import Approval
from newsletter.models.issue import Issue
from newsletter.models.publication import Publication
from newsletter.models.sending_settings import ApprovalSettings
from newsletter.pipeline import approving, authors
from newsletter.pipeline.made_from import changes, made_from
from newsletter.pipeline.standing import Standing, missing, stale_words
from newsletter.settings import read_publication

ROOT = Path(__file__).parents[3]
PUBLICATION = read_publication(ROOT / "newsletter.toml")
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A publication of one issue, with one template of its own."""
    folder = tmp_path / "issues" / "2026-11-winter"
    folder.mkdir(parents=True)
    (folder / "issue.md").write_text(
        "---\ntitle: Winter\ndate: 26 November 2026\nsign_off: { name: Élise Moss }\n---\n"
    )
    (folder / "10-news.md").write_text(
        "---\ntitle: News\nsource: { agency: Police, contributor: 'Sam Rivers, Northshire Police' }\n---\nWords.\n"
    )
    (tmp_path / "templates/email").mkdir(parents=True)
    (tmp_path / "templates/email/item.html").write_text("ours")
    (tmp_path / "shipped/email").mkdir(parents=True)
    (tmp_path / "shipped/email/item.html").write_text("theirs")
    (tmp_path / "shipped/email/footer.mjml").write_text("theirs")
    (tmp_path / "newsletter.toml").write_text("[partnership]\n")
    return tmp_path


def read(project: Path) -> Issue:
    return read_issue(project, project / "issues/2026-11-winter", PUBLICATION)


def files(project: Path) -> dict[str, str]:
    plain = PUBLICATION.model_copy(update={"partnership": PUBLICATION.partnership.model_copy(update={"logo": ""})})
    return made_from(project, (project / "templates", project / "shipped"), plain, read(project))


def approval(name: str = "Jo Smith", role: str = "Chair", **most: Any) -> Approval:
    return Approval(edition_hash="a" * 64, issue_path="issues/x", name=name, role=role, at=NOW, **most)


@pytest.mark.parametrize(
    "name", ["Sam Rivers", "SAM RIVERS", " sam  rivers ", "Dr Sam Rivers", "Elise Moss", "Élise Moss"]
)
def test_who_wrote_for_an_issue_is_its_author_however_the_name_is_written(project: Path, name: str) -> None:
    if name == "Dr Sam Rivers":
        path = project / "issues/2026-11-winter/10-news.md"
        path.write_text(path.read_text().replace(", Northshire Police", ""))
    assert authors.wrote(read(project), name)


@pytest.mark.parametrize("name", ["Sam River", "Jo Smith", "Riversam", "Chris Moss"])
def test_somebody_else_is_no_author(project: Path, name: str) -> None:
    assert authors.wrote(read(project), name) == ""


def test_every_file_of_an_edition_is_known_by_its_hash(project: Path) -> None:
    assert list(files(project)) == [
        "issues/2026-11-winter/10-news.md",
        "issues/2026-11-winter/issue.md",
        "newsletter.toml",
        "templates/email/footer.mjml",
        "templates/email/item.html",
    ]


def test_a_file_that_changed_came_or_went_is_named_those_of_the_issue_first(project: Path) -> None:
    before = files(project)
    folder = project / "issues/2026-11-winter"
    (folder / "20-more.md").write_text("---\ntitle: More\n---\nWords.\n")
    (folder / "10-news.md").write_text((folder / "10-news.md").read_text().replace("Words.", "Words, too."))
    (project / "templates/email/item.html").write_text("ours, changed")
    (project / "shipped/email/footer.mjml").unlink()
    (project / "newsletter.toml").write_text("[partnership]\nname = 'x'\n")
    assert changes(before, files(project)) == (
        "issues/2026-11-winter/10-news.md changed",
        "issues/2026-11-winter/20-more.md was added",
        "newsletter.toml changed",
        "templates/email/footer.mjml was removed",
        "templates/email/item.html changed",
    )


def test_a_template_behind_one_of_our_own_does_not_count(project: Path) -> None:
    before = files(project)
    (project / "shipped/email/item.html").write_text("theirs, changed")
    assert changes(before, files(project)) == ()


def test_line_ends_that_git_changed_are_no_change(project: Path) -> None:
    before = files(project)
    path = project / "issues/2026-11-winter/10-news.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert changes(before, files(project)) == ()


@pytest.mark.parametrize(
    ("settings", "roles", "lacking"),
    [
        ({}, (), ()),
        ({"required": 2}, ("Chair",), ("1 of the 2 approvals it needs",)),
        ({"required": 1}, ("Chair",), ()),
        ({"roles": ["Chair"]}, ("CHAIR",), ()),
        ({"roles": ["Chair", "Lawyer"]}, ("Chair",), ("no approval from the role Lawyer",)),
        ({"required": 1, "roles": ["Chair"]}, (), ("0 of the 1 approvals it needs", "no approval from the role Chair")),
    ],
)
def test_what_is_lacking_is_said(settings: dict[str, Any], roles: tuple[str, ...], lacking: tuple[str, ...]) -> None:
    counting = [approval(f"Person {place}", role) for place, role in enumerate(roles)]
    assert missing(ApprovalSettings.model_validate(settings), counting) == lacking


def test_a_role_that_stands_twice_is_a_mistake() -> None:
    data = PUBLICATION.model_dump() | {"approval": {"roles": ["Chair", "chair"]}}
    with pytest.raises(ValueError, match="stands here twice"):
        Publication.model_validate(data)


def test_of_a_person_who_approved_again_no_stale_approval_is_told() -> None:
    old = Standing(approval("Sam Rivers"), ("issues/x/10.md changed",), stale=True)
    assert "issues/x/10.md changed" in stale_words([old])
    assert stale_words([old, Standing(approval("SAM RIVERS"))]) == ""
    taken_back = approval("Sam Rivers", withdrawn_at=NOW)
    assert stale_words([Standing(taken_back, stale=True)]) == ""


def test_if_no_file_changed_the_program_did() -> None:
    assert "program" in Standing(approval(), stale=True).why_stale


@pytest.mark.parametrize("words", ["NL102", "NL102=", "NL102=  ", "=why"])
def test_what_is_accepted_needs_a_reason(words: str) -> None:
    with pytest.raises(UsageError, match="gives no reason"):
        approving.read_accepted([words])


def test_a_reason_may_hold_any_sign() -> None:
    assert approving.read_accepted(["nl102=a = b, so there"]) == {"NL102": "a = b, so there"}


def test_the_export_says_all_of_them_and_is_written_whole(tmp_path: Path) -> None:
    kept = [approval("Élise", accepted={"NL102": "so it is called"}, sources={"x": "y"}), approval(withdrawn_at=NOW)]
    assert approving.export(tmp_path, "issues/x", kept)
    assert not approving.export(tmp_path, "issues/x", kept), "nothing changed, so nothing was written"
    document = json.loads((tmp_path / "approvals.json").read_text(encoding="utf-8"))
    first, second = document["approvals"]
    assert first == {
        "name": "Élise",
        "role": "Chair",
        "at": "2026-11-24T10:00:00Z",
        "hash": "a" * 64,
        "accepted": {"NL102": "so it is called"},
    }
    assert second["withdrawn"] == "2026-11-24T10:00:00Z"
    assert [path.name for path in tmp_path.iterdir()] == ["approvals.json"]


def test_the_export_is_never_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "approvals.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="not an ordinary file"):
        approving.export(tmp_path, "issues/x", [])


def test_the_export_is_no_part_of_the_issue(project: Path) -> None:
    before, known = read(project), files(project)
    approving.export(project / "issues/2026-11-winter", "issues/2026-11-winter", [approval()])
    assert read(project) == before
    assert files(project) == known

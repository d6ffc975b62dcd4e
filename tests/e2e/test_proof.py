"""What `newsletter proof` writes and sends: one file that asks nothing of a network, marked as a draft."""

from __future__ import annotations

import email
import re
import sys
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from tests.e2e.issue_kit import BRIEFING, FUTURE, ITEM, add, edit

from newsletter.testing import SmtpSink

Command = Callable[..., Any]
NAME = "2026-11-bruising-in-babies-proof"
FETCHED = "//img/@src | //source/@srcset | //link/@href | //iframe/@src | //script | //video/@poster | //@background"


def parsed(page: str) -> Any:
    """The tree of a page."""
    return lxml_html.document_fromstring(page)


def proof(project: Path) -> str:
    return (project / "proofs" / f"{NAME}.html").read_text(encoding="utf-8")


def frames(page: str) -> dict[str, str]:
    """Title of a frame -> the document in it."""
    tree = parsed(page)
    found = tree.xpath("//iframe")
    assert all(
        set(frame.get("sandbox").split()) == {"allow-popups", "allow-popups-to-escape-sandbox"} for frame in found
    )
    return {frame.get("title"): frame.get("srcdoc") for frame in found}


def letter(message: EmailMessage) -> str:
    """The plain text of a message."""
    found = message.get_body(("plain",))
    assert found is not None
    return str(found.get_content())


def section(page: str, name: str) -> str:
    (found,) = parsed(page).xpath(f'//section[@aria-label="{name}"]')
    return " ".join(str(found.text_content()).split())


@pytest.fixture
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library that writes PDFs: as on a machine that has none, and quicker."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)


@pytest.mark.usefixtures("no_pdf")
def test_a_proof_is_one_file_with_everything_in_it(newsletter: Command, project: Path) -> None:
    ran = newsletter("proof", BRIEFING)
    assert ran.code == 0, ran.err
    assert f"proofs/{NAME}.html" in ran.out
    page = proof(project)
    found = frames(page)
    assert set(found) == {"The email", "The web copy"}
    for document in found.values():
        assert "Bruising in babies who are not yet moving" in document
        assert "data:image/png;base64," in document, "the logo is in it"
    assert "Ring the same day" in section(page, "Text")
    assert "The checks found nothing to fix." in section(page, "Checks")
    assert "This is the first proof." in section(page, "What changed")


@pytest.mark.usefixtures("no_pdf")
def test_a_proof_asks_nothing_of_a_network_and_holds_no_script(newsletter: Command, project: Path) -> None:
    newsletter("proof", BRIEFING)
    page = proof(project)
    for document in (page, *frames(page).values()):
        assert "<script" not in document.lower()
        fetched = [str(one) for one in parsed(document).xpath(FETCHED)]
        assert [one for one in fetched if not one.startswith("data:")] == []
        assert re.findall(r"url\(\s*['\"]?(?!data:)[^)]+\)|@import", document) == []
    assert "default-src 'none'" in page
    assert "%%" not in page, "merge tags are inert"
    assert " onclick" not in page
    assert str(project) not in page


@pytest.mark.usefixtures("no_pdf")
def test_a_proof_says_what_it_is_on_every_rendition(newsletter: Command, project: Path) -> None:
    edit(project / BRIEFING / "issue.md", "^title:", f"embargo_until: {FUTURE}\ntitle:")
    assert newsletter("proof", BRIEFING).code == 0
    page = proof(project)
    day = FUTURE.removesuffix(" 10am")
    words = " ".join(str(parsed(page).xpath("string(//header)")).split())
    assert "DRAFT This is a proof. Do not forward." in words
    assert re.search(rf"EMBARGOED until \w+day {day}, 10am", words)
    assert re.search(r"[0-9a-f]{12}", words), "the edition's number"
    panes = parsed(page).xpath('//div[@class="panes"]/section')
    assert len(panes) == 5
    assert all(pane.get("data-mark") == f"EMBARGOED until {day}, 10am" for pane in panes)
    assert re.search(r"\.pane::before \{ content: \"DRAFT\"", page)


@pytest.mark.usefixtures("no_pdf")
def test_where_no_pdf_can_be_made_that_is_said_plainly(newsletter: Command, project: Path) -> None:
    ran = newsletter("proof", BRIEFING)
    assert ran.code == 0
    assert "WeasyPrint is not installed" in ran.err
    assert "WeasyPrint is not installed" in section(proof(project), "Print")
    assert [path.name for path in (project / "proofs").iterdir() if path.suffix] == [f"{NAME}.html"]


def test_a_pdf_comes_with_it_and_both_can_stand_elsewhere(newsletter: Command, project: Path) -> None:
    pytest.importorskip("weasyprint", exc_type=ImportError)
    ran = newsletter("proof", BRIEFING, "-o", "for-the-chair/briefing.html")
    assert ran.code == 0, ran.err
    assert (project / "for-the-chair/briefing.html").exists()
    assert (project / "for-the-chair/briefing.pdf").read_bytes().startswith(b"%PDF")
    assert not (project / "proofs" / f"{NAME}.html").exists()


@pytest.mark.usefixtures("no_pdf")
def test_the_next_proof_shows_what_changed_word_by_word(newsletter: Command, project: Path) -> None:
    newsletter("proof", BRIEFING)
    newsletter("proof", BRIEFING)
    assert "This is the first proof." in section(proof(project), "What changed"), "the same edition again is no change"
    edit(project / ITEM, "drowsy", "sleepy")
    newsletter("proof", BRIEFING)
    page = proof(project)
    tree = parsed(page)
    (place,) = tree.xpath('//ol[@class="places"]/li')
    assert [one.text for one in place.xpath(".//del")] == ["drowsy"]
    assert [one.text for one in place.xpath(".//ins")] == ["sleepy"]
    newsletter("proof", BRIEFING)
    assert proof(project).count("<del>") == page.count("<del>"), "and again, until something else changes"


@pytest.mark.usefixtures("no_pdf")
def test_a_new_picture_under_the_same_words_is_a_change(newsletter: Command, project: Path) -> None:
    issue = project / "issues/2026-11-winter"
    newsletter("proof", "2026-11-winter")
    (issue / "images/window-sill.png").write_bytes((issue / "images/winter-terrace.png").read_bytes())
    newsletter("proof", "2026-11-winter")
    page = (project / "proofs/2026-11-winter-proof.html").read_text(encoding="utf-8")
    assert "images/window-sill.png" in section(page, "What changed")


@pytest.mark.usefixtures("no_pdf")
def test_a_restricted_issue_can_be_proofed_and_has_no_web_copy(newsletter: Command, project: Path) -> None:
    edit(project / BRIEFING / "issue.md", "^title:", "visibility: restricted\ntitle:")
    edit(project / BRIEFING / "issue.md", "^audiences:.*$", "audiences: [invitees]")
    assert newsletter("proof", BRIEFING).code == 0
    page = proof(project)
    assert list(frames(page)) == ["The email"]
    assert "no web copy: this issue is restricted" in section(page, "Web copy")
    assert "RESTRICTED" in page


@pytest.mark.usefixtures("no_pdf")
def test_what_must_never_be_published_is_in_no_proof_not_even_as_what_went(
    newsletter: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(project / ITEM, "\n\nZork Mork told us.\n")
    assert newsletter("proof", BRIEFING).code == 0
    (project.parent / "never.txt").write_text("Zork Mork\n", encoding="utf-8")
    monkeypatch.setenv("NEWSLETTER_NEVER_PUBLISH", str(project.parent / "never.txt"))
    before = proof(project)
    ran = newsletter("proof", BRIEFING)
    assert ran.code == 1
    assert "Term 1 of the never-publish list" in ran.err
    assert "Zork" not in ran.out + ran.err
    assert proof(project) == before
    edit(project / ITEM, "Zork Mork told us.", "A colleague told us.")
    assert newsletter("proof", BRIEFING).code == 0
    assert "Zork" not in proof(project)
    assert "[term 1]" in section(proof(project), "What changed")


@pytest.mark.usefixtures("no_pdf")
def test_two_issues_of_one_name_have_two_proofs(newsletter: Command, project: Path) -> None:
    (project / BRIEFING).rename(project / "issues" / "2026-11-winter-2")
    (project / "issues/2026-11-winter-2").rename(project / "briefings/2026-11-winter")
    assert newsletter("proof", "issues/2026-11-winter").code == 0
    assert newsletter("proof", "briefings/2026-11-winter").code == 0
    assert sorted(path.name for path in (project / "proofs").glob("*.html")) == [
        "briefings-2026-11-winter-proof.html",
        "issues-2026-11-winter-proof.html",
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "ISSUE"),
        ((BRIEFING, "issues/2026-11-winter"), 2, "one issue"),
        ((BRIEFING, "jo@example.org"), 2, "--email"),
        ((BRIEFING, "--email", "jo"), 2, "not an email address"),
        ((BRIEFING, "--email", "jo@example.org\nBcc: x@example.org"), 2, "not an email address"),
        ((BRIEFING, "--email", *(f"reviewer{number}@example.org" for number in range(21))), 1, "at most 20"),
        ((BRIEFING, "--email", "jo@example.org", "--transport", "pigeon:coop"), 2, "not known"),
        ((BRIEFING, "-o", "public/proof.html"), 2, "everybody can read"),
        (("issues/1999-01-none",), 2, "There is no issue"),
    ],
)
def test_a_proof_that_cannot_be_is_refused_and_nothing_is_written(
    newsletter: Command, project: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    ran = newsletter("proof", *words)
    assert ran.code == code, ran.out
    assert said in ran.err
    assert not (project / "proofs").exists()
    assert not (project / "outbox").exists()
    assert not (project / "public").exists()


@pytest.mark.usefixtures("no_pdf")
def test_reviewers_get_one_plain_letter_each_with_the_proof(newsletter: Command, project: Path) -> None:
    with SmtpSink() as sink:
        to = ("--email", "chair@example.org", "b.smith@example.net", "CHAIR@example.org")
        ran = newsletter("proof", BRIEFING, *to, "--transport", sink.dsn)
        assert ran.code == 0, ran.err
    assert "Sent to 2 reviewers: chair@example.org, b.smith@example.net" in ran.out
    assert sink.recipients == ["chair@example.org", "b.smith@example.net"]
    for raw, address in zip(sink.messages, sink.recipients, strict=True):
        message = email.message_from_bytes(raw, policy=SMTP)
        assert str(message["To"]) == address
        assert message["Subject"] == "[Proof] 5 minute briefing: bruising in babies, the new procedure"
        assert message["From"].addresses[0].addr_spec == "news@example.org"
        assert message["Reply-To"].addresses[0].addr_spec == "partnership@example.org"
        assert not [name for name in message if name.lower().startswith("list-") or name in ("Precedence", "Cc", "Bcc")]
        text = letter(message)
        assert "Bruising in babies who are not yet moving" in text
        assert "reply with your comments" in " ".join(text.split())
        assert "The checks found nothing to fix." in text
        assert "%%" not in raw.decode("ascii", "replace")
        (attached,) = message.iter_attachments()
        assert (attached.get_content_type(), attached.get_filename()) == ("text/html", f"{NAME}.html")
        assert str(attached.get_content()).replace("\r\n", "\n") == proof(project)
    status = newsletter("status", BRIEFING)
    assert "was not sent yet" in status.out, "a proof is no campaign"


@pytest.mark.usefixtures("no_pdf")
def test_a_proof_of_what_is_restricted_or_embargoed_warns_in_the_letter(newsletter: Command, project: Path) -> None:
    front = f"visibility: restricted\nembargo_until: {FUTURE}\ntitle:"
    edit(project / BRIEFING / "issue.md", "^title:", front)
    edit(project / BRIEFING / "issue.md", "^audiences:.*$", "audiences: [invitees]")
    with SmtpSink() as sink:
        assert newsletter("proof", BRIEFING, "--email", "chair@example.org", "--transport", sink.dsn).code == 0
    message = email.message_from_bytes(sink.messages[0], policy=SMTP)
    text = " ".join(letter(message).split())
    assert "RESTRICTED: it is only for the people it is sent to." in text
    assert "EMBARGOED until" in text


@pytest.mark.usefixtures("no_pdf")
def test_a_letter_that_does_not_arrive_is_said_and_the_proof_is_there(newsletter: Command, project: Path) -> None:
    with SmtpSink(rcpt=lambda address: "550 5.1.1 no such user" if "gone" in address else None) as sink:
        to = ("--email", "chair@example.org", "gone@example.org")
        ran = newsletter("proof", BRIEFING, *to, "--transport", sink.dsn)
    assert ran.code == 3
    assert "sent to 1 of 2 reviewers" in ran.err
    assert "gone@example.org: " in ran.err
    assert proof(project)
    dead = newsletter("proof", BRIEFING, "--email", "chair@example.org", "--transport", sink.dsn)
    assert dead.code == 3
    assert "--resume" not in dead.err, "there is no campaign to resume"

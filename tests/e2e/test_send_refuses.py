"""`newsletter send` refuses what stops a sending, and what must be fixed until a person accepts it; nothing leaves."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.issue_kit import APPROVE, BRIEFING, FUTURE, ITEM, SEND, add, edit, messages
from tests.unit.delivery.probes_kit import DOMAIN, zone

from newsletter.checks.registry import OF_THE_MAILING, STOPPING, rules
from newsletter.delivery.probes import names
from newsletter.models.finding import Level
from newsletter.testing import FakeDns

Command = Callable[..., Any]
Spoil = Callable[[Path], None]
REVIEW = "---\ntitle: A review\nkind: review\nsubject: pseudonym\npublished: 2026\nreport_url: https://www.example.org/r\n---\n"


def front(line: str) -> Spoil:
    """One line more in issue.md."""
    return lambda project: edit(project / BRIEFING / "issue.md", r"^title:", f"{line}\ntitle:")


def body(words: str) -> Spoil:
    """A paragraph more in an item."""
    return lambda project: add(project / BRIEFING / "30-brief-your-team.md", f"\n\n{words}\n")


def item(text: str) -> Spoil:
    """One item more."""

    def spoil(project: Path) -> None:
        shutil.copy2(project / "issues/2026-11-winter/images/window-sill.png", project / BRIEFING / "poster.png")
        shutil.copy2(project / "issues/2026-11-winter/images/window-sill.png", project / BRIEFING / "hall.png")
        (project / BRIEFING / "90-more.md").write_text(text, encoding="utf-8")

    return spoil


def template(name: str, pattern: str, replacement: str) -> Spoil:
    """A slip in the house style."""
    return lambda project: edit(project / "templates" / name, pattern, replacement)


def never(project: Path) -> None:
    """A list of one term, which the issue holds. It stands outside the publication."""
    (project.parent / "never.txt").write_text("Ruth Ellingworth\n", encoding="utf-8")
    add(project / ITEM, "\n\nRuth\u00a0ELLINGWORTH told us.\n")


def nobody_to_ring(project: Path) -> None:
    """Settings without the block that stands in every issue."""
    settings = project / "newsletter.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?ms)^\[\[worried\]\].*?(?=^\[(?!\[worried)|\Z)", "", text), encoding="utf-8")


STOPS: dict[str, Spoil] = {
    "NL001": front(f"embargo_until: {FUTURE}"),
    "NL003": lambda project: edit(
        project / "newsletter.toml",
        r'^title = "Schools, colleges and early years"\nseries = .*$',
        'title = "Schools"\nseries = ["newsletter"]',
    ),
    "NL005": front("visibility: restricted"),
    "NL006": template("text/footer.txt", r"\{\{ tags\.preferences_url \}\}", ""),
    "NL007": never,
    "NL117": body("See [the guide for schools](https://example.us1.list-manage.com/track/click?u=1&id=2)."),
    "NL204": template("email/head.mjml", r"<mj-title>.*</mj-title>", "<mj-title></mj-title>"),
    "NL209": template("text/item.txt", r"underlined\(front\.title\)", 'underlined("x")'),
}
STOPS_OF_THE_MAILING: dict[str, Spoil] = {
    "NL203": lambda project: add(project / "templates/email/inlined.css", "p{color:#aaaaaa}\n"),
    "NL205": lambda project: add(project / "templates/email/inlined.css", "p{font-size:13px}\n"),
    "NL306": template("email/issue.mjml", r"<mj-column direction", '<mj-column colour="red" direction'),
}
FIXES: dict[str, Spoil] = {
    "NL008": item(f"{REVIEW}Alex went to Hillside Primary School.\n"),
    "NL009": body("Time: TBC"),
    "NL101": body("To find out more click here"),
    "NL102": body("You will find the form [here](https://www.example.org/form)."),
    "NL105": body("See [the guide for schools](https://www.example.org/page?id=7&utm_source=news)."),
    "NL106": body("Write to trainimg@example.org today."),
    "NL107": body("Ring 01632 9601 today."),
    "NL108": body("Join us on Thursday 27 November 2026 in the hall."),
    "NL110": nobody_to_ring,
    "NL114": body(" ".join(f"Word number {place} of many." for place in range(300))),
    "NL201": item("---\ntitle: A picture\n---\nWords.\n\n![](hall.png)\n"),
    "NL202": body("## What changed\n\nWords.\n\n#### When\n\nWords."),
    "NL301": body(" ".join(f"[Guide](https://www.example.org/{'x' * 330}{number})" for number in range(250))),
    "NL207": item("---\ntitle: A drop-in\n---\nCome!\n\n![Poster with the times](poster.png)\n"),
}


@pytest.fixture(autouse=True)
def _never_list(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project.parent / "never.txt"
    path.write_text("# no term yet\n", encoding="utf-8")
    monkeypatch.setenv("NEWSLETTER_NEVER_PUBLISH", str(path))


def test_everything_that_stops_a_sending_is_tried_here() -> None:
    stopping = {rule.CODE for rule in rules() if rule.LEVEL is Level.STOP}
    assert stopping == STOPPING
    assert set(STOPS) == stopping - OF_THE_MAILING
    elsewhere = {"NL002", "NL305"}  # the two tests after the next one
    assert set(STOPS_OF_THE_MAILING) == OF_THE_MAILING - elsewhere


def test_everything_that_must_be_fixed_is_tried_here() -> None:
    fixing = {rule.CODE for rule in rules() if rule.LEVEL is Level.FIX}
    asked_with_links_alone, needs_an_earlier_campaign = "NL104", "NL004"
    assert set(FIXES) == fixing - {asked_with_links_alone, needs_an_earlier_campaign}


def test_an_audience_that_has_changed_much_is_refused_until_a_person_accepts_it(ready: Command, project: Path) -> None:
    assert ready("send", "briefings/2026-09-operation-encompass", "--to", "practitioners", "--confirm", "17").code == 0
    before = len(messages(project))
    for number in range(3):
        person = f"person{number}@example.org"
        assert ready("subscribers", "add", person, "--audience", "practitioners", "--basis", "public task").code == 0
    sending = (*SEND[:-1], "20")
    refused = ready(*sending)
    assert refused.code == 1, refused.out
    assert "NL004" in refused.err
    assert len(messages(project)) == before
    assert ready(*APPROVE, "--accept", "NL004=three new schools").code == 0
    assert ready(*sending).code == 0
    assert len(messages(project)) == before + 20


@pytest.mark.parametrize("code", STOPS_OF_THE_MAILING)
def test_a_slip_in_the_house_style_is_refused_and_takes_no_page_down(ready: Command, project: Path, code: str) -> None:
    STOPS_OF_THE_MAILING[code](project)
    sent = ready(*SEND)
    assert sent.code == 1, sent.out
    assert code in sent.err
    assert ready(*APPROVE, "--accept", f"{code}=we know").code == 1
    assert ready("send", BRIEFING, "--test").code == 1
    assert not messages(project)
    assert ready("build").code == 0
    assert (project / "public" / BRIEFING).exists()


def test_what_lacks_an_approval_is_refused_and_may_be_tested(ready: Command, project: Path) -> None:
    add(project / "newsletter.toml", "\n[approval]\nrequired = 1\n")
    planned = ready(*SEND[:-2], "--dry-run", "--json")
    assert "NL002" in planned.out
    assert ready(*SEND).code == 1
    assert not messages(project)
    assert ready("send", BRIEFING, "--test").code == 0


def test_a_domain_that_does_not_vouch_for_its_messages_is_refused(
    ready: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = project / "newsletter.toml"
    edit(settings, '^email = "news@example.org"', f'email = "news@{DOMAIN}"')
    edit(settings, '^reply_to = "partnership@example.org"', f'reply_to = "team@{DOMAIN}"')
    elsewhere = ("--transport", "sendgrid://:KEY@default")
    real = names.Dns
    with FakeDns(zone()) as well, FakeDns(zone(dmarc=None)) as ill:
        monkeypatch.setattr(names, "Dns", lambda: real(well.server))
        planned = ready(*SEND[:-2], *elsewhere, "--dry-run")
        assert planned.code == 0, planned.out
        monkeypatch.setattr(names, "Dns", lambda: real(ill.server))
        sent = ready(*SEND, *elsewhere)
    assert sent.code == 1, sent.out
    assert "NL305" in sent.err
    assert "no DMARC record" in sent.err
    assert (f"_dmarc.{DOMAIN}", "TXT") in ill.asked
    assert ready("status").out.startswith("Nothing was sent yet")
    assert ready(*APPROVE, "--accept", "NL305=we know").code != 0


@pytest.mark.parametrize("code", STOPS)
def test_what_stops_a_sending_is_refused_and_nobody_can_accept_it(ready: Command, project: Path, code: str) -> None:
    STOPS[code](project)
    sent = ready(*SEND)
    assert sent.code == 1, sent.out
    assert code in sent.err
    assert "Ellingworth" not in sent.out + sent.err
    accepted = ready(*APPROVE, "--accept", f"{code}=we know")
    assert accepted.code == 1, accepted.out
    assert not (project / BRIEFING / "approvals.json").exists()
    assert ready("send", BRIEFING, "--test").code == 1, "not even to our own inboxes"
    assert not messages(project)
    assert not (project / "public" / BRIEFING).exists(), "nothing of it is published either"


@pytest.mark.parametrize("code", FIXES)
def test_what_must_be_fixed_is_refused_until_a_person_accepts_it_with_a_reason(
    ready: Command, project: Path, code: str
) -> None:
    FIXES[code](project)
    sent = ready(*SEND)
    assert sent.code == 1, sent.out
    assert code in sent.err
    assert "Nothing was sent" in sent.err
    assert not messages(project)
    assert ready(*APPROVE, "--accept", f"{code}=the board has seen it").code == 0
    plan = ready(*SEND[:-2], "--dry-run")
    assert plan.code == 0, plan.out
    assert f"{code} by Sam Rivers: the board has seen it" in plan.out


def test_what_was_accepted_holds_for_that_edition_alone(ready: Command, project: Path) -> None:
    FIXES["NL009"](project)
    assert ready(*APPROVE, "--accept", "NL009=the time follows by telephone").code == 0
    edit(project / ITEM, "drowsy", "sleepy")
    sent = ready(*SEND)
    assert sent.code == 1
    assert "NL009" in sent.err
    assert f"Sam Rivers approved an edition that has changed since: {ITEM} changed" in sent.err
    assert not messages(project)


def test_an_approval_accepts_nothing_by_itself(ready: Command, project: Path) -> None:
    FIXES["NL009"](project)
    assert ready(*APPROVE).code == 0
    sent = ready(*SEND)
    assert sent.code == 1
    assert "NL009" in sent.err
    assert not messages(project)


def test_an_accepted_finding_is_sent(ready: Command, project: Path) -> None:
    FIXES["NL009"](project)
    assert ready(*APPROVE, "--accept", "NL009=the time follows by telephone").code == 0
    assert ready(*SEND).code == 0
    assert len(messages(project)) == 17


def test_a_withdrawn_approval_accepts_nothing(ready: Command, project: Path) -> None:
    FIXES["NL009"](project)
    assert ready(*APPROVE, "--accept", "NL009=the time follows by telephone").code == 0
    assert ready(*APPROVE, "--withdraw").code == 0
    assert ready(*SEND).code == 1
    assert not messages(project)


CHANGES: dict[str, tuple[Spoil, str]] = {
    "a comma": (lambda project: edit(project / ITEM, "seems unwell, drowsy", "seems unwell drowsy"), f"{ITEM} changed"),
    "an item": (item("---\ntitle: More\n---\nWords.\n"), f"{BRIEFING}/90-more.md was added"),
    "a template": (template("email/footer.mjml", "Update", "Change"), "templates/email/footer.mjml changed"),
    "a setting": (
        lambda project: edit(project / "newsletter.toml", "^accent = .*$", 'accent = "#6a1b9a"'),
        "newsletter.toml changed",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_a_byte_makes_an_approval_stale_and_is_named(ready: Command, project: Path, what: str) -> None:
    add(project / "newsletter.toml", "\n[approval]\nrequired = 1\n")
    assert ready(*APPROVE).code == 0
    assert ready(*SEND[:-2], "--dry-run").code == 0
    change, named = CHANGES[what]
    change(project)
    sent = ready(*SEND)
    assert sent.code == 1, sent.out
    assert "0 of the 1 approvals" in sent.err
    assert f"Sam Rivers approved an edition that has changed since: {named}." in sent.err
    assert not messages(project)
    status = ready("status", BRIEFING)
    assert "stale: Sam Rivers (Independent Scrutineer)" in status.out
    assert f"since then: {named}" in status.out


def test_a_change_that_changes_no_byte_leaves_the_approval_as_it_is(ready: Command, project: Path) -> None:
    add(project / "newsletter.toml", "\n[approval]\nrequired = 1\n")
    assert ready(*APPROVE).code == 0
    add(project / "newsletter.toml", "\n# A note for people.\n")
    add(project / "templates/web/index.html", "\n")
    assert ready(*SEND[:-2], "--dry-run").code == 0
    assert "approved: Sam Rivers" in ready("status", BRIEFING).out

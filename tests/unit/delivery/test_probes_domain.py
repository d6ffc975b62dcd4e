"""What the doctor says of a sender's domain, asked of a name server on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.delivery.probes_kit import DOMAIN, dkim_key, zone

from newsletter.delivery.probes import names as names_module
from newsletter.delivery.probes import sender
from newsletter.delivery.probes.names import Dns
from newsletter.delivery.transport import Dsn, parse_dsn
from newsletter.models.diagnosis import Diagnosis
from newsletter.testing import FakeDns

SMTP = parse_dsn("smtp://127.0.0.1:2525", Path())
OFFICE = parse_dsn("smtp://user:secret@smtp.office365.com:587", Path())
SENDGRID = parse_dsn("sendgrid://:KEY@default", Path())


def judged(
    fake: FakeDns, dsn: Dsn = SMTP, email: str = f"news@{DOMAIN}", selectors: tuple[str, ...] = ("k1",)
) -> list[Diagnosis]:
    with fake:
        return list(sender.judge(Dns(fake.server), email, f"team@{DOMAIN}", dsn, selectors))


def bad(found: list[Diagnosis]) -> list[tuple[str, str]]:
    assert all(bool(one.fix) == (one.health != "ok") for one in found), "whatever is not well says what to do next"
    return [(one.health, one.what) for one in found if one.health != "ok"]


def test_a_domain_that_is_well_has_nothing_to_mend() -> None:
    found = judged(FakeDns(zone()))
    assert bad(found) == []
    words = " ".join(one.what for one in found)
    for part in ("one SPF record", "lets 127.0.0.1 send", "a DKIM key", "DMARC", "Return-Path", f"mail.{DOMAIN}"):
        assert part in words


MANY = "v=spf1 " + " ".join(f"a:host{number}.{DOMAIN}" for number in range(11)) + " -all"


@pytest.mark.parametrize(
    ("spf", "health", "said"),
    [
        (None, "fault", "has no SPF record"),
        (["v=spf2.0/pra -all", "v=spf10 -all"], "fault", "has no SPF record"),
        (["v=spf1 ip4:127.0.0.1 -all", "v=spf1 mx -all"], "fault", "2 SPF records"),
        (["v=spf1 ip4:127.0.0.1 +all"], "fault", "lets anybody send"),
        (["v=spf1 ip4:127.0.0.1"], "warning", "does not say what to do with others"),
        (["v=spf1 ip4:127.0.0.1 include:gone.example.net -all"], "fault", "gone.example.net, which has no single"),
        ([f"v=spf1 ip4:127.0.0.1 include:{DOMAIN} -all"], "fault", "which has no single record"),
        ([MANY.replace("spf1", "spf1 ip4:127.0.0.1")], "fault", "needs 11 lookups"),
        (["v=spf1 ip4:192.0.2.1 -all"], "warning", "cannot be told whether"),
        (["v=spf1 ip4:rubbish include:%{i}.example.net -all"], "warning", "cannot be told whether"),
    ],
)
def test_what_is_wrong_with_spf_is_said(spf: list[str] | None, health: str, said: str) -> None:
    found = bad(judged(FakeDns(zone(spf=spf))))
    assert [(one, said in what) for one, what in found] == [(health, True)], found


def test_a_service_that_is_known_must_be_included_wherever_it_stands_in_the_tree() -> None:
    assert "does not include our mail service" in bad(judged(FakeDns(zone()), OFFICE))[0][1]
    records = zone(spf=["v=spf1 redirect=_spf.example.net"])
    records["_spf.example.net", "TXT"] = ["v=spf1 include:spf.protection.outlook.com -all"]
    records["spf.protection.outlook.com", "TXT"] = ["v=spf1 ip4:192.0.2.0/24 -all"]
    assert bad(judged(FakeDns(records), OFFICE)) == []


@pytest.mark.parametrize(
    ("dkim", "health", "said"),
    [
        (None, "fault", "No DKIM key"),
        (["some other text"], "fault", "No DKIM key"),
        (["v=DKIM1; p="], "fault", "was withdrawn"),
        (["v=DKIM1; k=rsa; p=rubbish"], "fault", "cannot be read"),
        ([dkim_key(1024)], "warning", "only 1024 bits"),
        ([dkim_key() + "; t=y"], "warning", "marked as a test"),
        ([dkim_key(), dkim_key(1024)], "fault", "2 DKIM keys"),
    ],
)
def test_what_is_wrong_with_dkim_is_said(dkim: list[str] | None, health: str, said: str) -> None:
    found = bad(judged(FakeDns(zone(dkim=dkim))))
    assert [(one, said in what) for one, what in found] == [(health, True)], found


def test_addresses_of_a_service_written_into_the_record_are_as_good_as_including_it() -> None:
    outlook = {("spf.protection.outlook.com", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"]}
    whole = zone(spf=["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"]) | outlook
    assert bad(judged(FakeDns(whole), OFFICE)) == []
    part = zone(spf=["v=spf1 ip4:192.0.2.0/24 -all"]) | outlook
    assert "does not include our mail service" in bad(judged(FakeDns(part), OFFICE))[0][1]
    nobody_knows = zone(spf=["v=spf1 include:%{i}._spf.example.net -all"]) | outlook
    assert [health for health, _ in bad(judged(FakeDns(nobody_knows), OFFICE))] == ["warning"]


def test_selectors_that_are_only_guessed_are_no_proof_that_there_is_no_key() -> None:
    found = bad(judged(FakeDns(zone(dkim=None)), SENDGRID, selectors=()))
    assert [health for health, _ in found] == ["warning"]
    assert [health for health, _ in bad(judged(FakeDns(zone(dkim=None)), SENDGRID))] == ["fault"]


def test_selectors_are_named_or_those_that_the_service_usually_uses() -> None:
    assert "not known under which names" in bad(judged(FakeDns(zone()), selectors=()))[0][1]
    records = zone(dkim=None)
    records |= {(f"{selector}._domainkey.{DOMAIN}", "TXT"): [dkim_key()] for selector in ("s1", "s2")}
    assert bad(judged(FakeDns(records), SENDGRID, selectors=())) == []
    del records[f"s2._domainkey.{DOMAIN}", "TXT"]
    assert "There is no DKIM key at s2" in bad(judged(FakeDns(records), SENDGRID, selectors=()))[0][1]


@pytest.mark.parametrize(
    ("dmarc", "healths", "said"),
    [
        (None, ["fault"], "no DMARC record"),
        (["v=DMARC1; p=none; rua=mailto:x@example.net"], ["warning"], "only watches"),
        (["v=DMARC1; p=reject"], ["warning"], "Nobody gets the reports"),
        (["v=DMARC1; p=reject; pct=20; rua=mailto:x@example.net"], ["warning"], "20% of messages"),
        (["v=DMARC1; p=perhaps; rua=mailto:x@example.net"], ["fault"], "no policy that is known"),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], ["fault"], "2 DMARC records"),
    ],
)
def test_what_is_wrong_with_dmarc_is_said(dmarc: list[str] | None, healths: list[str], said: str) -> None:
    found = bad(judged(FakeDns(zone(dmarc=dmarc))))
    assert [health for health, _ in found] == healths, found
    assert said in found[0][1]


def test_a_subdomain_follows_the_domain_above_it() -> None:
    records = zone()
    for kind in ("TXT", "MX"):
        records[f"news.{DOMAIN}", kind] = records[DOMAIN, kind]
    records[f"k1._domainkey.news.{DOMAIN}", "TXT"] = [dkim_key()]
    records[f"_dmarc.{DOMAIN}", "TXT"] = ["v=DMARC1; p=reject; sp=none; rua=mailto:x@example.net"]
    assert "only watches" in bad(judged(FakeDns(records), email=f"news@news.{DOMAIN}"))[0][1]


@pytest.mark.parametrize(
    ("mx", "well"), [(["0 ."], False), (None, False), (["20 b.example.net.", "5 a.example.net."], True)]
)
def test_replies_must_have_somewhere_to_go(mx: list[str] | None, well: bool) -> None:
    found = judged(FakeDns(zone(mx=mx)))
    assert ("Replies are taken by a.example.net" in found[-1].what) == well
    assert ("takes no mail" in found[-1].what) != well


@pytest.mark.parametrize(("email", "said"), [("x@example.org", "name for examples"), ("scp@gmail.com", "to everybody")])
def test_a_domain_that_nobody_can_vouch_for_is_told_without_asking(email: str, said: str) -> None:
    fake = FakeDns(zone())
    assert said in bad(judged(fake, email=email))[0][1]
    assert fake.asked == []


def test_an_international_domain_is_asked_for_in_ascii() -> None:
    fake = FakeDns()
    judged(fake, email="news@zoë.example.gov.uk")
    assert ("xn--zo-ija.example.gov.uk", "TXT") in fake.asked


def test_a_name_server_that_does_not_answer_is_no_fault_of_the_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_module, "LIFETIME", 0.3)
    found = judged(FakeDns(silent=True))
    assert [(one.health, one.sure) for one in found] == [("warning", False)]
    assert "cannot be asked" in found[0].what

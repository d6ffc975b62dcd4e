"""The sender's domain is looked at before a sending that leaves this machine, and stops it only for what is certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.delivery.probes_kit import DOMAIN, Zone, zone
from tests.unit.delivery.sending_kit import publication

from newsletter.delivery.probes import names as names_module
from newsletter.delivery.probes.names import Dns
from newsletter.delivery.transport import parse_dsn
from newsletter.models.publication import Publication
from newsletter.pipeline import domain
from newsletter.testing import FakeDns


@pytest.mark.parametrize(
    ("dsn", "leaves"),
    [
        ("outbox:outbox", False),
        ("memory:", False),
        ("smtp://127.0.0.1:2525", False),
        ("smtp://localhost", False),
        ("sendgrid://:KEY@default?host=http://127.0.0.1:9", False),
        ("sendgrid://:KEY@default", True),
        ("sendgrid://:KEY@default?region=eu", True),
        ("smtps://user:secret@mail.example.net", True),
    ],
)
def test_only_what_leaves_this_machine_is_held_to_the_domain(dsn: str, leaves: bool) -> None:
    assert domain.leaves_this_machine(parse_dsn(dsn, Path())) is leaves


def of_northshire() -> Publication:
    settings = publication()
    sender = settings.sender.model_copy(update={"email": f"news@{DOMAIN}", "reply_to": f"team@{DOMAIN}"})
    return settings.model_copy(update={"sender": sender})


def found(records: Zone | None, dsn: str = "sendgrid://:KEY@default") -> list[tuple[str, bool]]:
    with FakeDns(records, silent=records is None) as fake:
        faults = domain.faults(Dns(fake.server), of_northshire(), parse_dsn(dsn, Path()))
    assert all(fault.domain == DOMAIN and fault.fix for fault in faults)
    return [(fault.message, fault.sure) for fault in faults]


def test_what_only_ought_to_be_looked_at_stops_nothing() -> None:
    assert found(zone(dkim=None, dmarc=["v=DMARC1; p=none"])) == []


def test_what_is_certainly_wrong_is_a_fault() -> None:
    ((message, sure),) = found(zone(dmarc=None))
    assert "no DMARC record" in message
    assert sure


def test_a_name_server_out_of_reach_is_only_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_module, "LIFETIME", 0.3)
    ((message, sure),) = found(None)
    assert "cannot be asked" in message
    assert not sure

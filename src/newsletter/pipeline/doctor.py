"""Everything that a sending needs, looked at without sending: settings, mail service, domain, web service, database."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from newsletter.delivery.probes import sender, server, service
from newsletter.delivery.probes.names import Names
from newsletter.delivery.transport import Dsn
from newsletter.errors import NewsletterError
from newsletter.models.delivery import Campaign
from newsletter.models.diagnosis import Diagnosis, Health, fault, warning, well
from newsletter.models.publication import Publication
from newsletter.pipeline.schedule import late_words

T = TypeVar("T")
ROOM = 1024**3  # bytes that should be free: a list of 10,000 and its messages in an outbox take less


@dataclass(frozen=True)
class Patient:
    """What is looked at. Whatever may fail is asked for when its turn comes."""

    project: Path
    publication: Publication
    has_secret: bool
    hears_back: bool  # knows the key that SendGrid's events are signed with
    dsn: Callable[[], Dsn]
    has_database: bool
    people: Callable[[], int]  # opens the database, and counts its subscribers
    campaigns: Callable[[], Sequence[Campaign]]
    link: Callable[[], str]  # an unsubscribe link as it stands in a message
    names: Names | None  # None: the network is left alone
    now: datetime


def examine(patient: Patient) -> Iterator[Diagnosis]:
    """One thing after another, in the order in which they would be mended."""
    yield from _settings(patient)
    dsn = _attempt("transport", patient.dsn)
    if isinstance(dsn, Diagnosis):
        yield dsn
    else:
        yield from _outside(patient, dsn)
    in_earnest = isinstance(dsn, Diagnosis) or dsn.scheme != "outbox"
    yield from (one if in_earnest else _not_yet(one) for one in _unsubscribing(patient))
    yield from _database(patient)
    yield from _machine(patient)


def worst(found: Sequence[Diagnosis]) -> Health:
    """The worst of them."""
    order = list(Health)
    return min((one.health for one in found), key=order.index, default=Health.OK)


def _not_yet(one: Diagnosis) -> Diagnosis:
    """As long as messages stay on this machine, nobody opens their links."""
    return one.model_copy(update={"health": Health.WARNING}) if one.health is Health.FAULT else one


def _attempt(area: str, ask: Callable[[], T]) -> T | Diagnosis:
    """The answer, or why there is none."""
    try:
        return ask()
    except NewsletterError as error:
        return fault(area, error.message, error.hint)


def _settings(patient: Patient) -> Iterator[Diagnosis]:
    yield well("settings", "newsletter.toml can be read.")
    if patient.has_secret:
        yield well("settings", "There is a secret to sign unsubscribe links with.")
    else:
        what = "NEWSLETTER_SECRET is not set, so unsubscribe links cannot be signed."
        yield fault("settings", what, 'Run "newsletter init --secret" once in this folder.')
    env = patient.project / ".env"
    if os.name == "posix" and env.exists() and stat.S_IMODE(env.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        yield warning("settings", "Others on this machine can read the secrets in .env.", "Type: chmod 600 .env")


def _outside(patient: Patient, dsn: Dsn) -> Iterator[Diagnosis]:
    """The mail service and the domain. An outbox needs neither."""
    if patient.names is None and dsn.scheme != "outbox":
        yield warning("transport", f"{dsn} was not tried.", "Leave --offline out to try it.", sure=False)
        return
    yield from server.judge(dsn, patient.now)
    if dsn.scheme == "sendgrid" and not patient.hears_back:
        what = "What SendGrid tells of messages afterwards is not believed: NEWSLETTER_SENDGRID_WEBHOOK_KEY is not set."
        fix = "Without it nobody learns what came back, and doubts stay: see docs/deploying.md"
        yield warning("transport", what, fix)
    if dsn.scheme == "outbox":
        what = "No mail service is set, so its domain was not looked at."
        yield warning("domain", what, "To send for real, set NEWSLETTER_TRANSPORT: see docs/sending.md", sure=False)
    elif patient.names is not None:
        sending, selectors = patient.publication.sender, patient.publication.delivery.dkim_selectors
        yield from sender.judge(patient.names, sending.email, sending.reply_to, dsn, selectors)


def _unsubscribing(patient: Patient) -> Iterator[Diagnosis]:
    mode = patient.publication.unsubscribe.mode
    if mode != "service":
        yield well("unsubscribing", f"Unsubscribing is left to {'SendGrid' if mode == 'provider' else 'a mailbox'}.")
        return
    if not patient.has_secret:
        return
    link = _attempt("unsubscribing", patient.link)
    if isinstance(link, Diagnosis):
        yield link
    elif patient.names is None:
        yield warning("unsubscribing", "The web service was not tried.", "Leave --offline out to try it.", sure=False)
    else:
        yield from service.judge(patient.publication.service_url, link, patient.now)


def _database(patient: Patient) -> Iterator[Diagnosis]:
    if not patient.has_database:
        yield warning("database", "There is no list yet.", "Import it: newsletter subscribers import FILE.csv")
        return
    if not patient.has_secret:
        return
    people = _attempt("database", patient.people)
    if isinstance(people, Diagnosis):
        yield people
        return
    yield well("database", f"The database is up to date and holds {people:,} {'person' if people == 1 else 'people'}.")
    for campaign in patient.campaigns():
        name = f"{campaign.issue_path} to {campaign.audience}"
        if campaign.state == "scheduled" and (late := late_words(campaign, patient.now)):
            fix = 'Let "newsletter send --due" run every five minutes: see "Sending later" in docs/sending.md'
            yield warning("database", f"{name} still waits. {late}", fix)
        elif campaign.tally.uncertain and not campaign.tally.adds_up:
            yield fault(
                "database", f"The sum of {name} does not add up.", "Keep the database as it is and ask for help."
            )


def _machine(patient: Patient) -> Iterator[Diagnosis]:
    try:
        free = shutil.disk_usage(patient.project).free
    except OSError as error:
        yield fault("machine", f"The disk cannot be asked how full it is: {error.strerror}.", "Check the folder.")
        return
    words = f"{free / ROOM:,.1f} GB are free on the disk."
    yield well("machine", words) if free >= ROOM else warning("machine", f"Only {words}", "Make room on the disk.")

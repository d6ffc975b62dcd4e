"""A proof on its way to named reviewers: a plain letter with the proof attached. No campaign, and no list mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from newsletter.delivery.mime import mailbox
from newsletter.errors import OutcomeUnknown, Refused, TransportError, UsageError
from newsletter.models.addresses import address_key, ascii_domain, split_address
from newsletter.models.dates import print_moment, short_date
from newsletter.models.delivery import Attachment, Letter, Message, Receipt, ReceiptState
from newsletter.models.publication import Publication
from newsletter.pipeline.proof import verdict

if TYPE_CHECKING:
    from newsletter.delivery.transport import Transport
    from newsletter.pipeline.proof import Proof

MOST = 20  # reviewers; what goes to more people is a sending
HEAVY = 15_000_000  # bytes; many mail systems take no larger message


def reviewers(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses, each once.

    Raises:
        UsageError: one is none. Refused: there are too many.
    """
    from email_validator import EmailNotValidError, validate_email

    found: dict[str, str] = {}
    for text in (part.strip() for address in addresses for part in address.split(",")):
        if not text:
            continue
        try:
            address = validate_email(text, check_deliverability=False, test_environment=True).normalized
        except EmailNotValidError as error:
            raise UsageError(f"'{text}' is not an email address: {error}", hint="Nothing was sent.") from None
        found.setdefault(address_key(address), address)
    if len(found) > MOST:
        raise Refused(
            f"A proof goes to at most {MOST} reviewers, and these are {len(found)}.",
            hint="Nothing was sent. To reach a list of people, use newsletter send.",
        )
    return tuple(found.values())


def messages(made: Proof, publication: Publication, to: Sequence[str], name: str) -> list[Message]:
    """One letter for each reviewer. `name`: of the attached files, without their endings.

    Raises:
        Refused: it is too heavy for mail.
    """
    attachments = [Attachment(file_name=f"{name}.html", media_type="text/html", data=made.html)]
    if made.pdf:
        attachments.append(Attachment(file_name=f"{name}.pdf", media_type="application/pdf", data=made.pdf))
    if (size := sum(len(attachment.data) for attachment in attachments)) > HEAVY:
        raise Refused(
            f"The proof has {size / 1e6:.0f} MB, more than many mail systems take, so it was not sent.",
            hint="Make its pictures smaller, or hand the file over in another way.",
        )
    sender, text = publication.sender, words(made, publication)
    mailbox(sender.name, sender.email)
    letter = Letter(
        sender=sender.email,
        sender_name=sender.name,
        reply_to=sender.reply_to,
        subject=f"[Proof] {made.edition.subject}",
        headers={},
        text=text,
        html=_html(text),
        attachments=tuple(attachments),
    )
    domain, batch = ascii_domain(split_address(sender.email)[1]), uuid.uuid4().hex
    keys = {uuid.uuid4().hex: address for address in to}
    return [
        Message(
            letter=letter,
            delivery_id=key,
            campaign_id=f"proof-{batch}",
            recipient=address,
            message_id=f"<{key}@{domain}>",
            date=made.made_at,
        )
        for key, address in keys.items()
    ]


def _html(text: str) -> str:
    """The same letter for programs that show HTML."""
    parts = (escape(part).replace("\n", "<br>") for part in text.strip().split("\n\n"))
    return f'<!doctype html><html lang="en-GB"><body>{"".join(f"<p>{part}</p>" for part in parts)}</body></html>'


def words(made: Proof, publication: Publication) -> str:
    """What stands in the message itself."""
    edition = made.edition
    lines = [
        f"This is a proof of {edition.title}, dated {short_date(edition.date)}. Please do not forward it.",
        *_warnings(made),
        f"Subject: {edition.subject}\nReading time: {edition.minutes:g} minutes\nEdition: {edition.hash[:12]}",
        verdict(made.checked.findings),
        "The attached HTML file opens in any browser, also on a phone and without a network. It holds the email,"
        " the text, the web copy and what changed since the last proof."
        + (" The PDF shows the pages to print." if made.pdf else ""),
        "Please reply with your comments. If you agree to it as it stands, say so and name the edition above.",
        publication.sender.name,
    ]
    return "\n\n".join(lines) + "\n"


def _warnings(made: Proof) -> list[str]:
    found = []
    if made.embargo:
        found.append(f"EMBARGOED until {print_moment(made.embargo)}. Do not share or quote anything of it before.")
    if made.checked.issue.restricted:
        found.append("RESTRICTED: it is only for the people it is sent to. Do not pass on anything of it.")
    return found


def send(transport: Transport, letters: Sequence[Message]) -> None:
    """Hands every letter over once.

    Raises:
        Refused: an address was refused. TransportError: not everybody got it, and why.
    """
    receipts: list[Receipt] = []
    try:
        with transport:
            for start in range(0, len(letters), transport.batch_size):
                receipts += transport.send(letters[start : start + transport.batch_size])
    except TransportError as error:
        doubt = " Some may have got it." if isinstance(error, OutcomeUnknown) else ""
        raise _plainly(f"The proof was made, but not sent to everybody: {error.message}{doubt}") from None
    by_key = {receipt.delivery_id: receipt for receipt in receipts}
    failed = [
        f"{letter.recipient}: {by_key[letter.delivery_id].reason if letter.delivery_id in by_key else 'no answer'}"
        for letter in letters
        if letter.delivery_id not in by_key or by_key[letter.delivery_id].state is not ReceiptState.ACCEPTED
    ]
    if failed:
        raise TransportError(
            f"The proof was made, and sent to {len(letters) - len(failed)} of {len(letters)} reviewers.",
            hint="Not to " + "; ".join(failed),
        )


def _plainly(message: str) -> TransportError:
    """A plain error for a plain letter: there is no campaign that could be resumed."""
    return TransportError(message, hint="Run the command again; whoever has it already gets it twice.")

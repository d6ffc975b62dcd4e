"""The same message written the plain way, by the standard library: what the compiled one must be read back as."""

from __future__ import annotations

from email.message import EmailMessage

from newsletter.models.addresses import wire_address
from newsletter.models.delivery import Message


def reference(of: Message) -> EmailMessage:
    """For messages whose addresses are ASCII once their domains are."""
    written = EmailMessage()
    for name, value in {"To": wire_address(of.recipient), "Message-ID": of.message_id, **of.headers}.items():
        written[name] = value
    written["Subject"] = of.letter.subject
    written.set_content(of.text)
    written.add_alternative(of.html, subtype="html")
    return written

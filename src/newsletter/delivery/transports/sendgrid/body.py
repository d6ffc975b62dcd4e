"""The body of one call to SendGrid, as JSON. What all people of a campaign share is written once. Pure."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring_ascii as quoted

from newsletter.models.addresses import wire_address
from newsletter.models.delivery import Attachment, Letter, Message

MEDIA_TYPE = "application/json; charset=utf-8"  # as the official client for C# says it; ours would write it again


class Unspoken(str):
    """The body of a call. The client puts what it sends into words for its log, which nobody reads and which would hold
    every address; that takes it as long as to send it."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """As `str.encode`."""
        return _UnspokenBytes(super().encode(encoding, errors))


class _UnspokenBytes(bytes):
    def __format__(self, how: str) -> str:
        return f"{len(self)} bytes"


def body(messages: Sequence[Message]) -> str:
    """The body of one call. All messages must be of one campaign: they share sender, subject and both texts."""
    shared, headers = _shared(messages[0].letter)
    people = ",".join([_personalization(message, headers) for message in messages])
    return f'{{"personalizations":[{people}],{shared}'


@functools.lru_cache(maxsize=4)
def _shared(letter: Letter) -> tuple[str, str]:
    """Everything after the people, and the list headers that stand in each of them."""
    rest: dict[str, object] = {
        "from": {"email": wire_address(letter.sender), "name": letter.sender_name},
        "reply_to": {"email": wire_address(letter.reply_to)},
        "subject": letter.subject,
        "content": [
            {"type": "text/plain", "value": letter.text},
            {"type": "text/html", "value": letter.html},
        ],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }
    if letter.attachments:
        rest["attachments"] = [_attachment(attachment) for attachment in letter.attachments]
    if letter.unsubscribe_group is not None:
        rest["asm"] = {"group_id": letter.unsubscribe_group}
    return json.dumps(rest)[1:], _pairs(letter.headers)


def _personalization(message: Message, headers: str) -> str:
    """One person. Substitutions do not reach headers, so the links stand in both; the list headers in each."""
    _, delivery_id, recipient, message_id, _, name, campaign_id, own, links = message
    if ";" in name or "," in name:  # SendGrid takes neither
        name = name.replace(";", " ").replace(",", " ")
    if name := name.strip():
        name = f',"name":{quoted(name)}'
    if not (recipient.isascii() and recipient.islower()):
        recipient = wire_address(recipient)
    return (
        f'{{"to":[{{"email":{quoted(recipient)}{name}}}],'
        f'"headers":{{"Message-ID":{quoted(message_id)}{_pairs(own)}{headers}}},'
        f'"substitutions":{{{_pairs(links)[1:]}}},'
        f'"custom_args":{{"delivery":{quoted(delivery_id)},"campaign":{quoted(campaign_id)}}}}}'
    )


def _pairs(values: Mapping[str, str]) -> str:
    """What stands within an object's braces, behind something else."""
    return "".join([f",{quoted(name)}:{quoted(value)}" for name, value in values.items()])


def _attachment(attachment: Attachment) -> dict[str, str]:
    value = {
        "content": base64.b64encode(attachment.data).decode("ascii"),
        "type": attachment.media_type,
        "filename": attachment.file_name,
        "disposition": "inline" if attachment.content_id else "attachment",
    }
    return value | ({"content_id": attachment.content_id} if attachment.content_id else {})

"""The body of one call to SendGrid, as a plain dictionary. Pure."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from newsletter.models.addresses import wire_address
from newsletter.models.delivery import Attachment, Message

_NOT_IN_A_NAME = str.maketrans(";,", "  ")  # SendGrid takes neither


def payload(messages: Sequence[Message]) -> dict[str, object]:
    """The body of one call. All messages must be of one campaign: they share sender, subject and both texts."""
    letter = messages[0].letter
    body: dict[str, object] = {
        "from": {"email": wire_address(letter.sender), "name": letter.sender_name},
        "reply_to": {"email": wire_address(letter.reply_to)},
        "subject": letter.subject,
        "content": [
            {"type": "text/plain", "value": letter.text},
            {"type": "text/html", "value": letter.html},
        ],
        "personalizations": [_personalization(message) for message in messages],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }
    if letter.attachments:
        body["attachments"] = [_attachment(attachment) for attachment in letter.attachments]
    if letter.unsubscribe_group is not None:
        body["asm"] = {"group_id": letter.unsubscribe_group}
    return body


def _personalization(message: Message) -> dict[str, object]:
    """One person. Substitutions do not reach headers, so the links stand in both; the list headers in each."""
    to = {"email": wire_address(message.recipient)}
    if name := message.recipient_name.translate(_NOT_IN_A_NAME).strip():
        to["name"] = name
    return {
        "to": [to],
        "headers": {"Message-ID": message.message_id, **message.letter.headers, **message.own_headers},
        "substitutions": message.substitutions,
        "custom_args": {"delivery": message.delivery_id, "campaign": message.campaign_id},
    }


def _attachment(attachment: Attachment) -> dict[str, str]:
    value = {
        "content": base64.b64encode(attachment.data).decode("ascii"),
        "type": attachment.media_type,
        "filename": attachment.file_name,
        "disposition": "inline" if attachment.content_id else "attachment",
    }
    return value | ({"content_id": attachment.content_id} if attachment.content_id else {})

"""Edition and recipient to Message. Pure: what all messages share is one letter, worked out once."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from newsletter.delivery.links import LinkSigner, Purpose
from newsletter.delivery.mime import check_mailbox, mailbox, phrase
from newsletter.errors import Refused
from newsletter.models.addresses import ascii_domain, split_address, wire_address
from newsletter.models.delivery import Attachment, Letter, Message, Recipient
from newsletter.models.edition import MERGE_TAGS, Edition, EditionAsset
from newsletter.models.publication import Audience, Publication

_PERSONAL = ("unsubscribe_url", "preferences_url")  # the others are the same for everybody in a campaign
_UNSUBSCRIBE, _PREFERENCES = (MERGE_TAGS[name] for name in _PERSONAL)
_ANY_TAG = re.compile(r"%%[a-z][a-z0-9_]*%%")
_CONTENT_ID = re.compile(r"""\bcid:([^"'\s)>]+)""")
# SendGrid replaces these itself when a message belongs to an unsubscribe group.
_PROVIDER_LINKS = {
    "unsubscribe_url": "<%asm_group_unsubscribe_raw_url%>",
    "preferences_url": "<%asm_preferences_raw_url%>",
}


class Personaliser:
    """Makes the messages of one campaign."""

    def __init__(
        self, edition: Edition, publication: Publication, audience: Audience, signer: LinkSigner, *, transport: str
    ) -> None:
        """`transport`: the scheme of the transport, since mode "provider" is that provider's own.

        Raises:
            Refused: this edition cannot be sent to anybody, and why.
        """
        self._publication, self._audience = publication, audience
        self._unsubscribe_token = signer.unsubscribe_tokens(audience.name)
        self._header_token = signer.unsubscribe_tokens(audience.name, header=True)
        self._preferences_token = signer.preferences_tokens()
        self._by_mail_only = publication.unsubscribe.mode == "mailto"
        self._leave_by_mail = self._mailto("unsubscribe")
        self._leave_at, self._choose_at = signer.url(Purpose.UNSUBSCRIBE, ""), signer.url(Purpose.PREFERENCES, "")
        if self._by_mail_only:
            self._leave_at, self._choose_at = self._leave_by_mail, self._mailto("preferences")
        self._group = _provider_group(publication, transport)
        links = _PROVIDER_LINKS if self._group else {}
        rich = _fill(_rendition(edition, "email"), {"audience": html.escape(audience.title), **links})
        text = _fill(_rendition(edition, "text"), {"audience": audience.title, **links})
        _refuse_unready(rich, text, edition, provider=self._group is not None)
        sender = publication.sender
        self._domain = ascii_domain(split_address(sender.email)[1])
        self.letter = Letter(
            sender=sender.email,
            sender_name=sender.name,
            reply_to=sender.reply_to,
            subject=edition.subject,
            headers=self._common_headers(edition),
            text=text,
            html=rich,
            attachments=_attachments(edition, rich),
            unsubscribe_group=self._group,
        )
        mailbox(sender.name, sender.email)
        mailbox("", sender.reply_to)

    def compose(self, recipient: Recipient, *, date: datetime) -> Message:
        """One person's message.

        Raises:
            Refused: this recipient's name or address cannot stand in a header. The others can still be sent to.
        """
        delivery_id, subscriber_id, email, name, campaign_id = recipient
        check_mailbox(name, email)
        message_id = f"<{delivery_id}@{self._domain}>"
        own, links = ({}, {}) if self._group else self._links(subscriber_id)
        return Message(self.letter, delivery_id, email, message_id, date, name, campaign_id, own, links)

    def _links(self, subscriber_id: int) -> tuple[dict[str, str], dict[str, str]]:
        """The header with which one POST, or a message, is enough to leave (RFC 2369, RFC 8058 section 3.1); and what
        the footer's links lead to. They hold no sign that HTML would change, so one value serves both parts."""
        token = self._header_token(subscriber_id)
        by_mail = f"<{self._leave_by_mail}{token}>"
        header = by_mail if self._by_mail_only else f"<{self._leave_at}{token}>, {by_mail}"
        return {"List-Unsubscribe": header}, {
            _UNSUBSCRIBE: self._leave_at + self._unsubscribe_token(subscriber_id),
            _PREFERENCES: self._choose_at + self._preferences_token(subscriber_id),
        }

    def _mailto(self, word: str) -> str:
        """A message to the monitored mailbox; the token ends its subject."""
        address = self._publication.unsubscribe.mailbox or self._publication.sender.reply_to
        return f"mailto:{quote(wire_address(address), safe='@+')}?subject={word}%20"

    def _common_headers(self, edition: Edition) -> dict[str, str]:
        audience = self._audience
        label = _label(audience.name)
        feedback = (edition.slug, audience.name, edition.series, self._domain[:15].replace(".", "-"))
        headers = {
            "List-Id": f"{phrase(audience.title)} <{label}.{self._domain}>",  # RFC 2919
            "List-Archive": f"<{self._publication.site.url}/>",  # RFC 2369
            "Feedback-ID": ":".join(map(_label, feedback)),  # Gmail's spam rate for each campaign
            "Precedence": "list",  # keeps out-of-office answers away (RFC 2076)
        }
        if not self._group and self._publication.unsubscribe.mode == "service":
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058 section 3.1
        return headers


def _provider_group(publication: Publication, transport: str) -> int | None:
    """The mail service's unsubscribe group, if it takes the clicks."""
    settings = publication.unsubscribe
    if settings.mode != "provider":
        return None
    if transport != "sendgrid":
        raise Refused(
            f'[unsubscribe] mode = "provider" works only with the transport sendgrid, not with {transport}.',
            hint='Send with --transport sendgrid://..., or set mode = "service" in newsletter.toml.',
        )
    if settings.group is None:
        raise Refused(
            '[unsubscribe] mode = "provider" needs the number of your SendGrid unsubscribe group.',
            hint="Add group = 12345 to [unsubscribe] in newsletter.toml.",
        )
    return settings.group


def _rendition(edition: Edition, name: str) -> str:
    if name not in edition.renditions:
        raise Refused(f"The edition of {edition.path} has no {name} rendition.", hint="Build it again.")
    return edition.renditions[name].text


def _fill(text: str, values: Mapping[str, str]) -> str:
    """Replaces the merge tags that have a value."""
    for name, value in values.items():
        text = text.replace(MERGE_TAGS[name], value)
    return text


def _refuse_unready(email: str, text: str, edition: Edition, *, provider: bool) -> None:
    """Nobody is sent a message without a way to unsubscribe, or with a tag that nothing replaces."""
    known = set() if provider else {MERGE_TAGS[name] for name in _PERSONAL}
    unsubscribe = _PROVIDER_LINKS["unsubscribe_url"] if provider else MERGE_TAGS["unsubscribe_url"]
    for name, part in (("HTML", email), ("plain text", text)):
        if left := sorted(set(_ANY_TAG.findall(part)) - known):
            raise Refused(f"The {name} of {edition.path} still holds {left[0]}.", hint="Take it out of the template.")
        if unsubscribe not in part:
            raise Refused(
                f"The {name} of {edition.path} has no unsubscribe link.",
                hint=f"Its template must hold {MERGE_TAGS['unsubscribe_url']}.",
            )
    if _ANY_TAG.search(edition.subject):
        raise Refused(f"The subject of {edition.path} holds a merge tag.", hint="Merge tags work in the text only.")


def _attachments(edition: Edition, email: str) -> tuple[Attachment, ...]:
    """Pictures and files of a restricted issue, which is hosted nowhere: those shown in the HTML, then the others.

    Its HTML names each `cid:<first 8 digits of the SHA-256>.<name>@…`."""
    if edition.public:
        return ()
    shown = {content_id.split(".", 1)[0]: content_id for content_id in _CONTENT_ID.findall(email)}
    attachments, found = [], set()
    for asset in edition.assets:
        digest = hashlib.sha256(asset.data).hexdigest()[:8]
        picture = asset.media_type.startswith("image/")
        attachments.append(_attachment(asset, shown.get(digest, "") if picture else ""))
        found.add(digest)
    if lost := sorted(set(shown) - found):
        raise Refused(f"The email of {edition.path} shows a picture that is not in the edition ({shown[lost[0]]}).")
    return tuple(attachments)


def _attachment(asset: EditionAsset, content_id: str) -> Attachment:
    return Attachment(
        file_name=PurePosixPath(asset.path).name,
        media_type=asset.media_type,
        data=asset.data,
        content_id=content_id,
    )


def _label(text: str) -> str:
    """Letters, digits and hyphens of a name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower() or "list"

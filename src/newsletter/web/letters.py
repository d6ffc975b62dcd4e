"""The mails that the service itself writes: what they say, in the reader's language, as text and as HTML. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from newsletter.delivery.mime import mailbox
from newsletter.models.addresses import ascii_domain, split_address
from newsletter.models.bilingual import in_language
from newsletter.models.delivery import Letter, Message, Subscriber
from newsletter.models.publication import Publication
from newsletter.models.signups import ServiceMail, SignUp
from newsletter.web.choices import named
from newsletter.web.language import Words, known, words
from newsletter.web.pages import mail_link
from newsletter.web.ports import Signer, Templates

# RFC 3834 section 5: nobody's out-of-office answers this.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class Letters:
    """Writes the mails of one publication."""

    def __init__(self, publication: Publication, templates: Templates, signer: Signer) -> None:
        self._publication, self._templates, self._signer = publication, templates, signer

    def confirm(self, mail: ServiceMail, signup: SignUp, at: datetime) -> Message:
        """To whoever's address was typed in: please confirm."""
        _ = self._words(signup.language)
        return self._message(
            mail, signup.email, _, at,
            title=_("Please confirm your sign-up"),
            before=[
                _(
                    "Somebody, we hope it was you, asked %(partnership)s to send these emails to this address:",
                    partnership=self._local(_).partnership.name,
                )
            ],
            audiences=signup.audiences,
            button=_("Confirm"),
            address=self._signer.confirm_url(signup.id),
            after=[
                _("The link works once, and for three days."),
                _(
                    "If it was not you, there is nothing to do. You will get no emails, and we forget this address"
                    " within a week."
                ),
            ],
            why=_("You get this message because this address was typed into our sign-up page."),
        )  # fmt: skip

    def already(self, mail: ServiceMail, person: Subscriber, at: datetime) -> Message:
        """To somebody who gets all of it already. On the page nobody was told."""
        _ = self._words(mail.language or person.language)
        return self._message(
            mail, person.email, _, at,
            title=_("You get these emails already"),
            before=[
                _(
                    "Somebody, perhaps you, asked %(partnership)s to send these emails to this address:",
                    partnership=self._local(_).partnership.name,
                )
            ],
            audiences=mail.audiences,
            after=[
                _(
                    "You get all of them already, so nothing has changed. If they do not arrive, look in the folder for"
                    " junk mail, or ask your IT team whether our messages are held back."
                ),
            ],
            links=[(_("See and change what you get"), self._signer.preferences_url(person.id))],
            why=_("You get this message because this address was typed into our sign-up page."),
        )  # fmt: skip

    def welcome(self, mail: ServiceMail, person: Subscriber, at: datetime) -> Message:
        """To somebody who has just confirmed."""
        _ = self._words(mail.language or person.language)
        leave = [
            (_("Stop the emails for %(audience)s", audience=choice.title), self._leave_url(person, choice.name))
            for choice in named(self._local(_), mail.audiences)
        ]
        return self._message(
            mail, person.email, _, at,
            title=_("Welcome"),
            before=[_("Thank you for signing up. From now on you get:")],
            audiences=mail.audiences,
            button=_("Read the past issues"),
            address=f"{self._publication.site.url}/",
            after=[_("Please do not send us details of a case by email. Use the referral line of your area.")],
            links=[(_("See and change what you get"), self._signer.preferences_url(person.id)), *leave],
            why=_("You get this message because you confirmed your sign-up."),
        )  # fmt: skip

    def goodbye(self, mail: ServiceMail, person: Subscriber, at: datetime) -> Message:
        """To somebody whose emails have stopped: perhaps it was not they who stopped them."""
        _ = self._words(person.language or mail.language)
        shared = [_("This is a shared mailbox: your colleagues will not get these emails either.")]
        return self._message(
            mail, person.email, _, at,
            title=_("The emails have stopped"),
            before=[_("As you asked, we will send no more emails of this kind to this address:")],
            audiences=mail.audiences,
            button=_("Undo: keep getting them"),
            address=f"{self._leave_url(person, mail.audiences[0])}/undo",
            after=[
                *(shared if person.shared else []),
                _(
                    "Was it not you? If you forwarded one of our emails, somebody may have used its link. The button"
                    " takes it back, and works for a week."
                ),
                _("One that is already on its way may still arrive."),
            ],
            links=[(_("See and change what you get"), self._signer.preferences_url(person.id))],
            why=_("You get this message once, because the emails to this address were stopped."),
        )  # fmt: skip

    def _leave_url(self, person: Subscriber, audience: str) -> str:
        return self._signer.unsubscribe_url(person.id, audience)

    def _local(self, _: Words) -> Publication:
        return in_language(self._publication, _.language)

    def _words(self, language: str) -> Words:
        return words(known(language) or self._publication.partnership.lang)

    def _message(
        self, mail: ServiceMail, recipient: str, _: Words, at: datetime, *, title: str, audiences: Iterable[str],
        **values: Any,
    ) -> Message:  # fmt: skip
        publication, sender = self._local(_), self._publication.sender
        mailbox("", recipient)
        values = {
            "button": "",
            "address": "",
            "links": [],
            **values,
            "title": title,
            "choices": named(publication, audiences),
            "lang": _.language,
            "partnership": publication.partnership,
            "contact": sender.reply_to,
            "contact_link": mail_link(sender.reply_to),
        }
        letter = Letter(
            sender=sender.email,
            sender_name=sender.name,
            reply_to=sender.reply_to,
            subject=f"{title}: {publication.partnership.short}",
            headers={**HEADERS, "Content-Language": _.language},
            text=self._templates.render("service/mail.txt", _=_, **values),
            html=self._templates.render("service/mail.html", _=words(_.language, markup=True), **values),
        )
        return Message(
            letter=letter,
            delivery_id=mail.id,
            campaign_id=f"service-{mail.kind.value}",
            recipient=recipient,
            message_id=f"<{mail.id}@{ascii_domain(split_address(sender.email)[1])}>",
            date=at,
        )

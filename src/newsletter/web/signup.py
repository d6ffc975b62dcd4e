"""/sign-up and /c/TOKEN: signing up in two steps. Nobody is subscribed until the mailbox's owner presses a button.

The answer is the same for every address, in words, in size and in the work it takes; what is known of an address only
decides what is written to its owner, later and elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from newsletter.models.addresses import address_key, mask
from newsletter.models.bilingual import in_language
from newsletter.models.signups import SignUp, Wording
from newsletter.web.choices import choices, named, offered
from newsletter.web.forms import Fields, Seals, read_form
from newsletter.web.language import Words, known, words
from newsletter.web.limits import Limits, client_of
from newsletter.web.links import CONFIRM, Links
from newsletter.web.origin import from_elsewhere
from newsletter.web.pages import Pages
from newsletter.web.ports import ServiceApp
from newsletter.web.writer import Writer

FIELDS = {"email", "get", "website", "lang", "seal"}
QUICKEST = 1.0  # seconds: no person reads and fills in the form in less
LONGEST = 24 * 3600.0  # seconds that a form may stay open
log = logging.getLogger("newsletter.web")


@dataclass(frozen=True)
class Asked:
    """What somebody typed, and what is wrong with it: (id of the field, words)."""

    email: str = ""
    audiences: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


class SigningUp:
    """The endpoints of the form and of the link in the mail."""

    def __init__(
        self, app: ServiceApp, pages: Pages, links: Links, writer: Writer, seals: Seals, limits: Limits,
        wake: Callable[[], None],
    ) -> None:  # fmt: skip
        """`wake`: there is a mail to write."""
        self._app, self._pages, self._links, self._writer = app, pages, links, writer
        self._seals, self._limits, self._wake = seals, limits, wake

    async def form(self, request: Request) -> Response:
        """GET: the form."""
        if not offered(self._app.publication):
            return self._pages.problem("page", request.scope)
        return self._form(request, Asked(audiences=tuple(audience.name for audience in offered(self._app.publication))))

    async def ask(self, request: Request) -> Response:
        """POST: writes the sign-up down, and that its owner is to be asked. The same answer for every address."""
        if not offered(self._app.publication):
            return self._pages.problem("page", request.scope)
        if from_elsewhere(request):
            return self._pages.problem("stranger", request.scope)
        fields = read_form(request.headers.get("content-type", ""), await request.body())
        if fields is None or not {name for name, _ in fields} <= FIELDS:
            return self._pages.problem("form", request.scope)
        if wait := self._limits.wait("sign-ups of a client", client_of(request)):
            return self._pages.problem("often", request.scope, wait=wait)
        wording = self._wording(words(self._language(request, fields)))
        asked = self._read(request, fields, wording)
        if asked.problems:
            return self._form(request, asked, status=400)
        if _one(fields, "website"):  # no person sees that field
            log.warning("sign-up by a robot")
            return self._sent(request, asked)
        if wait := self._too_many(asked.email):
            return self._pages.problem("often", request.scope, wait=wait)
        signups, now = self._app.store.signups, self._app.now()
        await self._writer.run(lambda: signups.ask(asked.email, asked.audiences, wording, at=now))
        self._wake()
        return self._sent(request, asked)

    async def show(self, request: Request) -> Response:
        """GET and HEAD of the link in the mail: what the button would do. Changes nothing."""
        signup = await self._signup(request)
        return self._confirmation(request, signup)

    async def confirm(self, request: Request) -> Response:
        """POST: subscribes, once."""
        if from_elsewhere(request):
            return self._pages.problem("stranger", request.scope)
        signup = await self._signup(request)
        if signup is None:
            return self._confirmation(request, None)
        signups, now, key = self._app.store.signups, self._app.now(), signup.id
        confirmed = await self._writer.run(lambda: signups.confirm(key, at=now))
        self._wake()
        return self._confirmation(request, confirmed)

    async def _signup(self, request: Request) -> SignUp | None:
        grant = await self._links.read(request.path_params["token"], CONFIRM)
        if grant is None:
            return None
        return await asyncio.to_thread(self._app.store.signups.get, grant.subscriber_id)

    def _confirmation(self, request: Request, signup: SignUp | None) -> Response:
        if signup is None:
            return self._pages.problem("confirm-link", request.scope)
        return self._pages.page(
            "confirm",
            request,
            own=signup.language,
            address=mask(signup.email),
            confirmed=signup.confirmed_at is not None,
            choices=named(self._pages.publication(request.scope, signup.language), signup.audiences),
        )

    def _language(self, request: Request, fields: Fields) -> str:
        """The form says which language it was shown in."""
        return known(_one(fields, "lang")) or self._pages.language(request.scope)

    def _wording(self, _: Words) -> Wording:
        """What people are told when they sign up; its version goes into the log of consent."""
        text = _(
            "By signing up you agree that %(partnership)s sends you the emails you have chosen. You can stop at any"
            " time by the link in every email. We do not record whether you open an email or follow a link in it.",
            partnership=in_language(self._app.publication, _.language).partnership.name,
        )
        return Wording(language=_.language, text=text)

    def _read(self, request: Request, fields: Fields, wording: Wording) -> Asked:
        """What was typed, normalised, with every problem of it."""
        _, problems = words(wording.language), []
        email, bad = _address(_one(fields, "email"))
        if bad:
            problems.append(("email", _("Enter an email address like name@example.org")))
        open_to_all = {audience.name for audience in offered(self._app.publication)}
        audiences = tuple(dict.fromkeys(value for name, value in fields if name == "get"))
        if not audiences or not set(audiences) <= open_to_all:
            problems.append(("get-1", _("Choose at least one")))
        age = self._seals.age(_one(fields, "seal"), wording.version, self._app.now())
        if not problems and (age is None or not QUICKEST <= age <= LONGEST):
            problems.append(("email", _("Please press the button once more")))
        return Asked(email, tuple(name for name in audiences if name in open_to_all), tuple(problems))

    def _too_many(self, email: str) -> int:
        return self._limits.wait("mails to a mailbox", address_key(email)) or self._limits.wait("sign-ups of all")

    def _form(self, request: Request, asked: Asked, status: int = 200) -> Response:
        publication, language = self._pages.publication(request.scope), self._pages.language(request.scope)
        wording = self._wording(words(language))
        return self._pages.page(
            "sign-up",
            request,
            status=status,
            choices=choices(publication, offered(publication), asked.audiences),
            email=asked.email,
            problems=asked.problems,
            wording=wording.text,
            seal=self._seals.seal(wording.version, self._app.now()),
        )

    def _sent(self, request: Request, asked: Asked) -> Response:
        return self._pages.page("sign-up-sent", request, typed=asked.email)


def _one(fields: Fields, name: str) -> str:
    """The one value of a field; "" if it is not there or there twice."""
    values = [value for field, value in fields if field == name]
    return values[0].strip() if len(values) == 1 else ""


def _address(text: str) -> tuple[str, bool]:
    """The address in its normal spelling, or as typed and True: it is none."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False).normalized, False
    except EmailNotValidError:
        return text[:254], True

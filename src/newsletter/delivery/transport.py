"""Hands messages to a mail service. One module in `transports/` is one transport.

A transport module offers one function, `open_transport(dsn) -> Transport`; its name is the scheme of the DSN it
answers to.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field, SecretStr

from newsletter.delivery.pace import Rate, rates
from newsletter.errors import UsageError
from newsletter.models.base import Model
from newsletter.models.delivery import Message, Receipt

Mark = Callable[[Sequence[Message]], Collection[str]]


Following = Callable[[], Message | None]  # what comes next on this connection, as far as is known


def nothing_known() -> Message | None:
    """That nothing comes next, or that nobody knows."""
    return None


def all_ours(messages: Sequence[Message]) -> Collection[str]:
    """Marks nothing: for handing messages over without a ledger."""
    return {message.delivery_id for message in messages}


class Transport(AbstractContextManager["Transport"], Protocol):
    """Sends messages; as a context manager, keeps its connection open between them."""

    name: str  # "outbox", for people: never holds a secret
    batch_size: int  # how many messages one call to send takes at most
    connections: int  # how many calls of send may go on at the same time
    idempotent: bool  # handing the same delivery over again does no harm: it is still there once

    def send(self, messages: Sequence[Message], mark: Mark = all_ours) -> Sequence[Receipt]:
        """Hand over each message once, without retrying; one receipt for each, in order.

        `mark` writes down for good that messages are about to be handed over. It is called with each message at the
        last moment at which that message certainly cannot have been accepted yet, and gives the ids of deliveries that
        may go: any other is dropped, and gets no receipt.

        Raises:
            TransportUnavailable: nothing (more) will be accepted; pause the campaign, nobody loses their place.
            OutcomeUnknown: some may have been accepted; never send those again by yourself.
        """


@runtime_checkable
class Cooperative(Protocol):
    """What a transport may offer beside `Transport`: its waits let other lanes of the same thread go on."""

    def cooperate(self) -> None:
        """From now on. Called before it is entered; afterwards all its calls come from one thread."""


@runtime_checkable
class ReadsAhead(Protocol):
    """What a transport that takes one message a call may offer: to begin with the next one behind it."""

    reads_ahead: bool

    def send(
        self, messages: Sequence[Message], mark: Mark = all_ours, following: Following = nothing_known
    ) -> Sequence[Receipt]:
        """As `Transport.send`. `following` tells, once a message is marked, which one the next call will bring; if it
        brings another, or there is none, nothing has happened to the one that was told of."""


class Dsn(Model):
    """A transport's address: `smtp://user:secret@host:587`, `outbox:PATH`. The password cannot be printed."""

    scheme: str  # the transport's module: outbox, smtp, sendgrid, memory
    variant: str  # the scheme as written: smtp or smtps
    host: str = ""
    port: int | None = None
    user: str = ""
    password: SecretStr = SecretStr("")
    path: str = ""  # outbox:PATH
    options: dict[str, str] = Field(default_factory=dict)
    base: Path = Path()  # relative paths are meant below this folder

    def check_options(self, known: Sequence[str]) -> None:
        """Refuses options this transport does not have: a misspelt one must not be passed over in silence.

        Raises:
            UsageError: there is one.
        """
        known = (*known, "per_second", "per_hour")
        if unknown := sorted(set(self.options) - set(known)):
            hint = f"Known: {', '.join(known)}."
            raise UsageError(f"The transport {self.scheme} has no option '{unknown[0]}'.", hint=hint)
        self.seconds("timeout", 0)
        self.rates()

    def count(self, name: str, default: int) -> int:
        """An option that is a whole number from 1.

        Raises:
            UsageError: it is not one.
        """
        text = self.options.get(name, str(default))
        if not re.fullmatch(r"[1-9]\d{0,8}", text):
            raise UsageError(f"The option {name} of the transport {self.scheme} is not a whole number from 1.")
        return int(text)

    def rates(self, *, per_second: float | None = None, per_hour: int | None = None) -> tuple[Rate, ...]:
        """How fast messages may leave: what the options say, else what is given.

        Raises:
            UsageError: an option is not a number above 0.
        """
        if "per_second" in self.options:
            per_second = self.seconds("per_second", 0, what="a number above 0")
            if per_second <= 0:
                raise UsageError(f"The option per_second of the transport {self.scheme} is not a number above 0.")
        if "per_hour" in self.options:
            per_hour = self.count("per_hour", 1)
        return rates(per_second=per_second, per_hour=per_hour)

    def seconds(self, name: str, default: float, *, what: str = "a number of seconds") -> float:
        """An option that is a number of seconds.

        Raises:
            UsageError: it is not one.
        """
        text = self.options.get(name, str(default))
        if not re.fullmatch(r"\d+(\.\d+)?", text):
            raise UsageError(f"The option {name} of the transport {self.scheme} is not {what}.")
        return float(text)

    def __str__(self) -> str:
        where = f"//{self.host}{f':{self.port}' if self.port else ''}" if self.host else self.path
        return f"{self.variant}:{where}"


def parse_dsn(text: str, base: Path) -> Dsn:
    """Reads a DSN.

    Raises:
        UsageError: it is not one, or names no known transport. The text is not repeated, since it may hold a secret.
    """
    variant = text.split(":", 1)[0].lower() if ":" in text else ""
    scheme = {"smtps": "smtp"}.get(variant, variant)
    if scheme not in known_transports():
        raise UsageError(
            f"The transport '{variant or 'without a name'}' is not known.",
            hint=f"Known: {', '.join(known_transports())}. Write for example outbox:outbox or smtp://user:secret@host:587.",
        )
    rest = text.split(":", 1)[1]
    if not rest.startswith("//"):
        return Dsn(scheme=scheme, variant=variant, path=rest, base=base)
    try:
        parts = urlsplit(f"x:{rest}")
        return Dsn(
            scheme=scheme,
            variant=variant,
            host=parts.hostname or "",
            port=parts.port,
            user=unquote(parts.username or ""),
            password=SecretStr(unquote(parts.password or "")),
            path=parts.path,
            options=dict(parse_qsl(parts.query, keep_blank_values=True)),
            base=base,
        )
    except ValueError:
        raise UsageError(
            f"The address of the transport '{variant}' cannot be read.",
            hint="Write it as smtp://user:secret@host:587. In a user or secret write @ : / as %40 %3A %2F.",
        ) from None


def known_transports() -> list[str]:
    """Names of the modules in `transports/`."""
    from newsletter.delivery import transports

    names = (module.name for module in pkgutil.iter_modules(transports.__path__))
    return sorted(name for name in names if re.fullmatch(r"[a-z]+", name))


def open_transport(dsn: Dsn) -> Transport:
    """The transport that a DSN names; it connects when it is entered.

    Raises:
        UsageError: the DSN lacks something this transport needs.
    """
    module = importlib.import_module(f"newsletter.delivery.transports.{dsn.scheme}")
    transport: Transport = module.open_transport(dsn)
    return transport

"""SendGrid on 127.0.0.1: mail/send with the limits that it documents, and its lists of suppressed addresses.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from newsletter.testing.sendgrid_http import Handler

LIMIT = 1000  # personalizations in one call
SUBSTITUTION_BYTES = 10_000  # of one personalization
CUSTOM_ARGS_BYTES = 10_000
PAGE = 500  # addresses in one answer of a list
LISTS = ("bounces", "blocks", "invalid_emails", "spam_reports", "unsubscribes")
_NOT_OVERRIDABLE = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """How the next call fails."""

    status: int = 0  # answers with this status; 0: see below
    body: bytes = b'{"errors": [{"message": "failed on purpose", "field": null}]}'
    headers: dict[str, str] = field(default_factory=dict)
    accept: bool = False  # takes the messages before it fails
    drop: bool = False  # closes the connection without an answer
    unread: bool = False  # closes it before it has read the body
    raw: bytes = b""  # answers with these bytes, which need not be HTTP
    hang: float = 0.0  # seconds without an answer


@dataclass(frozen=True)
class Received:
    """What one person would get. A message of an unsubscribe group has that group's links in it."""

    email: str
    name: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    custom_args: dict[str, str]


class FakeSendGrid:
    """SendGrid's mail/send on 127.0.0.1. A context manager.

    `bad_addresses` are refused with the place of the culprit; `mystery_addresses` without it, so that a caller must
    search. `faults` are used up one for each call of mail/send, in order. `groups` are unsubscribe groups with the
    addresses that left them; `lists` the other lists by their names in the API, with what is said of each address.
    """

    def __init__(self, key: str = "SG.test-key") -> None:
        self.key = key
        self.calls: list[dict[str, Any]] = []  # bodies of mail/send, accepted or not
        self.received: list[Received] = []
        self.faults: deque[Fault] = deque()
        self.scopes = ["mail.send"]  # what the key may do
        self.bad_addresses: set[str] = set()
        self.mystery_addresses: set[str] = set()
        self.groups: dict[int, list[str]] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS}
        self.asked: list[str] = []  # lists that were asked for, with the query
        self.list_status = 200  # what asking for a list is answered with
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("OurHandler", (Handler,), {"fake": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FakeSendGrid:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def dsn(self) -> str:
        """What NEWSLETTER_TRANSPORT would say."""
        return f"sendgrid://:{self.key}@default?host=http://127.0.0.1:{self._server.server_port}"

    def errors(self, body: dict[str, Any]) -> list[dict[str, str | None]]:
        """What SendGrid would complain about, in its own form."""
        people = body.get("personalizations") or []
        found: list[dict[str, str | None]] = []
        if not 1 <= len(people) <= LIMIT:
            found.append(_error(f"There must be 1 to {LIMIT} personalizations.", "personalizations"))
        group = body.get("asm", {}).get("group_id")
        if group is not None and group not in self.groups:
            found.append(_error("The unsubscribe group does not exist.", "asm.group_id"))
        if not body.get("subject"):
            found.append(_error("The subject is required.", "subject"))
        if [part.get("type") for part in body.get("content", [])] != ["text/plain", "text/html"]:
            found.append(_error("The text/plain content must be first.", "content"))
        if any(part.get("enable") is not False for part in body.get("tracking_settings", {}).values()):
            found.append(_error("Tracking must be off.", "tracking_settings"))
        seen: set[str] = set()
        for place, person in enumerate(people):
            for message, where in self._complaints(person, seen):
                found.append(_error(message, f"personalizations.{place}.{where}" if where else None))
        return found

    def _complaints(self, person: dict[str, Any], seen: set[str]) -> list[tuple[str, str]]:
        to = person["to"][0]
        address = to["email"].lower()
        found = []
        if address in seen:
            found.append(("Each email address in the personalizations should be unique.", "to.0.email"))
        seen.add(address)
        if address in self.bad_addresses or "@" not in address:
            found.append(("Does not contain a valid address.", "to.0.email"))
        if address in self.mystery_addresses:
            found.append(("Bad Request", ""))
        if any(sign in to.get("name", "") for sign in ";,"):
            found.append(("The name may not hold a comma or a semicolon.", "to.0.name"))
        if wrong := _NOT_OVERRIDABLE & {name.lower() for name in person.get("headers", {})}:
            found.append((f"The header {min(wrong)} cannot be set.", "headers"))
        for part, largest in (("substitutions", SUBSTITUTION_BYTES), ("custom_args", CUSTOM_ARGS_BYTES)):
            values = person.get(part, {})
            if not all(isinstance(value, str) for value in values.values()):
                found.append(("Values must be strings.", part))
            elif sum(len(f"{name}{value}".encode()) for name, value in values.items()) > largest:
                found.append((f"More than {largest} bytes.", part))
        return found

    def listed(self, path: str) -> list[Any] | None:
        """One page of a list, 500 addresses at most; a group's is never paged. None: there is no such list."""
        parts = urlsplit(path)
        name = parts.path.removeprefix("/v3/")
        if name.startswith("asm/groups/"):
            number = name.split("/")[2]
            return self.groups.get(int(number)) if number.isdigit() else None
        found = self.lists.get(name.removeprefix("suppression/"))
        query = {key: int(values[0]) for key, values in parse_qs(parts.query).items()}
        start = query.get("offset", 0)
        return None if found is None else found[start : start + min(query.get("limit", PAGE), PAGE)]

    def accept(self, body: dict[str, Any]) -> None:
        """Keeps what each person would get. Substitutions reach the subject and both texts, but no header.

        Who left the group that the call names, or stands on a list for good, is dropped without a word."""
        text, html = (part["value"] for part in body["content"])
        group = body.get("asm", {}).get("group_id")
        gone = {address.lower() for address in self.groups.get(group, [])}
        gone |= {entry["email"].lower() for name in LISTS if name != "blocks" for entry in self.lists[name]}
        for person in body["personalizations"]:
            to = person["to"][0]
            if to["email"].lower() in gone:
                continue
            values = [text, html, body["subject"]]
            for tag, value in {**person.get("substitutions", {}), **_group_links(group, to["email"])}.items():
                values = [part.replace(tag, value) for part in values]
            self.received.append(
                Received(
                    email=to["email"],
                    name=to.get("name", ""),
                    subject=values[2],
                    text=values[0],
                    html=values[1],
                    headers=person.get("headers", {}),
                    custom_args=person.get("custom_args", {}),
                )
            )


def _group_links(group: int | None, address: str) -> dict[str, str]:
    """What SendGrid puts in place of its tags, if the message belongs to an unsubscribe group."""
    if group is None:
        return {}
    link = f"https://u1.ct.sendgrid.net/asm/?group={group}&for={address.encode().hex()}"
    return {"<%asm_group_unsubscribe_raw_url%>": f"{link}&leave=1", "<%asm_preferences_raw_url%>": link}


def _error(message: str, place: str | None) -> dict[str, str | None]:
    return {"message": message, "field": place, "help": None}

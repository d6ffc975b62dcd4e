"""One message over an open SMTP connection, with everything that may stand together in one write (RFC 2920).

What a lost connection means depends on how far the message had come. Until the dot that ends its text has left, it
certainly was not accepted. After that it is in doubt (RFC 1047), for good. So the text leaves first, the recipient is
marked while it travels, and the dot leaves afterwards: with the next message's envelope behind it, so that each message
costs one wait for the server and not two (RFC 2920 section 3.1).
"""

from __future__ import annotations

import contextlib
import re
import smtplib
from typing import BinaryIO, NamedTuple

from newsletter.delivery.compiled import wire
from newsletter.delivery.transport import Following, Mark, nothing_known
from newsletter.delivery.transports.smtp.connecting import plain, reason
from newsletter.errors import OutcomeUnknown, Refused, TransportUnavailable
from newsletter.models.addresses import wire_address
from newsletter.models.delivery import Message, Receipt, ReceiptState

_CLOSING = 421  # "service not available, closing transmission channel"
_SIGN_IN_FIRST = 530  # RFC 4954 section 6
_GO_ON = 354
_LONGEST = 8192  # bytes of one line of a reply; RFC 5321 section 4.5.3.1.5 says 512
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?\r?\n", re.DOTALL)


class Dropped(Exception):
    """The connection is of no more use, and the message certainly was not accepted."""


class _NotTakenError(Exception):
    """This server cannot take such a message."""


class Closing(Dropped):
    """The server says so itself (421): it took nothing, wherever in a message it says it."""


class Reply(NamedTuple):
    """A server's answer to one command."""

    code: int
    raw: bytes

    @property
    def text(self) -> str:
        """What it said, on one line."""
        return plain(self.raw)

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def good(self) -> bool:
        """Whether it did what it was told, or waits for the text."""
        return 200 <= self.code < 300 or self.code == _GO_ON


class Begun(NamedTuple):
    """A message whose envelope has left; nobody has read yet what the server says of it."""

    delivery_id: str
    data: bytes


class Session:
    """An open connection. After anything but a receipt it must be closed."""

    def __init__(self, server: smtplib.SMTP, host: str) -> None:
        if server.sock is None:
            raise Dropped("it closed the connection")
        self._server, self._host, self._socket = server, host, server.sock
        self._replies: BinaryIO = server.file or server.sock.makefile("rb")
        self._pipelining = server.has_extn("pipelining")
        self.usable = True  # whether another message may follow
        self.begun: Begun | None = None  # only this message may

    def deliver(
        self, message: Message, data: bytes, mark: Mark, following: Following = nothing_known
    ) -> Receipt | None:
        """Hands one message over; None: it was not ours to hand over any more.

        `following`: what will be delivered next, asked once the message is marked.

        Raises:
            Dropped: try it on a new connection. OutcomeUnknown: it was lost after the text.
            TransportUnavailable: this server will take nothing from us.
        """
        try:
            if answer := self._envelope(message, data):
                return answer
            self._write(data)
        except OSError as error:
            raise Dropped(reason(error)) from None
        if message.delivery_id not in mark([message]):
            self.close()
            return None
        ahead = self._ahead(following) if self._pipelining else b""
        try:
            self._write(b".\r\n" + ahead)
            reply = self._read()
        except Closing:
            raise
        except (OSError, Dropped) as error:
            raise self._unknown(reason(error)) from None
        return self._answer(message, reply)

    def quit(self) -> None:
        """Says goodbye; `part` hears it out."""
        if self.begun is not None:  # the server waits for a text, so it would take a goodbye for one
            self.close()
            return
        with contextlib.suppress(OSError):
            self._socket.sendall(b"QUIT\r\n")

    def part(self) -> None:
        """Waits for the server's goodbye, and closes."""
        if self.usable:
            with contextlib.suppress(OSError, Dropped):
                self._read()
        self.close()

    def close(self) -> None:
        """Hangs up."""
        self.usable = False
        self._replies.close()
        self._server.close()

    def _ahead(self, following: Following) -> bytes:
        """The next message's envelope, if there is one."""
        message = following()
        if message is None:
            return b""
        try:
            data = wire(message)
            commands = self._commands(message, data)
        except (Refused, _NotTakenError):  # told of when it is its turn
            return b""
        self.begun = Begun(message.delivery_id, data)
        return b"".join(commands)

    def _envelope(self, message: Message, data: bytes) -> Receipt | None:
        """Sender, recipient, and the wish to send the text. None: go on."""
        if self.begun is not None:
            self.begun = None
            replies = [self._read() for _ in range(3)]
        else:
            try:
                commands = self._commands(message, data)
            except _NotTakenError as error:
                return Receipt(delivery_id=message.delivery_id, state=ReceiptState.REFUSED, reason=str(error))
            replies = self._converse(commands)
        bad = next((reply for reply in replies if not reply.good), None)
        if bad is None:
            return None
        self._take_back(replies)
        if bad is replies[0] and bad.code >= 500 and bad.code != _SIGN_IN_FIRST:
            raise TransportUnavailable(
                f"The mail server {self._host} refuses the sender {message.letter.sender}: {bad}",
                hint="Check [sender] in newsletter.toml, and that this account may send for it.",
            )
        return self._answer(message, bad)

    def _commands(self, message: Message, data: bytes) -> list[bytes]:
        """The three commands of its envelope."""
        options = [f"SIZE={len(data)}"] if self._server.has_extn("size") else []
        recipient = wire_address(message.recipient)
        if not data.isascii() or not recipient.isascii():
            if not self._server.has_extn("smtputf8"):
                raise _NotTakenError("This mail server takes no addresses with letters beyond ASCII before the @.")
            options += ["SMTPUTF8", "BODY=8BITMIME"]  # RFC 6531
        sender = wire_address(message.letter.sender)
        commands = [" ".join([f"MAIL FROM:<{sender}>", *options]), f"RCPT TO:<{recipient}>", "DATA"]
        return [f"{command}\r\n".encode() for command in commands]

    def _converse(self, commands: list[bytes]) -> list[Reply]:
        """Replies to all commands; where the server takes one at a time, only up to the first bad one."""
        if self._pipelining:
            self._write(b"".join(commands))
            return [self._read() for _ in commands]
        replies: list[Reply] = []
        for command in commands:
            self._socket.sendall(command)
            replies.append(self._read())
            if not replies[-1].good:
                break
        return replies

    def _write(self, data: bytes) -> None:
        """All of it; nearly always it leaves at once, and `sendall` makes much of being ready for anything else."""
        sent = self._socket.send(data)
        if sent < len(data):
            self._socket.sendall(memoryview(data)[sent:])

    def _take_back(self, replies: list[Reply]) -> None:
        """Ends a transaction that leads nowhere. A server may wait for a text though it took no recipient: then it gets
        an empty one (RFC 2920 section 3.1)."""
        try:
            if replies[-1].code == _GO_ON:
                self._socket.sendall(b".\r\n")
                self._read()
            self._socket.sendall(b"RSET\r\n")
            self._read()
        except (OSError, Dropped):
            self.usable = False

    def _answer(self, message: Message, reply: Reply) -> Receipt:
        """What the server said of this message."""
        if reply.code == _SIGN_IN_FIRST:
            raise TransportUnavailable(
                f"The mail server {self._host} wants a user and a secret: {reply}",
                hint="Write them into NEWSLETTER_TRANSPORT: smtp://user:secret@host:587",
            )
        if reply.code < 300:
            accepted = ReceiptState.ACCEPTED
            return Receipt(delivery_id=message.delivery_id, state=accepted, provider_id=reply.text)
        state = ReceiptState.REFUSED if reply.code >= 500 else ReceiptState.TEMPORARY
        return Receipt(delivery_id=message.delivery_id, state=state, reason=str(reply))

    def _read(self) -> Reply:
        """One reply, of one line or several.

        Raises:
            Dropped: the connection is closed or closing, or what came is no reply.
        """
        texts: list[bytes] = []
        code = 0
        while True:
            line = self._replies.readline(_LONGEST)
            if not line:
                raise Dropped("it closed the connection")
            found = _LINE.fullmatch(line)
            if found is None or (code and int(found[1]) != code):
                raise Dropped("its answer could not be read")
            code = int(found[1])
            texts.append(found[3] or b"")
            if found[2] != b"-":
                break
        if code == _CLOSING:
            raise Closing(str(Reply(code, b" ".join(texts))))
        return Reply(code, b" ".join(texts))

    def _unknown(self, why: str) -> OutcomeUnknown:
        where = f"The mail server {self._host} was lost just after a message had been handed over"
        return OutcomeUnknown(
            f"{where}: {why}", unknown=1, hint='"newsletter status" lists those who may or may not have it.'
        )

"""Every error a user can cause, as one tree.

NewsletterError
├── UsageError           exit 2   the command line asks for something that cannot be
├── SettingsError        exit 2   newsletter.toml, the environment or .env cannot be used
├── ContentError         exit 2   an issue cannot be read; holds one or more Problems with file and line
├── TemplateError        exit 2   a template in templates/ is wrong; holds file and line
├── StoreError           exit 2   the subscriber database cannot be used
├── PrintError           exit 2   no PDF can be made here; everything else is made without it
├── Refused              exit 1   nothing was sent, and why
├── TransportError
│   ├── TransportUnavailable exit 3   nothing will be accepted now; nobody loses their place
│   └── OutcomeUnknown       exit 3   some messages may have been accepted
└── Incomplete           exit 3   a campaign ended or paused with recipients still open

Each says what the user did, where, and what to do next. `cli/__init__.py` is the only place that prints them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a file: where it stands, what it is, and what to do about it."""

    file: str
    line: int  # 1-based; 0 when the whole file or folder is meant
    message: str
    fix: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}" + (f" {self.fix}" if self.fix else "")


class NewsletterError(Exception):
    """Base of everything a user can cause. `hint` says what to do next."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(NewsletterError):
    """The command line asks for something that cannot be."""


class _ProblemsError(NewsletterError):
    """Holds every problem found, so that they are mended in one go."""

    def __init__(self, problems: Sequence[Problem], *, hint: str = "") -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems), hint=hint)


class SettingsError(_ProblemsError):
    """newsletter.toml, the environment or .env cannot be used."""


class ContentError(_ProblemsError):
    """An issue cannot be read. All its problems are reported together."""


class TemplateError(_ProblemsError):
    """A template in templates/ is wrong."""


class StoreError(NewsletterError):
    """The subscriber database cannot be read or written."""


class PrintError(NewsletterError):
    """This machine cannot make a PDF for printing. Never fatal to a build: the PDF is left out, and that is said."""


class Refused(NewsletterError):
    """The product will not do this: nothing was sent or written. Says why and what to do."""

    exit_code = 1


class TransportError(NewsletterError):
    """Base of what can go wrong between us and a mail service."""

    exit_code = 3


class TransportUnavailable(TransportError):
    """Nothing will be accepted now: pause the campaign. Every message of the call is certainly not accepted,
    except those named in `receipts`."""

    def __init__(self, message: str, *, hint: str = "", receipts: Sequence[object] = ()) -> None:
        super().__init__(message, hint=hint)
        self.receipts = tuple(receipts)


class OutcomeUnknown(TransportError):
    """The service may have accepted some of these messages; they must never be sent again by ourselves.

    `receipts` holds what is known of messages of the call; of the others, in the order they were given, the first
    `unknown` are in doubt, and those after them were certainly not handed over."""

    def __init__(self, message: str, *, unknown: int, receipts: Sequence[object] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.unknown = unknown
        self.receipts = tuple(receipts)


class Incomplete(NewsletterError):
    """A campaign ended or paused with pending, refused, failed or uncertain recipients."""

    exit_code = 3

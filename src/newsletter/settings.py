"""The only reader of newsletter.toml, the environment and .env. Hands out values; nothing below reads configuration."""

from __future__ import annotations

import io
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError

from newsletter.errors import Problem, SettingsError, UsageError
from newsletter.models.base import Model
from newsletter.models.problems import from_validation, suggest
from newsletter.models.publication import Publication

FILE = "newsletter.toml"
DEFAULT_TRANSPORT = "outbox:outbox"
DEFAULT_DATABASE = "subscribers/newsletter.db"
SHORTEST_SECRET = 32  # characters; 128 bits of hexadecimal
VARIABLES = (
    "NEWSLETTER_TRANSPORT",
    "NEWSLETTER_DATABASE",
    "NEWSLETTER_SECRET",
    "NEWSLETTER_NEVER_PUBLISH",
    "NEWSLETTER_SENDGRID_WEBHOOK_KEY",
    "NEWSLETTER_TRUSTED_PROXIES",
)


class Settings(Model):
    """Everything a command may need to know of the publication and of this machine."""

    project: Path  # absolute
    publication: Publication
    transport: SecretStr
    database: SecretStr
    secrets: dict[int, SecretStr] = Field(default_factory=dict)  # key id -> secret; the first one signs
    webhook_key: str = ""  # the public key of SendGrid's Event Webhook: no secret
    trusted_proxies: tuple[str, ...] = ()  # addresses or networks whose X-Forwarded headers the web service believes
    never_publish: tuple[str, ...] = Field(default=(), repr=False)  # terms that must not appear; never printed

    @property
    def public(self) -> Path:
        """Where the archive is written."""
        return self.project / "public"

    @property
    def build(self) -> Path:
        """Where editions are written."""
        return self.project / "build"

    @property
    def templates(self) -> tuple[Path, ...]:
        """Template folders: the project's own first, then those that ship with the package."""
        return tuple(dict.fromkeys((self.project / "templates", builtin_templates())))

    def require_secrets(self) -> dict[int, SecretStr]:
        """The signing secrets.

        Raises:
            UsageError: none is set.
        """
        if not self.secrets:
            raise UsageError(
                "NEWSLETTER_SECRET is not set, so unsubscribe links cannot be signed.",
                hint='Run "newsletter init --secret" once in this folder: it writes a new secret to .env,'
                " which Git ignores.",
            )
        return self.secrets


def builtin_templates() -> Path:
    """The templates that ship with the package (in the wheel), or those of the source checkout."""
    packaged = Path(__file__).parent / "_templates"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "templates"


def builtin_sample() -> Path:
    """The sample publication that `newsletter init` copies from."""
    packaged = Path(__file__).parent / "_sample"
    return packaged if packaged.is_dir() else Path(__file__).parents[2]


def find_project(start: Path) -> Path:
    """The folder at or above `start` that holds newsletter.toml.

    Raises:
        UsageError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise UsageError(
        f"There is no {FILE} in {start} or in a folder above it.",
        hint="Go to the folder of your publication, name it with --project DIR,"
        ' or make one with "newsletter init DIR".',
    )


def load(project: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads newsletter.toml, then .env, then the environment (which wins).

    Raises:
        SettingsError: with every problem found, each with its line.
    """
    publication = read_publication(project / FILE)
    values = {**_dotenv(project / ".env"), **(os.environ if environment is None else environment)}
    return Settings(
        project=project,
        publication=publication,
        transport=SecretStr(values.get("NEWSLETTER_TRANSPORT") or DEFAULT_TRANSPORT),
        database=SecretStr(_database(values.get("NEWSLETTER_DATABASE", ""), project)),
        secrets=_secrets(values.get("NEWSLETTER_SECRET", "")),
        webhook_key=values.get("NEWSLETTER_SENDGRID_WEBHOOK_KEY", "").strip(),
        trusted_proxies=_proxies(values.get("NEWSLETTER_TRUSTED_PROXIES", "")),
        never_publish=_never_publish(values.get("NEWSLETTER_NEVER_PUBLISH", ""), project),
    )


def _proxies(text: str) -> tuple[str, ...]:
    """ "127.0.0.1, 10.0.0.0/8" as addresses and networks."""
    found = tuple(filter(None, (part.strip() for part in text.split(","))))
    for part in found:
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError:
            message = f"NEWSLETTER_TRUSTED_PROXIES: '{part}' is neither an address nor a network."
            fix = "Name your proxies, as in 127.0.0.1 or 10.0.0.0/8."
            raise SettingsError([Problem("environment or .env", 0, message, fix)]) from None
    return found


def _database(url: str, project: Path) -> str:
    """The database's URL; a relative SQLite path is meant below the publication."""
    if not url:
        return f"sqlite:///{(project / DEFAULT_DATABASE).as_posix()}"
    if url.startswith("sqlite:///") and (path := url.removeprefix("sqlite:///")) and path != ":memory:":
        return f"sqlite:///{(project / path).as_posix()}"
    return url


def _never_publish(path: str, project: Path) -> tuple[str, ...]:
    """Terms, one on a line, of a file kept outside the publication. Its words are never repeated in a message."""
    if not path:
        return ()
    try:
        lines = (project / path).expanduser().read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        problem = Problem(
            "NEWSLETTER_NEVER_PUBLISH", 0, "The file it names cannot be read.", "Check the path; save it as UTF-8."
        )
        raise SettingsError([problem]) from None
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _dotenv(path: Path) -> dict[str, str]:
    """The values of .env. Messages never repeat what a line holds: it may be a secret."""
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError([Problem(".env", 0, "This file is not UTF-8 text.", "Save it as UTF-8.")]) from None
    except OSError as error:
        raise SettingsError([Problem(".env", 0, f"This file cannot be read: {error.strerror}.")]) from None
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in parse_stream(io.StringIO(text)):
        blanks = entry.original.string[: len(entry.original.string) - len(entry.original.string.lstrip())]
        line = entry.original.line + blanks.count("\n")
        if entry.error or (entry.key and entry.value is None):
            problems.append(Problem(".env", line, "This line is not NAME=value.", "Put the value in quotes."))
        elif entry.key and entry.key.startswith("NEWSLETTER_") and entry.key not in VARIABLES:
            message = f"'{entry.key}' is not a setting that is known here."
            problems.append(Problem(".env", line, message, suggest(entry.key, VARIABLES)))
        elif entry.key and entry.value:
            values[entry.key] = entry.value
    if problems:
        raise SettingsError(problems)
    return values


def _secrets(text: str) -> dict[int, SecretStr]:
    """ "SECRET", or "2:NEW,1:OLD" while keys are being changed: the first signs, all verify."""
    secrets: dict[int, SecretStr] = {}
    for place, part in enumerate(filter(None, (part.strip() for part in text.split(",")))):
        key_id, value = re.fullmatch(r"(?:(\d{1,3}):)?(.*)", part, re.S).groups()  # type: ignore[union-attr]
        number = int(key_id) if key_id else place + 1
        if len(value) < SHORTEST_SECRET or not 0 < number < 256 or number in secrets:
            message = f"NEWSLETTER_SECRET: key {number} must be a number from 1 to 255, used once,"
            message += f" with {SHORTEST_SECRET} characters or more."
            raise SettingsError(
                [Problem("environment or .env", 0, message)], hint='"newsletter init --secret" makes one.'
            )
        secrets[number] = SecretStr(value)
    return secrets


def read_publication(path: Path) -> Publication:
    """newsletter.toml as a Publication.

    Raises:
        SettingsError: the file is missing, is not TOML, or says something that cannot be.
    """
    name = path.name
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise SettingsError([Problem(name, line, "This line is not UTF-8 text.", "Save the file as UTF-8.")]) from None
    except OSError as error:
        raise SettingsError([Problem(name, 0, f"This file cannot be read: {error.strerror}.")]) from None
    try:
        data = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([_toml_problem(name, error)]) from None
    try:
        return _curled(Publication.model_validate(data))
    except ValidationError as error:
        raise SettingsError(from_validation(error, file=name, lines=_toml_lines(text), model=Publication)) from None


def _curled(publication: Publication) -> Publication:
    """Whom to ring and whom to ask, with curled quotation marks: they stand beside words whose marks are curled."""
    printed = (*publication.worried, *publication.contacts.values())
    if not any(sign in str(value) for one in printed for value in dict(one).values() for sign in "'\""):
        return publication
    from newsletter.content.quotes import curl  # costs the start-up of every command

    lang, contacts = publication.partnership.lang, publication.contacts.items()
    worried = tuple(curl(block, lang) for block in publication.worried)
    return publication.model_copy(
        update={"worried": worried, "contacts": {name: curl(contact, lang) for name, contact in contacts}}
    )


def _toml_problem(name: str, error: tomllib.TOMLDecodeError) -> Problem:
    found = re.match(r"(.*?)\s*(?:\(at line (\d+), column \d+\)|\(at end of document\))?$", str(error), re.S)
    text, line = (found[1], int(found[2] or 0)) if found else (str(error), 0)
    message = f"This is not valid TOML: {text[:1].lower()}{text[1:]}."
    return Problem(name, line, message, "Check quotes, brackets and the = sign.")


_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")


def _toml_lines(text: str) -> dict[str, int]:
    """Where each table and key stands ("series.newsletter.folder", "worried.0" -> line).

    Good enough for messages: the standard reader keeps no positions."""
    lines: dict[str, int] = {}
    table = ""
    counts: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if found := _TABLE.match(line):
            table = _dotted(found[2])
            lines.setdefault(table, number)
            if found[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}.{counts[table]}"
            for depth in range(table.count(".") + 1):
                lines.setdefault(".".join(table.split(".")[: depth + 1]), number)
        elif found := _KEY.match(line):
            lines.setdefault(f"{table}.{_dotted(found[1])}".lstrip("."), number)
    return lines


def _dotted(key: str) -> str:
    return ".".join(part.strip(" \"'") for part in key.split("."))

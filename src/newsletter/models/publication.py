"""What `newsletter.toml` says: the partnership, its series, audiences, contacts and looks."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypedDict

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, field_validator, model_validator

from newsletter.models.base import FieldError, Model
from newsletter.models.bilingual import check_names
from newsletter.models.language import Lang

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Names = dict[Lang, Text]  # language tag -> the name in it
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


def _number(value: object) -> object:
    """Front matter is text: "2" means 2."""
    return int(value) if isinstance(value, str) and value in ("0", "1", "2") else value


Levels = Annotated[Literal[0, 1, 2], BeforeValidator(_number)]


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']+", value):
        raise ValueError(f"'{value}' is not a web address. It must start with https://")
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;:\"']+@[^@\s<>,;:\"']+\.[^@\s<>,;:\"'.]+", value):
        raise ValueError(f"'{value}' is not an email address.")
    return value


Email = Annotated[  # or "" for none
    str,
    AfterValidator(lambda value: _email(value) if value else value),
    Field(json_schema_extra={"pattern": r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$"}),
]
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True), Field(json_schema_extra={"format": "uri"})]


class Social(Model):
    """One account of the partnership on a network; the handle is printed as text."""

    network: Text
    handle: Text
    url: WebAddress

    _url = field_validator("url")(_web_address)


class Partnership(Model):
    """The organisation that publishes."""

    name: Text
    short_name: str = ""
    website: WebAddress
    postal_address: Text
    privacy_url: WebAddress
    accessibility_url: WebAddress
    logo: str = ""  # path below the project
    logo_alt: str = ""
    lang: Lang = "en-GB"  # BCP 47
    names: Names = Field(default_factory=dict)  # for the web service's pages in other languages
    short_names: Names = Field(default_factory=dict)
    social: tuple[Social, ...] = ()

    _urls = field_validator("website", "privacy_url", "accessibility_url")(_web_address)

    @property
    def short(self) -> str:
        """The short name, or the name if there is none."""
        return self.short_name or self.name


class Site(Model):
    """Where `public/` is hosted."""

    url: WebAddress

    @field_validator("url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return _web_address(value).rstrip("/")


class Sender(Model):
    """Who the email is from and where replies go."""

    name: Text
    email: Text
    reply_to: Text

    _emails = field_validator("email", "reply_to")(_email)

    @field_validator("name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if re.search(r"[\r\n]", value):
            raise ValueError("The sender's name must stand on one line.")
        return value


SHEET_MINUTES = 7  # the longest reading that is handed round on one sheet


class ThemeSettings(Model):
    """Colours that a partnership may set; contrast is worked out, and corrected if it must be."""

    accent: Colour = "#1d70b8"


class Series(Model):
    """A title readers subscribe to. `name` is its key in newsletter.toml."""

    name: Text
    folder: Text
    title: Text
    titles: Names = Field(default_factory=dict)
    contents: Levels = 0
    reading_minutes: int | None = Field(default=None, ge=1, le=60)
    sides: int | None = Field(default=None, ge=1, le=40)  # of A4 that an issue fits when printed; see `most_sides`
    template: str = ""  # an email template of its own, e.g. "email/one-minute-guide.mjml"

    @field_validator("folder")
    @classmethod
    def _inside(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
            raise ValueError(f"'{value}' is not a folder name: use letters, digits and hyphens.")
        return value

    @property
    def most_sides(self) -> int | None:
        """Sides of A4 that an issue should fit: as set; else one for a minute's reading, a sheet (two) up to seven."""
        if self.sides or not self.reading_minutes or self.reading_minutes > SHEET_MINUTES:
            return self.sides
        return 1 if self.reading_minutes == 1 else 2


class Audience(Model):
    """A named list a campaign goes to. `name` is its key in newsletter.toml."""

    name: Text
    title: Text
    titles: Names = Field(default_factory=dict)
    series: tuple[str, ...] = ()  # series that may go to it; a test audience takes any
    restricted: bool = False
    test: bool = False
    sign_up: bool = False  # open to the public: anybody may sign up for it on the web service's page

    @model_validator(mode="after")
    def _open_or_closed(self) -> Audience:
        if self.sign_up and (self.restricted or self.test):
            raise ValueError("A restricted or test audience cannot be open for sign-up: take sign_up out.")
        return self

    def may_get(self, series: str) -> bool:
        """Whether issues of this series may go to it."""
        return self.test or series in self.series or (self.restricted and not self.series)


class Contact(Model):
    """Who to ask. A role or team is required; a person's name is not."""

    role: str = ""
    team: str = ""
    name: str = ""
    email: Email = ""
    phone: str = ""
    hours: str = ""

    @model_validator(mode="after")
    def _has_role(self) -> Contact:
        if not (self.role or self.team):
            raise ValueError("A contact needs a role or a team, so that it outlives the person who holds it.")
        return self

    @property
    def title(self) -> str:
        """The role, or the team."""
        return self.role or self.team


class Worried(Model):
    """A block printed in every issue: whom to ring when worried about a child or an adult."""

    title: Text
    phone: str = ""
    email: Email = ""
    url: str = ""
    hours: str = ""
    text: str = ""

    @model_validator(mode="after")
    def _reachable(self) -> Worried:
        if not (self.phone or self.email or self.url):
            raise ValueError("A [[worried]] block needs a phone, an email or a url.")
        return self


class Unsubscribe(Model):
    """Who takes the clicks on unsubscribe links."""

    mode: Literal["service", "provider", "mailto"] = "service"
    url: str = ""  # where `newsletter serve` is reached; default: the site's url
    mailbox: str = ""  # mode "mailto": the monitored mailbox; default: the sender's reply_to
    group: int | None = None  # mode "provider": SendGrid's unsubscribe group

    @field_validator("url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return _web_address(value).rstrip("/") if value else value


class Limits(TypedDict):
    """Messages in a second and in an hour; None: as many as one likes."""

    per_second: float | None
    per_hour: int | None


class DeliverySettings(Model):
    """How fast messages may leave, whatever the mail service; an option of the transport wins."""

    per_second: float | None = Field(default=None, gt=0)
    per_hour: int | None = Field(default=None, ge=1)
    dkim_selectors: tuple[Text, ...] = ()  # names under which the mail service's DKIM keys are kept in DNS

    @property
    def limits(self) -> Limits:
        """How fast messages may leave, as `Dsn.rates` takes it."""
        return {"per_second": self.per_second, "per_hour": self.per_hour}


class ApprovalSettings(Model):
    """Who must approve an edition before it is sent."""

    required: int = Field(default=0, ge=0, le=10)  # how many named people
    roles: tuple[Text, ...] = ()  # at least one approval from each of them
    not_author: bool = False  # nobody approves an issue that they wrote for or signed

    @field_validator("roles")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len({role.casefold() for role in value}) != len(value):
            raise ValueError("A role stands here twice.")
        return value


class ReportSettings(Model):
    """Who ought to be reached: agencies and areas of the partnership, as the list spells them."""

    agencies: tuple[Text, ...] = ()
    areas: tuple[Text, ...] = ()


class Publication(Model):
    """The whole of `newsletter.toml`."""

    partnership: Partnership
    site: Site
    sender: Sender
    theme: ThemeSettings = ThemeSettings()
    series: dict[str, Series]
    audiences: dict[str, Audience] = Field(default_factory=dict)
    contacts: dict[str, Contact] = Field(default_factory=dict)
    worried: tuple[Worried, ...] = ()
    unsubscribe: Unsubscribe = Unsubscribe()
    delivery: DeliverySettings = DeliverySettings()
    approval: ApprovalSettings = ApprovalSettings()
    report: ReportSettings = ReportSettings()
    glossary: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _name_tables(cls, data: object) -> object:
        """A series or an audience knows its own key."""
        if isinstance(data, dict):
            data = dict(data)
            for table in ("series", "audiences"):
                if isinstance(data.get(table), dict):
                    data[table] = {
                        key: {"name": key, **value} if isinstance(value, dict) else value
                        for key, value in data[table].items()
                    }
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Publication:
        folders = [series.folder for series in self.series.values()]
        if not folders:
            raise ValueError("There is no [series.…] table: name at least one series.")
        if len(set(folders)) != len(folders):
            raise ValueError("Two series use the same folder.")
        for audience in self.audiences.values():
            for name in audience.series:
                if name not in self.series:
                    raise FieldError(
                        f"audiences.{audience.name}.series",
                        f"[audiences.{audience.name}] names the series '{name}', which is not in this file."
                        f" Known: {', '.join(sorted(self.series))}.",
                    )
        return self

    @model_validator(mode="after")
    def _named_throughout(self) -> Publication:
        check_names(self)
        return self

    @property
    def service_url(self) -> str:
        """Where `newsletter serve` takes unsubscribe clicks, without a trailing slash."""
        return self.unsubscribe.url or self.site.url

"""What `newsletter.toml` says: the partnership, its series, audiences, contacts and looks."""

from __future__ import annotations

import re

from pydantic import Field, field_validator, model_validator

from newsletter.models.base import FieldError, Model
from newsletter.models.bilingual import check_names
from newsletter.models.language import Lang
from newsletter.models.sending_settings import ApprovalSettings, DeliverySettings, ReportSettings, Unsubscribe
from newsletter.models.values import Colour, Email, Levels, Names, Text, WebAddress, email_address, web_address

SIGN_UP = "sign-up"  # path of the web service's form


class Social(Model):
    """One account of the partnership on a network; the handle is printed as text."""

    network: Text
    handle: Text
    url: WebAddress

    _url = field_validator("url")(web_address)


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

    _urls = field_validator("website", "privacy_url", "accessibility_url")(web_address)

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
        return web_address(value).rstrip("/")


class Sender(Model):
    """Who the email is from and where replies go."""

    name: Text
    email: Text
    reply_to: Text

    _emails = field_validator("email", "reply_to")(email_address)

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

    @property
    def sign_up_url(self) -> str:
        """Where anybody may sign up, if a list is open to the public; else ""."""
        is_open = self.unsubscribe.mode == "service" and any(audience.sign_up for audience in self.audiences.values())
        return f"{self.service_url}/{SIGN_UP}" if is_open else ""

"""What `newsletter.toml` says of sending: unsubscribing, pace, approvals, and the board's report."""

from __future__ import annotations

from typing import Literal, TypedDict

from pydantic import Field, field_validator

from newsletter.models.base import Model
from newsletter.models.values import Text, web_address


class Unsubscribe(Model):
    """Who takes the clicks on unsubscribe links."""

    mode: Literal["service", "provider", "mailto"] = "service"
    url: str = ""  # where `newsletter serve` is reached; default: the site's url
    mailbox: str = ""  # mode "mailto": the monitored mailbox; default: the sender's reply_to
    group: int | None = None  # mode "provider": SendGrid's unsubscribe group

    @field_validator("url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return web_address(value).rstrip("/") if value else value


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

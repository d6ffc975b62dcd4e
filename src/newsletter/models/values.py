"""Kinds of values that settings hold: texts, colours, addresses, and what is wrong with one."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from newsletter.models.language import Lang

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Names = dict[Lang, Text]  # language tag -> the name in it
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


def _number(value: object) -> object:
    """Front matter is text: "2" means 2."""
    return int(value) if isinstance(value, str) and value in ("0", "1", "2") else value


Levels = Annotated[Literal[0, 1, 2], BeforeValidator(_number)]


def web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']+", value):
        raise ValueError(f"'{value}' is not a web address. It must start with https://")
    return value


def email_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;:\"']+@[^@\s<>,;:\"']+\.[^@\s<>,;:\"'.]+", value):
        raise ValueError(f"'{value}' is not an email address.")
    return value


Email = Annotated[  # or "" for none
    str,
    AfterValidator(lambda value: email_address(value) if value else value),
    Field(json_schema_extra={"pattern": r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$"}),
]
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True), Field(json_schema_extra={"format": "uri"})]

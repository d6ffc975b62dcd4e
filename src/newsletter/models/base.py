"""The one base of all models: frozen, and strict about names it does not know."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen; an unknown field is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class FieldError(ValueError):
    """A rule over several fields is broken. `field` (dotted) is the one that a message should point at."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

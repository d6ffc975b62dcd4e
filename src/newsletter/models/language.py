"""Language tags: the form of BCP 47 (RFC 5646 section 2.1), and the tag to write for a language's name."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_TAG = re.compile(
    r"[a-z]{2,3}(-[a-z]{3})?"  # language, extended language
    r"(-[a-z]{4})?"  # script
    r"(-([a-z]{2}|\d{3}))?"  # region
    r"(-([a-z\d]{5,8}|\d[a-z\d]{3}))*"  # variants
    r"(-[a-wyz\d](-[a-z\d]{2,8})+)*"  # extensions
    r"(-x(-[a-z\d]{1,8})+)?",  # private use
    re.I,
)
_NAMES = {
    "albanian": "sq", "arabic": "ar", "bengali": "bn", "bulgarian": "bg", "chinese": "zh", "cymraeg": "cy",
    "dari": "fa-AF", "english": "en-GB", "farsi": "fa", "french": "fr", "gaelic": "gd", "german": "de",
    "gujarati": "gu", "hindi": "hi", "irish": "ga", "italian": "it", "kurdish": "ku", "lithuanian": "lt",
    "norwegian": "no", "pashto": "ps", "persian": "fa", "polish": "pl", "portuguese": "pt", "punjabi": "pa",
    "romanian": "ro", "russian": "ru", "somali": "so", "spanish": "es", "tamil": "ta", "tigrinya": "ti",
    "turkish": "tr", "ukrainian": "uk", "urdu": "ur", "vietnamese": "vi", "welsh": "cy",
}  # fmt: skip


def _check(value: str) -> str:
    """An empty text means "as around it"."""
    if not value or _TAG.fullmatch(value):
        return value
    code = _NAMES.get(value.lower().split()[0])
    example = f"Write {code}." if code else "Write a tag such as en-GB, cy (Welsh), pl (Polish) or ur (Urdu)."
    raise ValueError(f"'{value}' is not a language tag. {example}")


Lang = Annotated[
    str, AfterValidator(_check), Field(json_schema_extra={"pattern": r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$"})
]

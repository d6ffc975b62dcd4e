"""The service's log: one JSON object a line for machines, plain lines on a terminal. Nothing personal is in either."""

from __future__ import annotations

import functools
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii
from typing import TextIO

FIELDS = "fields"  # what a record carries instead of its message: names and values for each of its lines

Lines = Sequence[Mapping[str, object]]


class PlainLines(logging.Formatter):
    """For people."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, and the message or what the record carries as name=value."""
        moment = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        carried: Lines = getattr(record, FIELDS, ())
        lines = [" ".join(f"{name}={value}" for name, value in fields.items()) for fields in carried]
        lines = lines or [record.getMessage()]
        return "\n".join(f"{moment} {record.levelname} {line}" for line in lines)


class JsonLines(logging.Formatter):
    """Time, level, logger, then what the record carries, or its message."""

    def format(self, record: logging.LogRecord) -> str:
        """One line or several. An exception's words are left out: they may hold an address."""
        moment = f"{_second(int(record.created))}.{int(record.msecs):03d}Z"
        head = f'{{"time": "{moment}", {_head(record.levelname, record.name)}'
        carried: Lines = getattr(record, FIELDS, ()) or [{"message": record.getMessage()}]
        lines = ("".join(f', "{name}": {_json(value)}' for name, value in fields.items()) for fields in carried)
        return "\n".join(f"{head}{line}}}" for line in lines)


@functools.lru_cache(maxsize=64)
def _head(level: str, logger: str) -> str:
    return f'"level": {_json(level.lower())}, "logger": {_json(logger)}'


def _json(value: object) -> str:
    """As `json.dumps` has it, which takes several times as long over a few words."""
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    return repr(value) if type(value) in (int, float) else json.dumps(value)


@functools.lru_cache(maxsize=4)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def log_to(stream: TextIO | None = None) -> None:
    """Sends the program's log there, to standard error if not said, unless somebody has said already where it goes."""
    stream = stream or sys.stderr
    logger = logging.getLogger("newsletter")
    if logger.handlers or logging.getLogger().handlers:
        return
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainLines() if stream.isatty() else JsonLines())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    # As the logging HOWTO says under "Optimization": none of it is in a line of ours, and it costs a third of each.
    for unneeded in ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks"):
        setattr(logging, unneeded, None)

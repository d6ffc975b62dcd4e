"""What `newsletter doctor` finds: one thing looked at, how it is, and what to do next."""

from __future__ import annotations

from enum import StrEnum

from newsletter.models.base import Model


class Health(StrEnum):
    """How a thing is, the worst first."""

    FAULT = "fault"  # sending fails, or harms
    WARNING = "warning"  # works, and somebody should look at it
    OK = "ok"


class Diagnosis(Model):
    """One line of the doctor's answer."""

    area: str  # "settings", "transport", "domain", "unsubscribing", "database", "machine"
    health: Health
    what: str  # a sentence
    fix: str = ""  # what to do next; "" when it is well
    sure: bool = True  # False: it could not be looked at


def well(area: str, what: str) -> Diagnosis:
    """Nothing to do."""
    return Diagnosis(area=area, health=Health.OK, what=what)


def warning(area: str, what: str, fix: str, *, sure: bool = True) -> Diagnosis:
    """Somebody should look at it."""
    return Diagnosis(area=area, health=Health.WARNING, what=what, fix=fix, sure=sure)


def fault(area: str, what: str, fix: str) -> Diagnosis:
    """Sending fails, or harms, as long as this stands."""
    return Diagnosis(area=area, health=Health.FAULT, what=what, fix=fix)

"""What an answer of a web server, or the lack of one, means for a reader."""

from __future__ import annotations

import ssl

import httpx

from newsletter.checks.answers import State


def judged(status: int) -> tuple[State, str]:
    """What a status means for a reader."""
    if 200 <= status < 300:
        return State.ALIVE, f"It answers ({status})."
    if status in (404, 410):
        return State.DEAD, f"The page is gone ({status})."
    if status == 429:
        return State.DOUBTFUL, "The site was asked too often (429)."
    if status in (401, 403, 407, 451):
        return State.DOUBTFUL, f"The site refuses programs, or asks to sign in ({status})."
    if status >= 500:
        return State.DOUBTFUL, f"The site has trouble of its own ({status})."
    return State.DOUBTFUL, f"The site gave no clear answer ({status})."


def distrust(error: BaseException) -> bool:
    """Whether a connection failed over its encryption."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def trouble(error: httpx.HTTPError) -> str:
    """What went wrong on the way, in a sentence."""
    if distrust(error):
        return "Its certificate cannot be trusted: browsers warn of it."
    if isinstance(error, httpx.TimeoutException):
        return "It did not answer in time."
    if isinstance(error, httpx.ConnectError):
        return "No connection could be made."
    return "It broke off in the middle of its answer."

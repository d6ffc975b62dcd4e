"""Whether a form was sent by one of our own pages.

There are no cookies, so nobody else's page holds any power to borrow: this is a second lock, not the first.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request


def from_elsewhere(request: Request) -> bool:
    """Whether the browser says that another site's page sent this.

    `Sec-Fetch-Site` decides where there is one. Our pages send no referrer, so browsers send `Origin: null` with our
    own forms (Fetch standard, "append a request Origin header"): that is no sign of another site.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    if origin == "null":
        return False
    try:
        return urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    except ValueError:
        return True

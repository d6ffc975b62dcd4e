"""Patience with links that do not work: somebody who tries very many is told to wait.

A link that works is never held up, and neither is anybody who leaves: a mail service posts for thousands from one
address, so a POST below /u/ is not even counted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from newsletter.web.limits import Limits, client_of
from newsletter.web.pages import Pages

Endpoint = Callable[[Request], Awaitable[Response]]


class Patience:
    """Counts links that were not found."""

    def __init__(self, pages: Pages, limits: Limits) -> None:
        self._pages, self._limits = pages, limits

    def with_links(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, with its refusals counted for each client."""

        async def patient(request: Request) -> Response:
            response = await endpoint(request)
            if response.status_code != 404 or (request.method == "POST" and request.url.path.startswith("/u/")):
                return response
            wait = self._limits.wait("bad links of a client", client_of(request))
            return self._pages.problem("often", request.scope, wait=wait) if wait else response

        return patient

"""The archive as built into `public/`: files and nothing but files, never above that folder, never a hidden one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

_HASHED = re.compile(r"-[0-9a-f]{8}\.\w+$")  # a name that holds its content's hash never changes its content
_STRANGE = re.compile(r"[\x00-\x1f\x7f\\:]")  # NUL and control characters; what Windows reads as a path


class Archive(StaticFiles):
    """Serves a folder that may not exist yet. Asks of files only what a static web server would answer."""

    def __init__(self, public: Path, missing: Callable[[str, Scope], Response]) -> None:
        """`missing`: the page for "page" (there is none) and "method" (not GET or HEAD)."""
        super().__init__(directory=public, html=True, check_dir=False)
        self.config_checked = True  # the archive may be built while we run
        self._missing = missing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        response = await self._answer(scope)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        path, method = scope["path"], scope["method"]
        if not _plain(path):
            return self._missing("page", scope)
        _keep_one_range(scope)
        try:
            response = await self.get_response(self.get_path(scope), {**scope, "method": "GET"})
        except (HTTPException, OSError):
            return self._missing("page", scope)
        if method not in ("GET", "HEAD"):
            return self._refused(response.status_code, scope)
        if isinstance(
            response, RedirectResponse
        ):  # to the folder's own address, relative: no host, no prefix to get wrong
            response.headers["Location"] = f"./{quote(path.rsplit('/', 1)[-1])}/"
        elif response.status_code == 200:
            lasting = "public, max-age=31536000, immutable" if _HASHED.search(path) else "public, max-age=300"
            response.headers["Cache-Control"] = lasting
        return response

    def _refused(self, status: int, scope: Scope) -> Response:
        """Files can only be read; what is not there is not there, whatever is asked of it."""
        if status == 404:
            return self._missing("page", scope)
        response = self._missing("method", scope)
        response.headers["Allow"] = "GET, HEAD"
        return response


def _plain(path: str) -> bool:
    """No hidden file, no step upwards, nothing that some system reads as more than a name."""
    return not _STRANGE.search(path) and not any(part.startswith(".") for part in path.split("/"))


def _keep_one_range(scope: Scope) -> None:
    """Many ranges in one request cost far more than they are worth (CVE-2025-62727): then the whole file is sent."""
    headers = MutableHeaders(scope=scope)
    if "," in headers.get("range", ""):
        del headers["range"]
        scope["headers"] = headers.raw

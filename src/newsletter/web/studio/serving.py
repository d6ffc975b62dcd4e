"""Runs the preview on this machine and opens it in the browser."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.web.server import Server, listen, run
from newsletter.web.studio.preview import create_preview

if TYPE_CHECKING:
    from newsletter.app import App

HOST = "127.0.0.1"  # never any other: the preview shows what is not published yet


def serve_preview(
    app: App,
    folder: Path | None,
    *,
    port: int = 0,
    open_browser: bool = True,
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Runs until it is stopped. `folder`: the issue to open, None for the latest. Port 0 takes any free one.

    Raises:
        UsageError: the port cannot be used.
    """
    preview = create_preview(app, folder, reopen=lambda: type(app).open(app.project))

    def ready(url: str) -> None:
        address = f"{url}/{preview.state.key}/"
        on_ready(address)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with listen(HOST, port) as listening:
        run(Server(preview, listening, on_ready=ready, on_stop=preview.state.changes.close, goodbye=1))

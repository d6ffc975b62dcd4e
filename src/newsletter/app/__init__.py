"""The composition root: joins settings, content, rendering, store and delivery. What is heavy is made at first use."""

from __future__ import annotations

from newsletter.app.editing import Editing
from newsletter.app.sending import Sending
from newsletter.app.upkeep import Upkeep

__all__ = ["App"]


class App(Editing, Sending, Upkeep):
    """One publication, open. A context manager: closes the database it opened."""

"""The calendar: every date of an issue in one file, to be added to a diary with one click."""

from __future__ import annotations

from newsletter.models.issue import Issue
from newsletter.rendering import ics
from newsletter.rendering.context import Context
from newsletter.rendering.ics_entries import dates_of, entries
from newsletter.rendering.templates import Templates

NAME = "calendar"
FILE_NAME = ics.FILE_NAME
MEDIA_TYPE = ics.MEDIA_TYPE


def wanted(issue: Issue) -> bool:
    """An issue that names a date people can attend."""
    return bool(dates_of(issue))


def render(context: Context, templates: Templates) -> bytes:
    """The whole file. The same issue gives the same bytes."""
    issue = context.issue
    name = f"{context.publication.partnership.short}: {issue.front.title}"
    return ics.calendar_file(name, entries(context), issue.front.date)

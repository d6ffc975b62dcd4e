"""Items that are no longer published: after `retire_on` a line that says so stands at the same address."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from newsletter.models.dates import LONDON, short_date
from newsletter.models.issue import Body, Issue, Item
from newsletter.models.items import Article

TITLE = "No longer published"


def retired_items(issue: Issue, today: date) -> tuple[Item, ...]:
    """The items whose last day has passed."""
    return tuple(item for item in issue.items if item.front.retire_on is not None and item.front.retire_on < today)


def as_published(issue: Issue, now: datetime) -> Issue:
    """The issue as it may be seen at `now` (aware): without its retired items' words, titles, pictures and files.

    The same issue, if none of its items is retired.
    """
    retired = retired_items(issue, now.astimezone(LONDON).date())
    if not retired:
        return issue
    items = tuple(_notice(item) if item in retired else item for item in issue.items)
    changed = issue.model_copy(update={"items": items})
    before, after = _mentions(retired, ""), _mentions(items, issue.front.model_dump_json() + issue.body.html)
    assets = {path: asset for path, asset in issue.assets.items() if path not in before or path in after}
    return changed.model_copy(update={"assets": assets})


def _notice(item: Item) -> Item:
    """What stands in the item's place. Even its title may name somebody, so that goes too."""
    taken_down = short_date(item.front.retire_on + timedelta(days=1)) if item.front.retire_on else ""
    words = f"This item was taken down on {taken_down}."
    front = Article(title=TITLE, section=item.front.section, lang="en-GB")
    return item.model_copy(update={"front": front, "body": Body(markdown=words, html=f"<p>{words}</p>")})


def _mentions(items: tuple[Item, ...], more: str) -> str:
    """Everything these items say, to look for the paths of pictures and files in."""
    return "\n".join([more, *(item.front.model_dump_json() + item.body.html for item in items)])

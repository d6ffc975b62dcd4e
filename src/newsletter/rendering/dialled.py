"""Telephone numbers within the words of front matter and settings, as links that a phone can dial."""

from __future__ import annotations

from markupsafe import Markup

from newsletter.models.phones import phones_in


def dialled(text: str) -> Markup:
    """The words as HTML, each number in them a link that is not broken over two lines."""
    link = Markup('<a href="{}" class="tel">{}</a>')
    return Markup("").join(link.format(href, words) if href else words for words, href in phones_in(str(text)))

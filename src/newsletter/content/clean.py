"""The last word on what HTML may be: the only import of nh3. What passes here is safe in every rendition."""

from __future__ import annotations

import nh3

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt", "em",
    "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p",
    "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan", "style"},
    "th": {"align", "colspan", "rowspan", "scope", "style"},
}
_CALLOUTS = {"note", "tip", "important", "warning", "act", "care"}
_CLASSES = {  # only those that we make ourselves: templates and media queries own all others
    "a": {"footnote-backref", "footnote-ref"},
    "div": {"admonition", "details-here", "footnote", *_CALLOUTS},
    "p": {"admonition-title", "attribution"},
}

_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={
        "iframe",
        "math",
        "noscript",
        "object",
        "script",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
    },
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto", "tel"},
    filter_style_properties={"text-align"},
    link_rel=None,
    strip_comments=True,
)


def clean(html: str) -> str:
    """HTML reduced to the allowed tags, attributes, classes and addresses."""
    return _CLEANER.clean(_CLEANER.clean(html))  # twice: where a tag was dropped, what it held may now nest wrongly

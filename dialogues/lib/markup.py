"""Markdown written by people to safe HTML: few tags, no images, checked links."""

import re
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from dialogues.lib.refusal import N_, Refusal

_TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "ul", "ol", "li"),
    *("a", "em", "strong", "s", "code", "table", "thead", "tbody", "tr", "th", "td"),
}
#: Absolute URLs only, because browsers may resolve others to any host.
_ADDRESS = re.compile(r"(https?://[^/\\\s@]+([/?#][^\\\s]*)?|mailto:[^/\\\s]+)", re.IGNORECASE)


def _allowed_url(_tag: str, attribute: str, value: str) -> str | None:
    """Drop the URL unless it is allowed; nh3 lets `//host` through, so each one is checked again."""
    return value if attribute != "href" or _ADDRESS.fullmatch(value) else None


_CLEANING: dict[str, Any] = {
    "tags": _TAGS,
    "attributes": {"a": {"href"}, "ol": {"start"}, "*": set()},
    "attribute_filter": _allowed_url,
    "url_schemes": {"https", "http", "mailto"},
    "link_rel": "noopener noreferrer nofollow",
}


def _lower_headings(state: StateCore) -> None:
    """Start the headings of the text one level lower, because the page has its own first heading."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
_MARKDOWN.core.ruler.push("below_the_heading", _lower_headings)


#: Signs that begin formatting. Each takes time at every reading, also where nothing ends it.
_SIGNS = "[*_~"
MOST_SIGNS = 5_000


def refuse_overloaded(text: str) -> None:
    """:raises Refusal: reading this text would take too long."""
    if sum(map(text.count, _SIGNS)) > MOST_SIGNS:
        raise Refusal(
            N_("This text has more than %(most)s signs of formatting ([, *, _ or ~). Remove some."), most=MOST_SIGNS
        )


def rich_text(text: str) -> Markup:
    """The text as safe markup, with headings from level 2 down."""
    return Markup(nh3.clean(_MARKDOWN.render(text), **_CLEANING))  # noqa: S704  Cleaned to a short list of tags just now.

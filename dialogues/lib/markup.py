"""The one way from Markdown that people wrote to a page: little of HTML, no pictures, checked links."""

import re
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

_TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "ul", "ol", "li"),
    *("a", "em", "strong", "s", "code", "table", "thead", "tbody", "tr", "th", "td"),
}
#: Whole addresses only: what a browser would complete by itself could lead anywhere.
_ADDRESS = re.compile(r"(https?://[^/\\\s@]+([/?#][^\\\s]*)?|mailto:[^/\\\s]+)", re.IGNORECASE)


def _checked(_tag: str, attribute: str, value: str) -> str | None:
    """The cleaner lets `//host` through, so every address is looked at after it; of the others the words are left."""
    return value if attribute != "href" or _ADDRESS.fullmatch(value) else None


_CLEANING: dict[str, Any] = {
    "tags": _TAGS,
    "attributes": {"a": {"href"}, "ol": {"start"}, "*": set()},
    "attribute_filter": _checked,
    "url_schemes": {"https", "http", "mailto"},
    "link_rel": "noopener noreferrer nofollow",
}


def _below_the_heading(state: StateCore) -> None:
    """A page has its own first heading, so those of the text begin one step lower."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
_MARKDOWN.core.ruler.push("below_the_heading", _below_the_heading)


def rich_text(text: str) -> Markup:
    """The text as safe markup, its headings from the second level down."""
    return Markup(nh3.clean(_MARKDOWN.render(text), **_CLEANING))  # noqa: S704  Cleaned to a short list of tags just now.

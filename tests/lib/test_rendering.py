"""Rendering of Markdown that users wrote, including hostile input."""

import gc
from time import process_time

import pytest
from bs4 import BeautifulSoup

from dialogues.lib.markup import MOST_SIGNS, refuse_overloaded, rich_text
from dialogues.lib.refusal import Refusal
from dialogues.records.notes.rules import SUMMARY_LONGEST


def test_headings_start_below_the_heading_of_the_page() -> None:
    assert rich_text("# One\n\n###### Six") == "<h2>One</h2>\n<h6>Six</h6>\n"


def test_lists_emphasis_tables_and_quotations_are_rendered() -> None:
    shown = rich_text("- *a*\n- **b**\n\n3. c\n\n> d\n\n|e|f|\n|-|-|\n|g|~~h~~|")
    for piece in ("<li><em>a</em></li>", "<strong>b</strong>", '<ol start="3">', "<blockquote>", "<td><s>h</s></td>"):
        assert piece in shown


@pytest.mark.parametrize(
    "address",
    ["https://example.org", "http://example.org/a?b=c#d", "mailto:office@example.org", "HTTPS://example.org/"],
)
def test_a_full_address_is_a_link_without_referrer(address: str) -> None:
    [link] = BeautifulSoup(rich_text(f"[words]({address})"), "lxml")("a")
    assert link["href"] == address
    assert set(link["rel"]) == {"noopener", "noreferrer", "nofollow"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#x0A;script:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "file:///etc/passwd",
        "//evil.example/a",
        "///evil.example/a",
        "\\\\evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:\\\\evil.example",
        "https://liaison.example@evil.example/",
        "/meetings",
        "?q=1",
        "#content",
        "mailto://evil.example",
    ],
)
def test_other_addresses_are_no_links(address: str) -> None:
    for written in (f"[words]({address})", f"[words](<{address}>)", f"<{address}>", f"[words]\n\n[words]: {address}"):
        page = BeautifulSoup(rich_text(written), "lxml")
        assert not page.select("[href]")


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>body{display:none}</style>",
        "<form action=/sign-out><button>x</button></form>",
        "<p style='position:fixed' class='notice' id='content'>x</p>",
        "<!-- <script>alert(1)</script> -->",
        "```\n</code><script>alert(1)</script>\n```",
        "[x](https://example.org 'a\" onmouseover=\"alert(1)')",
        "![x](https://evil.example/pixel.png)",
        "![x](data:image/png;base64,AAAA)",
        '``` "><script>\nx\n```',
    ],
)
def test_active_and_hidden_content_is_removed(written: str) -> None:
    page = BeautifulSoup(rich_text(written), "lxml")
    assert not page.select("script, img, svg, iframe, style, form, button, object, embed, link, meta, base")
    for element in page(True):
        assert set(element.attrs) <= {"href", "rel", "start"}


def seconds_to_render(piece: str, length: int) -> float:
    text = (piece * length)[:length]
    # The garbage of other tests does not count.
    gc.disable()
    began = process_time()
    rich_text(text)
    took = process_time() - began
    gc.enable()
    return took


@pytest.mark.parametrize(
    "piece",
    [
        *("[", "![", "![](", "> ", "*a ", "**a", "<", "<!--", "`a`` ", "[a](b", "* ", "[x][", "|a", "&", "~~"),
        *("|a|b|\n|-|-|\n", "[a]: b\n", "\t"),
    ],
)
def test_time_to_render_grows_with_the_length_of_a_text_and_not_with_its_square(piece: str) -> None:
    tenth = max(seconds_to_render(piece, SUMMARY_LONGEST // 10), 0.005)
    assert seconds_to_render(piece, SUMMARY_LONGEST) / tenth < 50


@pytest.mark.parametrize("sign", ["![", "[", "*a ", "**", "_a ", "~~", "[a]("])
def test_a_text_with_very_many_signs_is_refused(sign: str) -> None:
    with pytest.raises(Refusal, match="Remove some"):
        refuse_overloaded(sign * (MOST_SIGNS + 1))


def test_an_ordinary_long_text_is_not_refused() -> None:
    refuse_overloaded("A **word** and [a link](https://example.org), _more_ words and so on.\n\n" * 600)

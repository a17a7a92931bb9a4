"""`next=` leads only to a path of this installation."""

import pytest

from dialogues.core.common.pages import own_path

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\x00/evil.example",
    "/\x0b/evil.example",
    "/\u2028/evil.example",
    "/\u3000/evil.example",
    "/／evil.example",
    "／／evil.example",
    "http://evil.example",
    "HTTPS://evil.example",
    "http:evil.example",
    "http:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "/meetings//evil.example",
    "/meetings/..//evil.example",
    "/a\\..\\..\\evil.example",
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_target_on_another_site_leads_home(target: str) -> None:
    assert own_path(target) == "/"


def test_without_a_target_it_leads_home() -> None:
    assert own_path(None) == "/"


@pytest.mark.parametrize("target", ["/", "/account", "/meetings/1/agenda?day=2#now", "/search?q=http://a.example//b"])
def test_a_path_of_this_installation_is_kept(target: str) -> None:
    assert own_path(target) == target

"""A visitor who signs in by a mailed link over HTTP, as a person would, and keeps the cookie."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(port: int, link: str) -> str:
    """The Cookie header of a browser that opened the link, pressed its button and saw the page behind it.

    :raises RuntimeError: the link did not let the visitor in.
    """
    cookie, place = "", urlsplit(link).path
    status, cookie, place, _page = _ask(port, "GET", place, cookie)
    status, cookie, _place, page = _ask(port, "GET", place, cookie)
    token = _TOKEN.search(page)
    if token is None:
        raise RuntimeError(f"The page behind the link has no button: {status}")
    status, cookie, place, _page = _ask(port, "POST", place, cookie, urlencode({"csrf_token": token[1]}))
    if status != 303:
        raise RuntimeError(f"The link was not accepted: {status}")
    return _ask(port, "GET", place, cookie)[1]


def _ask(port: int, method: str, path: str, cookie: str, body: str = "") -> tuple[int, str, str, str]:
    headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("localhost", port)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    page = answer.read().decode("utf-8")
    given = answer.getheader("Set-Cookie")
    connection.close()
    return answer.status, given.split(";")[0] if given else cookie, answer.getheader("Location") or path, page

"""Signs in by an emailed link over HTTP, like a person."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(port: int, link: str) -> str:
    """The Cookie header of a browser that opened the link, pressed its button and saw the next page.

    :raises RuntimeError: the link did not work.
    """
    cookie, path = "", urlsplit(link).path
    status, cookie, path, _page = _request(port, "GET", path, cookie)
    status, cookie, _place, page = _request(port, "GET", path, cookie)
    token = _TOKEN.search(page)
    if token is None:
        raise RuntimeError(f"The page behind the link has no button: {status}")
    status, cookie, path, _page = _request(port, "POST", path, cookie, urlencode({"csrf_token": token[1]}))
    if status != 303:
        raise RuntimeError(f"The link was not accepted: {status}")
    return _request(port, "GET", path, cookie)[1]


def _request(port: int, method: str, path: str, cookie: str, body: str = "") -> tuple[int, str, str, str]:
    headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("localhost", port)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    page = answer.read().decode("utf-8")
    set_cookie = answer.getheader("Set-Cookie")
    connection.close()
    return answer.status, set_cookie.split(";")[0] if set_cookie else cookie, answer.getheader("Location") or path, page

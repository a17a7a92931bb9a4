"""Forms as a browser sends them: what the page holds, and what someone typed over it."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def page(answer: TestResponse) -> BeautifulSoup:
    """The page of an answer, to be looked into."""
    return BeautifulSoup(answer.text, "html.parser")


def held(form: Tag) -> dict[str, Any]:
    """What the form would send if nobody typed anything."""
    values: dict[str, Any] = {}
    for control in form.select("input[name], textarea[name], select[name]"):
        name = str(control["name"])
        if control.name == "textarea":
            values[name] = control.get_text().removeprefix("\n")
        elif control.name == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            values[name] = chosen["value"] if chosen else ""
        elif control.get("type") not in {"checkbox", "radio"}:
            values[name] = control.get("value", "")
        elif control.has_attr("checked"):
            values[name] = [*values.get(name, []), control["value"]]
    return values


def send(client: FlaskClient, address: str, /, **typed: Any) -> TestResponse:
    """Open the page, type into the form in its middle, and send it; None takes a value away."""
    form = page(client.get(address)).select_one("main form[method=post]")
    assert form is not None, f"no form at {address}"
    values = held(form) | typed
    return client.post(
        str(form.get("action") or address),
        data={name: value for name, value in values.items() if value is not None},
        headers=SAME_ORIGIN,
    )


def press(client: FlaskClient, address: str, button: str) -> TestResponse:
    """Press the button with these words on the page."""
    for form in page(client.get(address)).select("main form[method=post]"):
        if button in " ".join(form.get_text(" ").split()):
            return client.post(str(form["action"]), data=held(form), headers=SAME_ORIGIN)
    raise AssertionError(f"no button “{button}” at {address}")


def complaints(answer: TestResponse) -> str:
    """What a form that came back complains about."""
    box = page(answer).select_one(".error-summary")
    return " ".join(box.get_text(" ").split()) if box else ""

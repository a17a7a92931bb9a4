"""Forms as a browser sends them: the values on the page, changed by what the test types."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def page(answer: TestResponse) -> BeautifulSoup:
    """The parsed page of a response."""
    return BeautifulSoup(answer.text, "lxml")


def held(form: Tag) -> dict[str, Any]:
    """What the browser would send if nothing is typed."""
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
    """Open the page, change the fields of its main form and send it; None removes a field."""
    form = page(client.get(address)).select_one("main form[method=post]")
    assert form is not None, f"no form at {address}"
    values = held(form) | typed
    return client.post(
        str(form.get("action") or address),
        data={name: value for name, value in values.items() if value is not None},
        headers=SAME_ORIGIN,
    )


def press(client: FlaskClient, address: str, button: str) -> TestResponse:
    """Press the button with this label on the page."""
    for form in page(client.get(address)).select("main form[method=post]"):
        if button in " ".join(form.get_text(" ").split()):
            return client.post(str(form["action"]), data=held(form), headers=SAME_ORIGIN)
    raise AssertionError(f"no button “{button}” at {address}")


def complaints(answer: TestResponse) -> str:
    """The error summary of a refused form."""
    box = page(answer).select_one(".error-summary")
    return " ".join(box.get_text(" ").split()) if box else ""

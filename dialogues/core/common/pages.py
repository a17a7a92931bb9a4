"""Helpers of the views: pages, forms that keep what was typed, redirects that stay in the house."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import wraps
from typing import Any

from flask import Response as FlaskResponse
from flask import make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from dialogues.core.common.presentation import day
from dialogues.core.common.secret_addresses import holds_secret
from dialogues.lib.refusal import Refusal

_OWN_PATH = re.compile(r"\A/(?![/\\])[\x21-\x5b\x5d-\x7e]*\Z")


FormView = Callable[..., Iterator[Any]]


def own_path(target: str | None, otherwise: str = "/") -> str:
    """The target if it is a path of this house (`next=`) without a secret, else the other one.

    Source: reference of open redirects.
    """
    if target and _OWN_PATH.match(target) and "//" not in target.split("?", 1)[0] and not holds_secret(target):
        return target
    return otherwise


def see_other(target: str) -> Response:
    """Answer 303: what was sent is done, and the browser goes on to `target`."""
    return redirect(target, code=303)


def words(refusal: Refusal) -> str:
    """The refusal in the reader's language; facts that are marked words are translated, and dates written out."""
    return " ".join(_words(one) for one in refusal.each)


def _words(refusal: Refusal) -> str:
    facts = {name: _said(fact) for name, fact in refusal.facts.items()}
    return str(gettext(refusal.message, **facts) if facts else gettext(refusal.message))


def _said(fact: Any) -> Any:
    if isinstance(fact, str) and fact:
        return gettext(fact)
    return day(fact) if isinstance(fact, date) and not isinstance(fact, datetime) else fact


def show_refusal(form: Any, refusal: Refusal) -> None:
    """Put a refusal, and each that holds at once with it, where the form shows it: at its field, or above all."""
    for one in refusal.each:
        field = form._fields.get(one.field) if one.field else None
        if field is not None:
            field.errors = [*field.errors, _words(one)]
        else:
            form.form_errors = [*form.form_errors, _words(one)]


def form_page(template: str) -> Callable[[FormView], Callable[..., Any]]:
    """A page around one form, written as a generator.

    The view first yields what the page shows, `form` among it. It goes on only when the form was sent and is valid;
    then it makes its one call and yields the answer. A `Refusal` on the way shows the form again, as typed, with 422.
    """

    def declare(view: FormView) -> Callable[..., Any]:
        @wraps(view)
        def shown(**arguments: Any) -> Any:
            steps = view(**arguments)
            context = next(steps)
            if isinstance(context, Response):
                return context
            form = context["form"]
            if request.method == "POST":
                if form.validate():
                    try:
                        return next(steps)
                    except Refusal as refusal:
                        show_refusal(form, refusal)
                return make_response(render_template(template, **context), 422)
            return render_template(template, **context)

        return shown

    return declare


def download(content: bytes, name: str, media_type: str) -> FlaskResponse:
    """A file to keep: always an attachment, under a plain name of our own."""
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Dialogues-Kind"] = "download"
    return answer

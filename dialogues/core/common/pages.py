"""Helpers for views: form pages, redirects within the site, downloads."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import wraps
from typing import Any

from flask import Response as FlaskResponse
from flask import make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from dialogues.core.common.outages import RETRY_AFTER, is_outage, reason
from dialogues.core.common.presentation import day
from dialogues.core.common.secret_addresses import holds_secret
from dialogues.lib.refusal import Refusal

log = logging.getLogger("dialogues")

_OWN_PATH = re.compile(r"\A/(?![/\\])[\x21-\x5b\x5d-\x7e]*\Z")

FormView = Callable[..., Iterator[Any]]


def own_path(target: str | None, otherwise: str = "/") -> str:
    """`target` if it is a path of this site without a secret, else `otherwise`. Prevents open redirects (`next=`)."""
    if target and _OWN_PATH.match(target) and "//" not in target.split("?", 1)[0] and not holds_secret(target):
        return target
    return otherwise


def see_other(target: str) -> Response:
    return redirect(target, code=303)


def words(refusal: Refusal) -> str:
    """The refusal in the viewer's language. Facts that are strings are translated, dates are written out."""
    return " ".join(_words(one) for one in refusal.each)


def _words(refusal: Refusal) -> str:
    facts = {name: _translate_fact(fact) for name, fact in refusal.facts.items()}
    return str(gettext(refusal.message, **facts) if facts else gettext(refusal.message))


def _translate_fact(fact: Any) -> Any:
    if isinstance(fact, str) and fact:
        return gettext(fact)
    return day(fact) if isinstance(fact, date) and not isinstance(fact, datetime) else fact


def show_refusal(form: Any, refusal: Refusal) -> None:
    for one in refusal.each:
        field = form._fields.get(one.field) if one.field else None
        if field is not None:
            field.errors = [*field.errors, _words(one)]
        else:
            form.form_errors = [*form.form_errors, _words(one)]


def form_page(template: str) -> Callable[[FormView], Callable[..., Any]]:
    """Decorator for a page with one form; the view is a generator.

    The view first yields the template's context, including `form`. It continues only if the form was sent and is valid:
    it makes one call and yields the response. On a `Refusal` the form is shown again, as typed, with status 422; during
    an outage (busy database, full disk) with status 503.
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
                    except Exception as error:
                        if not is_outage(error):
                            raise
                        return _show_outage(template, context, error)
                return make_response(render_template(template, **context), 422)
            return render_template(template, **context)

        return shown

    return declare


def _show_outage(template: str, context: dict[str, Any], error: Exception) -> FlaskResponse:
    log.error("outage in %s: %s", request.endpoint, reason(error))
    form = context["form"]
    form.form_errors = [*form.form_errors, gettext("The service is busy. Wait a moment and send it again.")]
    answer = make_response(render_template(template, **context), 503)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def download(content: bytes, name: str, media_type: str) -> FlaskResponse:
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Dialogues-Kind"] = "download"
    return answer

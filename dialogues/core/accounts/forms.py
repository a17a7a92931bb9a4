"""Forms for sign-in and the viewer's own account."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from dialogues.core.common.fields import Form, LineField, half_width
from dialogues.lib.auth.passwords import MAX_LENGTH

_FILL_IN = _l("Please fill this in.")


def _secret(label: Any, purpose: str) -> PasswordField:
    """A password field: never cleaned, never shown again, password managers may fill it."""
    too_long = Length(max=4 * MAX_LENGTH, message=_l("This is longer than any password here."))
    return PasswordField(label, [InputRequired(_FILL_IN), too_long], render_kw={"autocomplete": purpose})


def _code() -> StringField:
    six_digits = Regexp(r"^\s*[0-9]{3}\s?[0-9]{3}\s*$", message=_l("Type the six digits that the app shows now."))
    keys = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "8"}
    checks = [InputRequired(_FILL_IN), six_digits]
    return StringField(_l("Code from the authenticator app"), checks, filters=[half_width], render_kw=keys)


def _address() -> LineField:
    keys = {"autocomplete": "username", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
    return LineField(_l("E-mail address"), 254, render_kw=keys)


class SignInForm(Form):
    email = _address()
    password = _secret(_l("Password"), "current-password")


class AddressForm(Form):
    email = _address()


class CodeForm(Form):
    code = _code()


class NewPasswordForm(Form):
    password = _secret(_l("New password"), "new-password")


class ChangePasswordForm(Form):
    present = _secret(_l("Present password"), "current-password")
    password = _secret(_l("New password"), "new-password")


class StepUpForm(Form):
    password = _secret(_l("Password"), "current-password")
    code = _code()


class ConfirmForm(Form):
    """A form with a button only."""


class LanguageAndZoneForm(Form):
    locale = SelectField(_l("Language"))
    zone = LineField(_l("Time zone at home"), 64, required=False)


class InviteForm(Form):
    email = LineField(_l("E-mail address"), 254, render_kw={"autocomplete": "off", "inputmode": "email"})
    may_open = BooleanField(_l("May open dialogues"))

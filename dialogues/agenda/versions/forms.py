"""Helpers for agenda forms and pages."""

from babel import Locale
from flask_babel import get_locale


def language_name(code: str) -> str:
    return Locale.parse(code).get_display_name(get_locale()) or code

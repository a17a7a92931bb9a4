"""What is typed about sessions and releases, as typed values."""

from babel import Locale
from flask_babel import get_locale


def language_name(code: str) -> str:
    """A language by its code, in the reader's language."""
    return Locale.parse(code).get_display_name(get_locale()) or code

"""Numbers in addresses and forms, short enough for every column and library."""

from werkzeug.routing import IntegerConverter

#: The longest number that a page takes.
DIGITS = 9
_LARGEST = 999_999_999


class ShortNumber(IntegerConverter):
    """A number in a path; a longer one is no address of ours."""

    regex = f"[0-9]{{1,{DIGITS}}}"


def number(text: str) -> int:
    """A number in a query string, for `request.args.get(…, type=number)`; a longer one becomes the largest.

    :raises ValueError: it is something else.
    """
    return max(-_LARGEST, min(int(text), _LARGEST))

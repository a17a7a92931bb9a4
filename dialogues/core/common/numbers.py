"""Numbers in addresses and forms, short enough for every column and library."""

from werkzeug.routing import IntegerConverter

#: The longest number that a page takes.
DIGITS = 9


class ShortNumber(IntegerConverter):
    """A number in a path; a longer one is no address of ours."""

    regex = f"[0-9]{{1,{DIGITS}}}"


def number(text: str) -> int:
    """A number in a query string, for `request.args.get(…, type=number)`; a longer one becomes the largest.

    :raises ValueError: it is something else.
    """
    largest = 10**DIGITS - 1
    return max(-largest, min(int(text), largest))

"""Coordinates of a plan's drawing, clockwise from the middle of the upper side. Units are those of the SVG."""

from dataclasses import dataclass
from math import ceil, cos, degrees, pi, sin

from dialogues.onsite.seating.rules.kinds import TableForm

#: Distance between chairs; from a chair to its label; width of a letter; chairs per line of the second row.
_STEP, _TO_LABEL, _LETTER, _ROW = 46.0, 20.0, 7.4, 24
_DEPTH = 44.0


@dataclass(frozen=True, slots=True)
class Chairs:
    """One chair: anchor of its label, its centre, the centre of a chair behind it, start and rotation of its label."""

    anchor: str
    x: float
    y: float
    behind_x: float
    behind_y: float
    label_x: float
    label_y: float
    turn: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A table with its chairs; `outline` and `opening` are SVG paths of the table and its open middle."""

    width: float
    height: float
    outline: str
    opening: str
    chairs: tuple[Chairs, ...]
    second_row: tuple[Chairs, ...]
    second_row_at: float


def draw(
    form: TableForm, size: int, second_row: int, *, is_between: bool, behind: frozenset[int], longest: int
) -> Drawing:
    """Return the drawing of a table with `size` places.

    :param is_between: the head of the table is between the last place and the first.
    :param behind: places with someone sitting behind them; their labels begin further out.
    :param longest: number of characters of the longest label.
    """
    margin = _TO_LABEL + (26 if behind else 0) + 20 + _LETTER * longest
    if form is TableForm.ROUND:
        above, (width, height, outline, opening, spots) = margin, _round(size, is_between, margin)
    else:
        above = margin * sin(pi / 3) + 24
        width, height, outline, opening, spots = _square(form, size, is_between, (margin, above))
    chairs = tuple(_chair(*spot, is_behind=number in behind) for number, spot in enumerate(spots))
    row = tuple(
        _chair(
            margin / 2 + _STEP * (number % _ROW + 0.5),
            height + 34 + above * (number // _ROW),
            (0.0, 1.0),
            60.0,
            "start",
            is_behind=False,
        )
        for number in range(second_row)
    )
    width = max(width, _STEP * min(second_row, _ROW) + margin)
    return Drawing(width, height + ceil(second_row / _ROW) * above, outline, opening, chairs, row, height)


def _chair(x: float, y: float, out: tuple[float, float], turn: float, anchor: str, *, is_behind: bool) -> Chairs:
    dx, dy = out
    reach = _TO_LABEL + (26 if is_behind else 0)
    behind, label = (x + 27 * dx, y + 27 * dy), (x + reach * dx, y + reach * dy)
    return Chairs(anchor, *(round(number, 1) for number in (x, y, *behind, *label, turn)))


#: A chair's centre, its direction away from the table, and rotation and anchor of its label.
_Spot = tuple[float, float, tuple[float, float], float, str]


def _round(size: int, is_between: bool, margin: float) -> tuple[float, float, str, str, list[_Spot]]:
    radius = max(70.0, size * _STEP / (2 * pi))
    middle = radius + margin
    spots: list[_Spot] = []
    for number in range(size):
        angle = 2 * pi * (number + (0.5 if is_between else 0)) / size - pi / 2
        dx, dy = cos(angle), sin(angle)
        is_right = dx >= -1e-9
        turn = degrees(angle) if is_right else degrees(angle) - 180
        spots.append((middle + radius * dx, middle + radius * dy, (dx, dy), turn, "start" if is_right else "end"))
    inner = radius - 18
    outline = f"M{middle - inner:.1f} {middle:.1f}{_half(inner)}{_half(-inner)}z"
    return 2 * middle, 2 * middle, outline, "", spots


def _half(radius: float) -> str:
    """Return half a circle as an SVG path."""
    return f"a{abs(radius):.1f} {abs(radius):.1f} 0 1 0 {2 * radius:.1f} 0"


def _sides(form: TableForm, size: int, *, is_between: bool) -> tuple[int, int, int, int]:
    """Return the number of places above, right, below and left; the head is in the middle of the upper side."""
    side = 0 if form is TableForm.U else size // 4
    top = max(1, round(size / 3)) if form is TableForm.U else (size - 2 * side + 1) // 2
    top += (top % 2 == 0) is not is_between
    top = min(top, size - 2 * side)
    rest = size - 2 * side - top
    return (top, (rest + 1) // 2, 0, rest // 2) if form is TableForm.U else (top, side, rest, side)


def _square(
    form: TableForm, size: int, is_between: bool, margins: tuple[float, float]
) -> tuple[float, float, str, str, list[_Spot]]:
    top, right, bottom, left = _sides(form, size, is_between=is_between)
    width, height = max(top, bottom, 3) * _STEP + 20, max(right, left, 2) * _STEP + 20
    x0, y0 = margins
    spots: list[_Spot] = [
        *((x0 + width * (one + 0.5) / top, y0, (0.0, -1.0), -60.0, "start") for one in range(top)),
        *((x0 + width, y0 + height * (one + 0.5) / right, (1.0, 0.0), 0.0, "start") for one in range(right)),
        *(
            (x0 + width * (bottom - one - 0.5) / bottom, y0 + height, (0.0, 1.0), 60.0, "start")
            for one in range(bottom)
        ),
        *((x0, y0 + height * (left - one - 0.5) / left, (-1.0, 0.0), 0.0, "end") for one in range(left)),
    ]
    begin = top // 2
    outline = f"M{x0 + 16:.1f} {y0 + 16:.1f}h{width - 32:.1f}v{height - 32:.1f}h{32 - width:.1f}z"
    inner_width, inner_height = width - 32 - 2 * _DEPTH, height - 32 - (1 if form is TableForm.U else 2) * _DEPTH
    opening = ""
    if inner_width > 0 and inner_height > 0:
        opening = (
            f"M{x0 + 16 + _DEPTH:.1f} {y0 + 16 + _DEPTH:.1f}h{inner_width:.1f}v{inner_height:.1f}h{-inner_width:.1f}z"
        )
    return 2 * x0 + width, 2 * y0 + height - (0 if bottom else y0 - 40), outline, opening, spots[begin:] + spots[:begin]

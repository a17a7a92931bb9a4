"""Figures with their limits and what they measured, as a table and as bench.json."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

#: Assumed time of the bare Flask page, so that runs on different machines can be compared.
BARE_MS = 0.4
#: Unit: requests per request of the bare page.
PER_BARE = "x bare"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `bar` is a minimum or maximum, if there is one.

    `found` says what the measured work returned, so that an empty page is never measured.
    """

    name: str
    value: float
    unit: str
    found: str
    bar: float | None = None
    sense: Literal["at least", "at most"] = "at least"

    def __post_init__(self) -> None:
        if not self.found:
            raise ValueError(f"{self.name}: say what was found")

    @property
    def is_met(self) -> bool:
        if self.bar is None:
            return True
        return self.value >= self.bar if self.sense == "at least" else self.value <= self.bar

    @property
    def milliseconds(self) -> float | None:
        """The time of one page, if the bare page takes BARE_MS."""
        return BARE_MS / self.value if self.unit == PER_BARE and self.value else None


def at_least(milliseconds: float) -> float:
    """Convert a limit in milliseconds to requests per bare request."""
    return BARE_MS / milliseconds


def table(figures: Sequence[Figure]) -> str:
    lines = []
    for figure in figures:
        bar = f"{figure.sense} {figure.bar:.3g}" if figure.bar is not None else ""
        verdict = "" if figure.bar is None else ("met" if figure.is_met else "MISSED")
        time = f"{figure.milliseconds:.1f} ms" if figure.milliseconds is not None else ""
        value = f"{figure.value:>10.3g} {figure.unit:<10}{time:>10}"
        lines.append(f"{figure.name:<58}{value}  {bar:<16}{verdict:<7} {figure.found}".rstrip())
    return "\n".join(lines)


def load_average() -> str:
    """The load of the machine, because other work makes figures unreliable."""
    return " ".join(f"{one:.2f}" for one in os.getloadavg())


def keep(figures: Sequence[Figure], path: Path, **more: Any) -> None:
    """Write the figures as JSON."""
    rows = [{**asdict(figure), "met": figure.is_met, "milliseconds": figure.milliseconds} for figure in figures]
    path.write_text(json.dumps({"figures": rows, **more}, indent=2) + "\n", "utf-8")

"""Figures with their bars and what they found, as a table for people and as bench.json for programs."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

#: What the bare Flask page of the same run is taken to cost, so that runs on different machines compare.
BARE_MS = 0.4
#: Pages served for each bare page served.
PER_BARE = "x bare"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured; `bar` is what it must reach, or not exceed, where there is a bar.

    `found` says what the measured work returned, so that nobody measures an empty page.
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
    """A bar in milliseconds as pages per bare page."""
    return BARE_MS / milliseconds


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned lines."""
    lines = []
    for figure in figures:
        bar = f"{figure.sense} {figure.bar:.3g}" if figure.bar is not None else ""
        verdict = "" if figure.bar is None else ("met" if figure.is_met else "MISSED")
        time = f"{figure.milliseconds:.1f} ms" if figure.milliseconds is not None else ""
        value = f"{figure.value:>10.3g} {figure.unit:<10}{time:>10}"
        lines.append(f"{figure.name:<58}{value}  {bar:<16}{verdict:<7} {figure.found}".rstrip())
    return "\n".join(lines)


def load_average() -> str:
    """How busy the machine is; on a shared one figures are noisy."""
    return " ".join(f"{one:.2f}" for one in os.getloadavg())


def keep(figures: Sequence[Figure], path: Path, **more: Any) -> None:
    """Write the figures for programs."""
    rows = [{**asdict(figure), "met": figure.is_met, "milliseconds": figure.milliseconds} for figure in figures]
    path.write_text(json.dumps({"figures": rows, **more}, indent=2) + "\n", "utf-8")

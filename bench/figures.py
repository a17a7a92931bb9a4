"""Figures with their bars, as a table for people and as bench.json for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured; `bar` is what it must reach, or not exceed, where there is a bar."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    sense: Literal["at least", "at most"] = "at least"

    @property
    def is_met(self) -> bool:
        if self.bar is None:
            return True
        return self.value >= self.bar if self.sense == "at least" else self.value <= self.bar


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned lines."""
    lines = []
    for figure in figures:
        bar = f"{figure.sense} {figure.bar:g}" if figure.bar is not None else ""
        verdict = "" if figure.bar is None else ("met" if figure.is_met else "MISSED")
        lines.append(f"{figure.name:<52}{figure.value:>10.2f} {figure.unit:<10}{bar:<16}{verdict}".rstrip())
    return "\n".join(lines)


def keep(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures for programs."""
    rows = [{**asdict(figure), "met": figure.is_met} for figure in figures]
    path.write_text(json.dumps({"figures": rows}, indent=2) + "\n", "utf-8")

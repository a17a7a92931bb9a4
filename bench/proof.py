"""Checks that a measured page has content."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """A pattern: the number in its group, or else the number of different matches."""

    pattern: str
    noun: str
    least: int = 1

    def of(self, body: str) -> str:
        """What was found, in words.

        :raises RuntimeError: it is less than `least`.
        """
        matches = re.findall(self.pattern, body)
        has_group = re.compile(self.pattern).groups > 0
        count = int(matches[0].replace(",", "") if matches else 0) if has_group else len(set(matches))
        if count < self.least:
            raise RuntimeError(f"found {count} {self.noun} where {self.least} must be: nothing was measured")
        return f"{count} {self.noun}"


SESSIONS = r"Made-up session \d+"
EVENTS = r"UID:[^\r\n]+"
PERSONS = r"[A-Z][a-z]+ [A-Z]{4,}"
HITS = r"([\d,]+) records? found"

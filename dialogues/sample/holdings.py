"""Records of the sample, as an archivist files them from paper, and generated ones."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from dialogues.lib.wall_time import resolve_local_time
from dialogues.records.archive.operations import place_records
from dialogues.records.archive.rules import Embargo, Listing, NewRecord, RecordFiled, RecordKind, Shelf
from dialogues.sample.people import SampleIds
from dialogues.sample.reading import sample

#: Words of generated records, in four scripts. Rare words give searches with few results.
_WORDS = (
    *("flood", "bulletin", "river", "seasonal", "outlook", "drawings", "exhibition", "terminology", "station", "data"),
    *("паводок", "прогноз", "река", "выставка", "станция", "обмен", "словарь"),
    *("홍수", "예보", "용어집", "전시회", "관측소", "계절", "전망"),
    *("洪水预报", "水位", "汛期", "展览", "术语", "观测站"),
)
_RARE = ("heron", "цапля", "왜가리", "苍鹭")
_FIRST_DAY = date(1996, 1, 8)
_WORDS_PER_RECORD = 30


def load_holdings(loaded: SampleIds, at: datetime) -> Iterator[RecordFiled]:
    """File the record of the liaison office and those of the dialogues; yields the events."""
    liaison_record = next(entry for entry in sample()["archive"] if entry["id"] == "AR-1")
    row = liaison_record | {"reference": liaison_record["id"], "dated": liaison_record["created"]}
    yield from place_records(Shelf(), [_record(row)], at)
    for entry in sample()["legacy_records"]:
        yield from place_records(Shelf(dialogue_id=loaded.dialogues[entry["dialogue"]]), [_record(entry)], at)


def _record(entry: dict[str, Any]) -> NewRecord:
    return NewRecord(
        kind=RecordKind(entry["kind"]),
        reference=entry["reference"],
        title=entry["title"],
        dated=entry["dated"],
        text=entry["text"],
        embargo=_embargo(entry) if "release_local" in entry else None,
        listing=Listing(entry.get("listing", "title_visible")),
    )


def _embargo(entry: dict[str, Any]) -> Embargo:
    local = datetime.fromisoformat(entry["release_local"])
    return Embargo(resolve_local_time(local, entry["tz"]).instant, local, entry["tz"])


def file_many(dialogue_id: UUID, count: int, rng: random.Random, now: datetime) -> None:
    """File generated records; one in a hundred has a rare word."""
    records = [
        NewRecord(
            kind=RecordKind.CORRESPONDENCE,
            reference=f"G-R-{number:06}",
            title=f"Made-up letter {number} on {rng.choice(_WORDS)}",
            dated=_FIRST_DAY + timedelta(days=number % 10_000),
            text=" ".join(
                [*rng.choices(_WORDS, k=_WORDS_PER_RECORD), *([rng.choice(_RARE)] if number % 100 == 0 else [])]
            ),
        )
        for number in range(1, count + 1)
    ]
    place_records(Shelf(dialogue_id=dialogue_id), records, now)

"""When SEQUENCE rises, what a profile shows, and the token in the organiser's address."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from dialogues.agenda.entries.rules import (
    CHANGE_EFFECTS,
    Change,
    EntryContent,
    EntryObject,
    Revision,
    answer_token,
    change_between,
    first_revision,
    next_revision,
    session_role,
    with_token,
)
from dialogues.agenda.versions.rules import Part
from dialogues.lib.ical.parts import Answer, Method, Profile, Role, State, Words, words_for
from dialogues.policy import Role as PolicyRole

NOW = datetime(2027, 1, 10, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDS = {
    "neutral_word": "Appointment",
    "short_code": "K7",
    "title": "Water",
    "place": "Room 2, Geneva",
    "city": "Geneva",
    "description": "Bring it.",
    "link": "https://example.org/meetings/1",
}


def seen(profile: Profile = Profile.FULL, **words: str) -> EntryContent:
    return EntryContent(
        state=State.CONFIRMED,
        role=Role.REQUIRED,
        local_start=datetime.fromisoformat("2027-05-24T09:00"),
        local_end=datetime.fromisoformat("2027-05-24T10:00"),
        fold_start=0,
        fold_end=0,
        zone="Europe/Zurich",
        starts_utc=datetime(2027, 5, 24, 7, tzinfo=UTC),
        ends_utc=datetime(2027, 5, 24, 8, tzinfo=UTC),
        profile=profile,
        all_day=False,
        transparent=False,
        **{name: word for name, word in (WORDS | words).items() if name in {"title", "place", "city", "short_code"}},
    )


def first(content: EntryContent | None = None, now: datetime = NOW) -> Revision:
    return first_revision("4f" * 16, uuid4(), uuid4(), EntryObject.SESSION, uuid4(), content or seen(), now)


WAS = seen()
GONE = replace(WAS, state=State.CANCELLED)


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        (None, WAS, Change.INVITED),
        (None, GONE, Change.NOTHING),
        (WAS, WAS, Change.NOTHING),
        (GONE, GONE, Change.NOTHING),
        (WAS, replace(WAS, local_start=WAS.local_start - HOUR, starts_utc=WAS.starts_utc - HOUR), Change.TIME),
        (WAS, replace(WAS, local_end=WAS.local_end + HOUR, ends_utc=WAS.ends_utc + HOUR), Change.TIME),
        (WAS, replace(WAS, zone="Europe/Berlin"), Change.TIME),
        (WAS, replace(WAS, all_day=True), Change.TIME),
        (WAS, replace(WAS, state=State.TENTATIVE), Change.CERTAINTY),
        (replace(WAS, state=State.TENTATIVE), WAS, Change.CERTAINTY),
        (WAS, seen(title="Climate"), Change.WORDS),
        (WAS, seen(place="Room 3, Geneva"), Change.WORDS),
        (WAS, replace(WAS, role=Role.OBSERVER), Change.WORDS),
        (WAS, replace(WAS, transparent=True), Change.WORDS),
        (WAS, GONE, Change.CANCELLED),
        (GONE, WAS, Change.INVITED_AGAIN),
        (GONE, replace(WAS, local_start=WAS.local_start - HOUR), Change.INVITED_AGAIN),
        (WAS, replace(seen(title="Climate"), starts_utc=WAS.starts_utc + HOUR), Change.TIME),
    ],
)
def test_a_change_is_detected_as_the_guest_sees_it(was: EntryContent | None, now: EntryContent, change: Change) -> None:
    assert change_between(was, now) is change


def test_a_new_utc_time_from_a_new_tz_database_is_a_change_of_time() -> None:
    assert (
        change_between(WAS, replace(WAS, starts_utc=WAS.starts_utc + HOUR, ends_utc=WAS.ends_utc + HOUR)) is Change.TIME
    )


def test_a_new_utc_time_of_whole_days_is_no_change() -> None:
    days = replace(WAS, all_day=True)
    assert change_between(days, replace(days, starts_utc=WAS.starts_utc - HOUR)) is Change.NOTHING


def test_a_new_title_or_room_changes_nothing_for_a_discreet_guest() -> None:
    was = seen(Profile.DISCREET)
    assert change_between(was, seen(Profile.DISCREET, title="Climate", place="Room 3, Geneva")) is Change.NOTHING
    assert change_between(was, seen(Profile.DISCREET, city="Vevey")) is Change.WORDS


def test_from_full_to_discreet_is_one_request() -> None:
    change = change_between(WAS, seen(Profile.DISCREET))
    assert CHANGE_EFFECTS[change].method is Method.REQUEST
    assert CHANGE_EFFECTS[change].raises_sequence


@pytest.mark.parametrize(
    ("change", "step", "letter", "asks"),
    [
        (Change.INVITED, 0, Method.REQUEST, True),
        (Change.NOTHING, 0, None, False),
        (Change.TIME, 1, Method.REQUEST, True),
        (Change.CERTAINTY, 1, Method.REQUEST, False),
        (Change.WORDS, 1, Method.REQUEST, False),
        (Change.CANCELLED, 1, Method.CANCEL, False),
        (Change.INVITED_AGAIN, 1, Method.REQUEST, True),
    ],
)
def test_each_change_has_its_sequence_step_email_and_question(
    change: Change, step: int, letter: Method | None, asks: bool
) -> None:
    effect = CHANGE_EFFECTS[change]
    assert (int(effect.raises_sequence), effect.method, effect.asks) == (step, letter, asks)


def test_every_change_is_in_the_table() -> None:
    assert set(CHANGE_EFFECTS) == set(Change)


def numbers(revision: Revision) -> tuple[int, int, datetime]:
    return revision.sequence, revision.time_sequence, revision.stamp


def test_the_first_invitation_has_sequence_zero() -> None:
    assert numbers(first(now=NOW.replace(microsecond=7))) == (0, 0, NOW)


def test_a_change_of_time_invalidates_earlier_answers() -> None:
    assert numbers(next_revision(first(), WAS, Change.TIME, NOW + HOUR)) == (1, 1, NOW + HOUR)


def test_a_change_of_text_keeps_answers() -> None:
    assert numbers(next_revision(first(), WAS, Change.WORDS, NOW + HOUR)) == (1, 0, NOW + HOUR)


def test_a_revision_keeps_the_entry_and_takes_the_content() -> None:
    was = first()
    now = next_revision(was, GONE, Change.CANCELLED, NOW)
    assert (now.entry_id, now.uid, now.content, now.change) == (was.entry_id, was.uid, GONE, Change.CANCELLED)


def test_each_revision_has_a_time_at_least_one_second_later() -> None:
    for now in (NOW, NOW - HOUR):
        assert next_revision(first(), WAS, Change.WORDS, now).stamp == NOW + timedelta(seconds=1)


@pytest.mark.parametrize("change", [Change.NOTHING, Change.INVITED])
def test_no_change_makes_no_revision(change: Change) -> None:
    with pytest.raises(ValueError, match="no new revision"):
        next_revision(first(), WAS, change, NOW)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC offset"):
        first(now=NOW.replace(tzinfo=None))


def test_discreet_text_is_the_neutral_word_the_short_code_and_the_city() -> None:
    assert words_for(Profile.DISCREET, **WORDS) == Words("Appointment K7", "Geneva", None, None, "CONFIDENTIAL")


def test_discreet_text_without_a_short_code_is_the_neutral_word() -> None:
    assert words_for(Profile.DISCREET, **WORDS | {"short_code": ""}).summary == "Appointment"


def test_full_text_is_title_place_description_and_link() -> None:
    link = "https://example.org/meetings/1"
    assert words_for(Profile.FULL, **WORDS) == Words("Water", "Room 2, Geneva", "Bring it.", link, "PRIVATE")


def test_a_cancellation_for_someone_who_may_no_longer_know_has_only_times_and_city() -> None:
    stub = replace(WAS, role=Role.CHAIR).cancelled()
    assert (stub.state, stub.profile, stub.role) == (State.CANCELLED, Profile.DISCREET, Role.REQUIRED)
    assert (stub.title, stub.place, stub.city, stub.time) == ("", "", "Geneva", WAS.time)


def test_a_new_role_changes_nothing_for_a_discreet_guest() -> None:
    was = seen(Profile.FULL)
    assert change_between(was.discreet(), replace(was, role=Role.CHAIR).discreet()) is Change.NOTHING


@pytest.mark.parametrize(
    ("parts", "roles", "role"),
    [
        ((), {PolicyRole.PARTICIPANT}, Role.REQUIRED),
        ({Part.LEAD}, {PolicyRole.PARTICIPANT}, Role.REQUIRED),
        ({Part.CHAIR}, {PolicyRole.PARTICIPANT}, Role.CHAIR),
        ((), {PolicyRole.OBSERVER}, Role.OBSERVER),
        ((), {PolicyRole.OBSERVER, PolicyRole.FOCAL_POINT}, Role.OBSERVER),
        ({Part.CHAIR}, {PolicyRole.OBSERVER}, Role.CHAIR),
    ],
)
def test_who_chairs_a_session_and_who_observes(parts: set[Part], roles: set[PolicyRole], role: Role) -> None:
    assert session_role(parts, roles) is role


KEY, OLD_KEY = b"k" * 32, b"o" * 32
TOKEN = answer_token(KEY, "k", uid="uid-1", entry_id="entry-1")


def test_a_token_is_key_id_and_120_bits_in_lower_case_base32() -> None:
    assert len(TOKEN) == 25
    assert TOKEN[0] == "k"
    assert set(TOKEN) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_a_token_is_stable() -> None:
    assert TOKEN == "kpzpcaeto463uh6srzvfxybpm"


@pytest.mark.parametrize(("uid", "entry_id"), [("uid-2", "entry-1"), ("uid-1", "entry-2")])
def test_a_token_belongs_to_one_entry(uid: str, entry_id: str) -> None:
    assert answer_token(KEY, "k", uid=uid, entry_id=entry_id) != TOKEN


def test_a_token_belongs_to_one_key() -> None:
    assert answer_token(OLD_KEY, "k", uid="uid-1", entry_id="entry-1") != TOKEN


@pytest.mark.parametrize(
    ("key", "key_id", "uid"), [(b"short", "k", "u"), (KEY, "K", "u"), (KEY, "", "u"), (KEY, "k", "u|e")]
)
def test_a_token_of_invalid_parts_is_refused(key: bytes, key_id: str, uid: str) -> None:
    with pytest.raises(ValueError, match=r"key|UID"):
        answer_token(key, key_id, uid=uid, entry_id="entry-1")


def test_an_address_contains_its_token() -> None:
    assert with_token("desk@dialogues.example.org", TOKEN) == f"desk+{TOKEN}@dialogues.example.org"


@pytest.mark.parametrize("address", ["desk", "@example.org", "desk@", "d" * 60 + "@example.org"])
def test_an_address_that_cannot_contain_a_token_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|local part"):
        with_token(address, TOKEN)


def test_answers_use_the_words_of_calendar_files() -> None:
    assert {answer.value for answer in Answer} == {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"}

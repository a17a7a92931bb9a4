"""When SEQUENCE rises, what a profile shows, and the token in the organiser's address."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialogues.agenda.calendars.rules import (
    CHANGE_EFFECTS,
    AnswerEffect,
    Change,
    GuestView,
    Numbers,
    answer_token,
    change_between,
    first_numbers,
    is_answer_outdated,
    is_answer_token,
    next_numbers,
    token_in,
    with_token,
)
from dialogues.lib.ical.parts import Answer, Method, Profile, Role, State, words_for

NOW = datetime(2027, 1, 10, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDS = {
    "neutral_word": "Appointment",
    "title": "Water",
    "place": "Room 2, Geneva",
    "city": "Geneva",
    "description": "Bring it.",
}


def seen(profile: Profile = Profile.FULL, **words: str) -> GuestView:
    return GuestView(
        local_start=datetime.fromisoformat("2027-05-24T09:00"),
        local_end=datetime.fromisoformat("2027-05-24T10:00"),
        tzid="Europe/Zurich",
        starts_at=datetime(2027, 5, 24, 7, tzinfo=UTC),
        ends_at=datetime(2027, 5, 24, 8, tzinfo=UTC),
        all_day=False,
        state=State.CONFIRMED,
        words=words_for(profile, **(WORDS | words)),
        role=Role.REQUIRED,
    )


WAS = seen()
GONE = replace(WAS, state=State.CANCELLED)


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        (None, WAS, Change.INVITED),
        (None, GONE, Change.NOTHING),
        (WAS, WAS, Change.NOTHING),
        (GONE, GONE, Change.NOTHING),
        (WAS, replace(WAS, local_start=WAS.local_start - HOUR, starts_at=WAS.starts_at - HOUR), Change.TIME),
        (WAS, replace(WAS, local_end=WAS.local_end + HOUR, ends_at=WAS.ends_at + HOUR), Change.TIME),
        (WAS, replace(WAS, tzid="Europe/Berlin"), Change.TIME),
        (WAS, replace(WAS, all_day=True), Change.TIME),
        (WAS, replace(WAS, state=State.TENTATIVE), Change.CERTAINTY),
        (replace(WAS, state=State.TENTATIVE), WAS, Change.CERTAINTY),
        (WAS, seen(title="Climate"), Change.WORDS),
        (WAS, seen(place="Room 3, Geneva"), Change.WORDS),
        (WAS, seen(description="Come."), Change.WORDS),
        (WAS, replace(WAS, role=Role.OBSERVER), Change.WORDS),
        (WAS, replace(WAS, transparent=True), Change.WORDS),
        (WAS, GONE, Change.CANCELLED),
        (GONE, WAS, Change.INVITED_AGAIN),
        (GONE, replace(WAS, local_start=WAS.local_start - HOUR), Change.INVITED_AGAIN),
        (WAS, replace(seen(title="Climate"), starts_at=WAS.starts_at + HOUR), Change.TIME),
    ],
)
def test_a_change_is_detected_as_the_guest_sees_it(was: GuestView | None, now: GuestView, change: Change) -> None:
    assert change_between(was, now) is change


def test_a_new_utc_time_from_a_new_tz_database_is_a_change_of_time() -> None:
    assert change_between(WAS, replace(WAS, starts_at=WAS.starts_at + HOUR, ends_at=WAS.ends_at + HOUR)) is Change.TIME


def test_a_new_title_or_room_changes_nothing_for_a_discreet_guest() -> None:
    was = seen(Profile.DISCREET)
    assert (
        change_between(was, seen(Profile.DISCREET, title="Climate", place="Room 3, Geneva", description="x"))
        is Change.NOTHING
    )
    assert change_between(was, seen(Profile.DISCREET, city="Vevey")) is Change.WORDS


def test_from_full_to_discreet_is_one_request() -> None:
    change = change_between(WAS, seen(Profile.DISCREET))
    assert CHANGE_EFFECTS[change].method is Method.REQUEST
    assert CHANGE_EFFECTS[change].raises_sequence


@pytest.mark.parametrize(
    ("change", "step", "letter", "answer"),
    [
        (Change.INVITED, 0, Method.REQUEST, AnswerEffect.ASKED),
        (Change.NOTHING, 0, None, AnswerEffect.KEPT),
        (Change.TIME, 1, Method.REQUEST, AnswerEffect.ASKED_AGAIN),
        (Change.CERTAINTY, 1, Method.REQUEST, AnswerEffect.KEPT),
        (Change.WORDS, 1, Method.REQUEST, AnswerEffect.KEPT),
        (Change.CANCELLED, 1, Method.CANCEL, AnswerEffect.CLOSED),
        (Change.INVITED_AGAIN, 1, Method.REQUEST, AnswerEffect.ASKED),
    ],
)
def test_each_change_has_its_sequence_step_email_and_answer(
    change: Change, step: int, letter: Method | None, answer: AnswerEffect
) -> None:
    effect = CHANGE_EFFECTS[change]
    assert (int(effect.raises_sequence), effect.method, effect.answer) == (step, letter, answer)


def test_every_change_is_in_the_table() -> None:
    assert set(CHANGE_EFFECTS) == set(Change)


def test_the_first_invitation_has_sequence_zero() -> None:
    assert first_numbers(NOW.replace(microsecond=7)) == Numbers(0, 0, NOW)


def test_a_change_of_time_invalidates_earlier_answers() -> None:
    moved = next_numbers(first_numbers(NOW), Change.TIME, NOW + HOUR)
    assert moved == Numbers(1, 1, NOW + HOUR)
    assert is_answer_outdated(0, moved)
    assert not is_answer_outdated(1, moved)


def test_a_change_of_text_keeps_answers() -> None:
    renamed = next_numbers(first_numbers(NOW), Change.WORDS, NOW + HOUR)
    assert renamed == Numbers(1, 0, NOW + HOUR)
    assert not is_answer_outdated(0, renamed)


def test_each_revision_has_a_time_at_least_one_second_later() -> None:
    first = first_numbers(NOW)
    assert next_numbers(first, Change.WORDS, NOW).stamp == NOW + timedelta(seconds=1)
    assert next_numbers(first, Change.WORDS, NOW - HOUR).stamp == NOW + timedelta(seconds=1)


@pytest.mark.parametrize("change", [Change.NOTHING, Change.INVITED])
def test_no_change_makes_no_revision(change: Change) -> None:
    with pytest.raises(ValueError, match="no new revision"):
        next_numbers(first_numbers(NOW), change, NOW)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC offset"):
        first_numbers(NOW.replace(tzinfo=None))


def test_discreet_text_is_the_neutral_title_and_the_city() -> None:
    words = words_for(Profile.DISCREET, **WORDS)
    assert (words.summary, words.location, words.description, words.confidentiality) == (
        "Appointment",
        "Geneva",
        None,
        "CONFIDENTIAL",
    )


def test_full_text_is_title_place_and_description() -> None:
    words = words_for(Profile.FULL, **WORDS)
    assert (words.summary, words.location, words.description) == ("Water", "Room 2, Geneva", "Bring it.")
    assert words.confidentiality == "PRIVATE"


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
    assert not is_answer_token(TOKEN, {"k": KEY}, uid=uid, entry_id=entry_id)


def test_a_token_works_in_any_letter_case() -> None:
    assert is_answer_token(TOKEN.upper(), {"k": KEY}, uid="uid-1", entry_id="entry-1")


def test_an_old_key_stays_valid_for_reading() -> None:
    old = answer_token(OLD_KEY, "j", uid="uid-1", entry_id="entry-1")
    assert is_answer_token(old, {"k": KEY, "j": OLD_KEY}, uid="uid-1", entry_id="entry-1")


@pytest.mark.parametrize(
    "forged", ["", "k", "k" * 25, TOKEN[:-1], TOKEN + "a", "j" + TOKEN[1:], "ключ" * 7, "\u212a" + TOKEN[1:]]
)
def test_a_forged_token_is_refused(forged: str) -> None:
    assert not is_answer_token(forged, {"k": KEY}, uid="uid-1", entry_id="entry-1")


@pytest.mark.parametrize(
    ("key", "key_id", "uid"), [(b"short", "k", "u"), (KEY, "K", "u"), (KEY, "", "u"), (KEY, "k", "u|e")]
)
def test_a_token_of_invalid_parts_is_refused(key: bytes, key_id: str, uid: str) -> None:
    with pytest.raises(ValueError, match=r"key|UID"):
        answer_token(key, key_id, uid=uid, entry_id="entry-1")


def test_an_address_contains_its_token() -> None:
    address = with_token("desk@dialogues.example.org", TOKEN)
    assert address == f"desk+{TOKEN}@dialogues.example.org"
    assert token_in(address) == token_in(address.upper()) == TOKEN


@pytest.mark.parametrize("address", ["desk@example.org", "desk+x@example.org", "desk", "", "desk+../../x@example.org"])
def test_an_address_without_token_returns_none(address: str) -> None:
    assert token_in(address) is None


@pytest.mark.parametrize("address", ["desk", "@example.org", "desk@", "d" * 60 + "@example.org"])
def test_an_address_that_cannot_contain_a_token_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|local part"):
        with_token(address, TOKEN)


def test_answers_use_the_words_of_calendar_files() -> None:
    assert {answer.value for answer in Answer} == {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"}

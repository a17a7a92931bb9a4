"""A replacement takes the seat and the sessions, and nobody reads their name before they accept."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from dialogues.agenda.entries.models import Entry, EntryRevision
from dialogues.agenda.planning.models import DraftPerson
from dialogues.agenda.versions.models import ReleasePerson
from dialogues.agenda.versions.queries.published import current_release
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.ical.parts import State
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants import operations as participants
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import page
from tests.cast import Cast
from tests.people.conftest import Site
from tests.people.nominations.exchange import changes, lvr, open_lists, viewer


def test_replacement_takes_the_seat_and_the_sessions(cast: Cast) -> None:
    """ru4 leads LVR-1-03: draft and published version name the replacement, and ru4 has no calendar entry left."""
    open_lists(cast)
    now = clock.now()
    ru4 = cast.person("ru4", "LVR")
    old = db.session.execute(
        select(Participation).where(Participation.meeting_id == cast.meeting("LVR-1"), Participation.person_id == ru4)
    ).scalar_one()
    old_id, seat = old.id, old.seat
    known = nominations_nominations.nominee(viewer(cast, "ru1", now), old_id)
    before = current_release(cast.meeting("LVR-1"))
    db.session.rollback()

    nominations_nominating.replace_nominee(
        viewer(cast, "ru1", now), old_id, Nominee(name="Vera SMIRNOVA"), version=known.version, once="b" * 32, now=now
    )

    db.session.rollback()
    new = db.session.execute(select(Participation).where(Participation.replaces == old_id)).scalar_one()
    assert (new.seat, new.status) == (seat, ParticipationStatus.NOMINATED)
    drafted = db.session.scalars(select(DraftPerson.person_id)).all()
    assert ru4 not in drafted
    assert new.person_id in drafted
    after = current_release(cast.meeting("LVR-1"))
    assert before is not None
    assert after is not None
    assert after.id != before.id
    released = db.session.scalars(select(ReleasePerson.person_id).where(ReleasePerson.release_id == after.id)).all()
    assert ru4 not in released
    assert new.person_id in released
    assert live_entries(cast, ru4) == 0
    assert live_entries(cast, new.person_id) == 0


def test_before_the_exchange_a_co_chair_sees_nothing_of_a_replacement(cast: Cast) -> None:
    """The version that names the replacement has the time and number of the version before."""
    pages = {path: cast.client("ch2").get(lvr(cast, path)).text for path in ("/agenda", "/agenda/releases")}
    assert "Release 1" in pages["/agenda"]
    known = nominations_nominations.nominee(viewer(cast, "ru1"), participation_of(cast, "ru4"))
    now = clock.now() + timedelta(days=2)
    nominations_nominating.replace_nominee(
        viewer(cast, "ru1"), known.id, Nominee(name="Vera SMIRNOVA"), version=known.version, once="b" * 32, now=now
    )

    for path, before in pages.items():
        assert main_part(cast.client("ch2").get(lvr(cast, path)).text) == main_part(before)


def main_part(text: str) -> str:
    """The main part of a page, without the header and footer, which hold the time of rendering."""
    return text.split("<main", 1)[-1].split("</main>")[0]


def live_entries(cast: Cast, person_id: UUID) -> int:
    return len(
        db.session.scalars(
            select(Entry.id)
            .join(EntryRevision, (EntryRevision.entry_id == Entry.id) & (EntryRevision.sequence == Entry.sequence))
            .where(
                Entry.person_id == person_id,
                Entry.meeting_id == cast.meeting("LVR-1"),
                EntryRevision.state != State.CANCELLED,
            )
        ).all()
    )


def test_name_of_the_replacement_is_hidden_before_they_accept(cast: Cast) -> None:
    open_lists(cast)
    now = clock.now()
    known = nominations_nominations.nominee(viewer(cast, "ru1", now), participation_of(cast, "ru4"))
    nominations_nominating.replace_nominee(
        viewer(cast, "ru1", now), known.id, Nominee(name="Vera SMIRNOVA"), version=known.version, once="b" * 32, now=now
    )

    for name in ("ch2", "us1", "us2"):
        for path in ("/participants", "/agenda", f"/agenda/{cast.session('LVR-1-03')}", "/agenda/draft"):
            assert "SMIRNOVA" not in cast.client(name).get(lvr(cast, path)).text, (name, path)


def participation_of(cast: Cast, name: str) -> UUID:
    found = db.session.execute(
        select(Participation.id).where(
            Participation.meeting_id == cast.meeting("LVR-1"), Participation.person_id == cast.person(name, "LVR")
        )
    ).scalar_one()
    db.session.rollback()
    return found


def test_replacement_is_announced_once_they_have_accepted(cast: Cast) -> None:
    open_lists(cast)
    now = clock.now()
    known = nominations_nominations.nominee(viewer(cast, "ru1", now), participation_of(cast, "ru4"))
    nominations_nominating.replace_nominee(
        viewer(cast, "ru1", now), known.id, Nominee(name="Vera SMIRNOVA"), version=known.version, once="b" * 32, now=now
    )
    assert [kind for kind, _who in changes()] == [ListChangeKind.LEFT]
    new = db.session.execute(select(Participation.id).where(Participation.replaces == known.id)).scalar_one()
    db.session.rollback()

    with upkeep(system(Purpose.SAMPLE)):
        participation = db.session.get_one(Participation, new)
        participation.status = ParticipationStatus.CONFIRMED
        participants.begin_participation(participation, clock.now())

    assert {kind for kind, _who in changes()} == {ListChangeKind.LEFT, ListChangeKind.REPLACED}
    shown = page(cast.client("us2").get(lvr(cast, "/participants"))).get_text(" ", strip=True)
    assert f"comes instead of {known.name}" in shown


def test_replaced_person_gets_a_calendar_update_and_the_replacement_an_invitation(site: Site) -> None:
    cast = site.cast
    now = clock.now()
    known = nominations_nominations.nominee(viewer(cast, "ru1", now), participation_of(cast, "ru4"))

    nominations_nominating.replace_nominee(
        viewer(cast, "ru1", now),
        known.id,
        Nominee(name="Vera SMIRNOVA", email="vera@example.invalid"),
        version=known.version,
        once="b" * 32,
        now=now,
    )

    subjects = {email.recipients[0]: str(email.message["Subject"]) for email in site.mail()}
    assert subjects == {
        "ru4@example.invalid": "Appointment: cancelled",
        "vera@example.invalid": "Your personal link",
    }


def test_person_never_shown_on_the_list_is_not_announced_as_replaced(cast: Cast) -> None:
    """The person is replaced before accepting, so nobody outside the party ever knew of them."""
    open_lists(cast)
    now = clock.now()
    party = cast.party("RU", "LVR")
    unknown = nominations_nominating.nominate(
        viewer(cast, "st-coord", now), party, Nominee(name="Unknown EVERYWHERE"), once="c" * 32, now=now
    )
    known = nominations_nominations.nominee(viewer(cast, "ru1", now), unknown)
    nominations_nominating.replace_nominee(
        viewer(cast, "ru1", now), unknown, Nominee(name="Vera SMIRNOVA"), version=known.version, once="b" * 32, now=now
    )
    new = db.session.execute(select(Participation.id).where(Participation.replaces == unknown)).scalar_one()
    db.session.rollback()
    with upkeep(system(Purpose.SAMPLE)):
        participation = db.session.get_one(Participation, new)
        participation.status = ParticipationStatus.CONFIRMED
        participants.begin_participation(participation, clock.now())

    shown = page(cast.client("us2").get(lvr(cast, "/participants"))).get_text(" ", strip=True)

    assert "SMIRNOVA" in shown
    assert "Unknown EVERYWHERE" not in shown
    assert "comes instead of" not in shown

"""Roles are offered, answered only by the person, and end together with the sign-ins that used them."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.models import Account, SignIn
from dialogues.core.accounts.rules import Proof
from dialogues.core.audit.models import AuditEntry
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import DueEmail, EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import Existence
from dialogues.meetings.roles import commands as roles_commands
from dialogues.meetings.roles import operations as roles_operations
from dialogues.meetings.roles import queries as roles_queries
from dialogues.meetings.roles.emails import role_offered
from dialogues.meetings.roles.models import RoleGrant
from dialogues.policy import AGENDA_SEE, MEETING_EDIT, RECORD_READ, REGISTRATION_SEE, STAFF_ROLES, Role, Scope
from tests.beds.forms import complaints, page, press, send
from tests.cast import Cast

NEW = {"name": "Sarnai EXAMPLE", "email": "sarnai@example.invalid"}


def roles_of(cast: Cast, part: str = "") -> str:
    with cast.app.app_context():
        return f"/meetings/{cast.meeting()}/roles{part}"


def stepped_up(cast: Cast, address: str, who: str = "st-coord") -> FlaskClient:
    """A browser whose user has just entered the second factor again."""
    client = cast.client(who)
    asked = client.get(address)
    assert asked.status_code == 303
    assert send(client, str(asked.location)).status_code == 303
    return client


def offer(cast: Cast, **facts: object) -> UUID:
    """Offer a role in TRD-1 as its coordinator, by the command."""
    chosen = {"name": NEW["name"], "email": NEW["email"], "role": Role.CO_CHAIR} | facts
    return roles_commands.offer_role(cast.viewer("st-coord", meeting="TRD-1"), **chosen, now=clock.now())  # type: ignore[arg-type]  # Facts of a test.


def grant_of(cast: Cast, name: str, role: Role, meeting: str | None = "TRD-1") -> UUID:
    meeting_id = cast.meeting(meeting) if meeting else None
    return cast._one(
        select(RoleGrant.id).where(
            RoleGrant.person_id == cast.person(name),
            RoleGrant.role == role,
            RoleGrant.revoked_at.is_(None),
            RoleGrant.meeting_id == meeting_id if meeting_id else RoleGrant.meeting_id.is_(None),
        )
    )


def test_offering_a_role_needs_a_step_up(cast: Cast) -> None:
    client = cast.client("st-coord")

    for part in ("/offer", "/00000000-0000-4000-8000-000000000000/end"):
        answer = client.get(roles_of(cast, part))
        assert answer.status_code == 303
        assert "purpose=roles.grant" in str(answer.location)


def test_a_role_offered_on_the_page_waits_for_acceptance(cast: Cast, read) -> None:
    client = stepped_up(cast, roles_of(cast, "/offer"))

    answer = send(client, roles_of(cast, "/offer"), **NEW, role="co_chair")

    assert answer.status_code == 303
    row = next(row for row in page(client.get(roles_of(cast))).select("tbody tr") if NEW["name"] in row.text)
    assert "offered, no answer yet" in row.text
    assert read(select(func.count()).where(Email.kind == EmailKind.ROLE_OFFERED)) == 1
    assert read(select(func.count()).where(AuditEntry.action == "role.offered")) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"role": "focal_point"}, "choose which"),
        ({"email": "nowhere"}, "is not an e-mail address"),
        ({"name": ""}, "Name"),
        ({"name": "x" * 10_000}, "at most 200 characters"),
        ({"role": "co_chair", "email": "  CH1@Example.Invalid"}, "already has this role"),
        ({"role": "participant"}, "Role"),
        ({"role": ""}, "Choose the role"),
    ],
)
def test_an_invalid_offer_is_shown_again_as_typed(cast: Cast, typed: dict[str, str], words: str) -> None:
    client = stepped_up(cast, roles_of(cast, "/offer"))

    answer = send(client, roles_of(cast, "/offer"), **NEW | {"role": "co_chair"} | typed)

    assert answer.status_code == 422
    assert words in complaints(answer)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES, key=lambda role: role.value))
@pytest.mark.usefixtures("inside")
def test_a_staff_role_can_be_offered_only_to_staff(cast: Cast, role: Role) -> None:
    """The same refusal for an unknown address, one of this dialogue or one of another; nothing is saved."""
    addresses = ("nobody@example.invalid", "us4@example.invalid", only_elsewhere(cast))
    before = [db.session.scalar(select(func.count()).select_from(table)) for table in (Person, Account, Email)]
    said = set()
    for email in addresses:
        with pytest.raises(Refusal, match="invite this person as staff first") as refused:
            offer(cast, email=email, role=role)
        said.add((refused.value.message, refused.value.field))

    assert len(said) == 1
    after = [db.session.scalar(select(func.count()).select_from(table)) for table in (Person, Account, Email)]
    assert after == before


def only_elsewhere(cast: Cast) -> str:
    """The address of an account without a person in this dialogue."""
    with upkeep(system(Purpose.SAMPLE)):
        accounts.account_for("elsewhere@example.invalid", clock.now())
    assert cast.account("elsewhere")
    return "elsewhere@example.invalid"


@pytest.mark.usefixtures("inside")
def test_staff_without_a_password_can_be_offered_a_role(cast: Cast) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        accounts.make_staff(accounts.account_for(NEW["email"], clock.now()), clock.now())

    assert offer(cast, role=Role.RAPPORTEUR)


@pytest.mark.usefixtures("inside")
def test_a_disabled_staff_account_cannot_be_offered_a_staff_role(cast: Cast) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(
            update(Account).where(Account.email == "st-rap1@example.invalid").values(disabled_at=clock.now())
        )

    with pytest.raises(Refusal, match="as staff first"):
        offer(cast, email="st-rap1@example.invalid", role=Role.ARCHIVIST)


def test_no_role_is_preselected(cast: Cast) -> None:
    offered = page(stepped_up(cast, roles_of(cast, "/offer")).get(roles_of(cast, "/offer")))

    assert offered.select("#role option[selected]") == []
    assert offered.select_one("#role option")["value"] == ""


@pytest.mark.usefixtures("inside")
def test_a_party_has_one_focal_point(cast: Cast) -> None:
    korea = cast.party("KR")

    with pytest.raises(Refusal, match="has its focal point already"):
        offer(cast, role=Role.FOCAL_POINT, party_id=korea)


@pytest.mark.usefixtures("inside")
def test_a_known_person_is_found_by_email_address(cast: Cast) -> None:
    known = cast.person("us4")
    before = db.session.scalar(select(func.count()).select_from(Person))

    offer(cast, name="R. Mockford", email="US4@example.INVALID")

    assert db.session.scalar(select(func.count()).select_from(Person)) == before
    assert db.session.get_one(Person, known).name == "Renee MOCKFORD"


@pytest.mark.usefixtures("inside")
def test_an_offer_gives_no_access_until_it_is_accepted(cast: Cast) -> None:
    grant = offer(cast, email="st-rap1@example.invalid", role=Role.COORDINATOR)
    assert not cast.viewer("st-rap1", meeting="TRD-1").may(MEETING_EDIT)

    roles_commands.accept_role(cast.viewer("st-rap1"), grant, now=clock.now())

    assert cast.viewer("st-rap1", meeting="TRD-1").may(MEETING_EDIT)


@pytest.mark.usefixtures("inside")
def test_an_offer_can_be_answered_only_by_its_recipient(cast: Cast) -> None:
    grant = offer(cast, email="us4@example.invalid")

    for answer in (roles_commands.accept_role, roles_commands.decline_role):
        with pytest.raises(NotFound):
            answer(cast.viewer("kr1"), grant, now=clock.now())
    assert roles_queries.offers(cast.viewer("kr1")) == []


@pytest.mark.usefixtures("inside")
def test_an_invitation_to_take_part_is_not_answered_here(cast: Cast) -> None:
    meeting, dialogue, person = cast.meeting(), cast.dialogue(), cast.person("st-rap1")
    with upkeep(system(Purpose.SAMPLE)):
        grant = roles_operations.grant_role(
            person, Role.PARTICIPANT, dialogue_id=dialogue, meeting_id=meeting, offered_at=clock.now()
        )

    with pytest.raises(NotFound):
        roles_commands.accept_role(cast.viewer("st-rap1"), grant, now=clock.now())


def test_the_recipient_reads_and_answers_the_offer_on_their_own_page(cast: Cast) -> None:
    with cast.app.app_context():
        offer(cast, email="us4@example.invalid")
        offer(cast, email="us4@example.invalid", role=Role.INTERPRETER)
    client = cast.client("us4")
    assert "“First meeting” of the dialogue “Tuul River Dialogue”" in client.get("/offers").text

    assert press(client, "/offers", "Accept co-chair").status_code == 303
    assert press(client, "/offers", "Decline interpreter").status_code == 303

    assert "Nothing waits for your answer" in client.get("/offers").text
    with cast.app.app_context():
        assert Role.CO_CHAIR in cast.viewer("us4", meeting="TRD-1").roles
        assert Role.INTERPRETER not in cast.viewer("us4", meeting="TRD-1").roles


def test_staff_signed_in_by_link_read_when_their_role_becomes_active(cast: Cast) -> None:
    client = cast.client("st-rap1")
    with cast.app.app_context():
        offer(cast, email="st-rap1@example.invalid", role=Role.ARCHIVIST)
    assert "second factor" not in client.get("/offers").text
    with cast.app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(update(SignIn).where(SignIn.ended_at.is_(None)).values(factors=[Proof.LINK.value]))

    assert "It counts once you sign in with a password and a second factor" in client.get("/offers").text


def test_the_offer_of_a_confidential_meeting_names_nothing(cast: Cast) -> None:
    with cast.app.app_context():
        offer(cast, email="us4@example.invalid")
        meeting = cast.meeting()
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.get_one(Meeting, meeting).existence = Existence.CONFIDENTIAL

    shown = cast.client("us4").get("/offers").text

    assert "something confidential" in shown
    assert "First meeting" not in shown
    assert "Tuul River" not in shown


@pytest.mark.usefixtures("inside")
def test_the_email_says_only_where_to_sign_in(cast: Cast) -> None:
    offer(cast)
    queued_email = db.session.execute(select(Email).where(Email.kind == EmailKind.ROLE_OFFERED)).scalar_one()

    email = role_offered(as_due(queued_email), clock.now())

    assert email is not None
    assert email.recipient == NEW["email"]
    assert "/offers" in email.text
    for word in ("Tuul", "TRD", "meeting", "chair", "MUSTERMANN", "EXAMPLE"):
        assert word not in email.subject + email.text


@pytest.mark.usefixtures("inside")
def test_a_withdrawn_offer_sends_no_email(cast: Cast) -> None:
    grant = offer(cast)
    roles_commands.end_role(cast.viewer("st-coord", meeting="TRD-1"), grant, now=clock.now())
    queued_email = db.session.execute(select(Email).where(Email.kind == EmailKind.ROLE_OFFERED)).scalar_one()

    assert role_offered(as_due(queued_email), clock.now()) is None


def as_due(email: Email) -> DueEmail:
    return DueEmail(
        id=email.id,
        kind=email.kind,
        dialogue_id=email.dialogue_id,
        listed_under=email.listed_under,
        person_id=email.person_id,
        account_id=email.account_id,
        facts=email.facts,
        sequence=email.sequence,
        message_id=email.message_id,
    )


def test_ending_a_role_ends_the_persons_sign_ins(cast: Cast, read) -> None:
    rapporteur = cast.client("in-ko1")
    with cast.app.app_context():
        grant = grant_of(cast, "in-ko1", Role.INTERPRETER)
        account = cast.account("in-ko1")
    client = stepped_up(cast, roles_of(cast, "/offer"))

    assert send(client, roles_of(cast, f"/{grant}/end")).status_code == 303

    assert rapporteur.get(roles_of(cast).removesuffix("/roles")).status_code == 303
    assert read(select(func.count()).where(SignIn.account_id == account, SignIn.ended_at.is_(None))) == 0
    assert read(select(Account.disabled_at).where(Account.id == account)) is None


def test_the_last_coordinator_cannot_be_removed(cast: Cast) -> None:
    with cast.app.app_context():
        dialogue, grant = cast.dialogue(), grant_of(cast, "st-coord", Role.COORDINATOR, None)
    address = f"/dialogues/{dialogue}/roles/{grant}/end"

    answer = send(stepped_up(cast, address), address)

    assert answer.status_code == 422
    assert "without a coordinator" in complaints(answer)


@pytest.mark.usefixtures("inside")
def test_a_coordinator_who_has_not_accepted_does_not_count(cast: Cast) -> None:
    viewer = cast.viewer("st-coord", dialogue="TRD")
    second = roles_commands.offer_role(
        viewer, name="Sarnai", email="st-rap1@example.invalid", role=Role.COORDINATOR, now=clock.now()
    )
    first = grant_of(cast, "st-coord", Role.COORDINATOR, None)

    with pytest.raises(Refusal, match="without a coordinator"):
        roles_commands.end_role(viewer, first, now=clock.now())
    roles_commands.accept_role(cast.viewer("st-rap1"), second, now=clock.now())
    roles_commands.end_role(viewer, first, now=clock.now())

    with pytest.raises(LookupError):
        cast.viewer("st-coord", dialogue="TRD")


@pytest.mark.usefixtures("inside")
def test_a_role_can_be_ended_only_where_it_is_held(cast: Cast) -> None:
    viewer, whole = cast.viewer("st-coord", meeting="TRD-1"), grant_of(cast, "st-rap1", Role.RAPPORTEUR, None)

    with pytest.raises(NotFound):
        roles_commands.end_role(viewer, whole, now=clock.now())


@pytest.mark.usefixtures("inside")
def test_a_role_that_ended_can_be_offered_again(cast: Cast) -> None:
    roles_commands.end_role(cast.viewer("st-coord", meeting="TRD-1"), offer(cast), now=clock.now())

    assert offer(cast)


def test_participants_are_not_among_the_roles(cast: Cast) -> None:
    shown = cast.client("st-host").get(roles_of(cast)).text

    assert "Anna BEISPIEL" in shown
    assert "Renee MOCKFORD" not in shown
    assert "Offer a role" not in shown


def test_the_list_sends_as_many_queries_for_many_roles_as_for_few(cast: Cast, queries_of) -> None:
    client = cast.client("st-coord")
    few = queries_of(lambda: client.get(roles_of(cast)))
    with cast.app.app_context():
        for number in range(15):
            offer(cast, name=f"Person {number}", email=f"p{number}@example.invalid")

    assert queries_of(lambda: client.get(roles_of(cast))) == few <= 12


@pytest.mark.usefixtures("inside")
def test_an_account_belongs_to_one_person_of_a_dialogue(cast: Cast) -> None:
    dialogue = cast.dialogue()
    account = cast.account("us4")
    with upkeep(system(Purpose.SAMPLE)):
        other = dialogues.add_person(dialogue, "Someone", "someone@example.invalid")
    with pytest.raises(Refusal, match="cannot be joined"), upkeep(system(Purpose.SAMPLE)):
        dialogues.link_account(other, account)
    assert db.session.get_one(Dialogue, dialogue).code == "TRD"


@pytest.mark.usefixtures("inside")
def test_the_focal_point_of_an_observing_organisation_is_only_an_observer(cast: Cast) -> None:
    roles_commands.end_role(
        cast.viewer("st-coord", meeting="TRD-1"), grant_of(cast, "xo1", Role.FOCAL_POINT), now=clock.now()
    )
    grant = offer(cast, email="st-arch@example.invalid", role=Role.FOCAL_POINT, party_id=cast.party("XO"))
    roles_commands.accept_role(cast.viewer("st-arch"), grant, now=clock.now())
    with upkeep(system(Purpose.SAMPLE)):
        person = cast.person("st-arch")
        roles_operations.revoke_role(person, Role.ARCHIVIST, dialogue_id=cast.dialogue(), now=clock.now())

    viewer = cast.viewer("st-arch", meeting="TRD-1")

    assert viewer.scopes(AGENDA_SEE) == {Scope.ADMITTED}
    assert viewer.scopes(REGISTRATION_SEE) >= {Scope.OWN_PARTY}
    assert not viewer.may(RECORD_READ)

"""Event handlers by event type; they run inside the transaction that raised the event."""

from collections.abc import Callable, Sequence
from typing import Any

from dialogues.agenda.calendars import handlers as calendars
from dialogues.agenda.planning import handlers as planning
from dialogues.agenda.versions.rules import AgendaReleased
from dialogues.core.accounts.rules import AddressChanged
from dialogues.core.common.events import DomainEvent
from dialogues.core.common.viewer import Viewer
from dialogues.meetings.dialogues import handlers as dialogues
from dialogues.meetings.dialogues.rules.events import (
    DialogueChanged,
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingCopied,
    MeetingMoved,
    PartyChanged,
    RulesChanged,
)
from dialogues.meetings.roles.rules import RoleAccepted, RoleDeclined, RoleEnded, RoleOffered
from dialogues.onsite.attendance import handlers as attendance
from dialogues.people.documents import handlers as documents
from dialogues.people.invitations import handlers as invitations
from dialogues.people.invitations.rules import InvitationCorrected, PersonInvited
from dialogues.people.nominations.rules import NominationChanged, NomineeReplaced, PersonNominated
from dialogues.people.participants import handlers as participants
from dialogues.people.participants.rules.events import (
    CapacityApproved,
    ParticipationConfirmed,
    ParticipationDeclined,
    ParticipationWithdrawn,
)
from dialogues.people.questionnaire import handlers as questionnaire
from dialogues.people.registration import handlers as registration
from dialogues.people.registration.rules import RegistrationChanged
from dialogues.people.roster.rules import ParticipationRestored, RegistrationApproved

Handler = Callable[[Any], None]


HANDLERS: dict[type[DomainEvent], tuple[Handler, ...]] = {
    MeetingCopied: (planning.copy_draft, questionnaire.copy_questions),
    DialogueChanged: (calendars.renew_all,),
    MeetingChanged: (participants.seat_those_who_wait, calendars.renew_entries),
    MeetingMoved: (
        planning.move_draft,
        calendars.move_meeting,
        attendance.keep_codes,
        documents.keep_with_meeting,
        questionnaire.move_questions,
    ),
    MeetingCancelled: (calendars.cancel_meeting, attendance.end_codes, documents.purge_cancelled),
    MeetingClosed: (invitations.end_links, attendance.seal_record),
    PartyChanged: (documents.refuse_impossible_capacities,),
    AgendaReleased: (calendars.follow_release,),
    PersonInvited: (calendars.settle_restricted_person,),
    PersonNominated: (calendars.settle_restricted_person,),
    NominationChanged: (calendars.settle_restricted_person,),
    InvitationCorrected: (calendars.settle_restricted_person,),
    ParticipationConfirmed: (calendars.settle_person, documents.ask_needs_again),
    ParticipationDeclined: (calendars.settle_person, attendance.end_code, documents.purge_person),
    ParticipationWithdrawn: (calendars.settle_person, attendance.end_code, documents.purge_person),
    ParticipationRestored: (
        calendars.settle_person,
        attendance.send_code,
        documents.keep_with_person,
        documents.ask_needs_again,
    ),
    CapacityApproved: (calendars.settle_person,),
    NomineeReplaced: (planning.replace_person, calendars.settle_replaced),
    RegistrationApproved: (attendance.send_code,),
    RegistrationChanged: (calendars.settle_details, documents.keep_with_person),
    RulesChanged: (registration.ask_rules_again,),
    AddressChanged: (dialogues.change_addresses, invitations.end_links_to_old_address),
    RoleOffered: (calendars.settle_holder,),
    RoleDeclined: (calendars.settle_holder,),
    RoleAccepted: (calendars.settle_holder,),
    RoleEnded: (calendars.settle_holder, documents.purge_former_interpreter),
}


#: Handlers that process all events of one type together.
BATCH_HANDLERS: dict[Handler, Handler] = {
    attendance.send_code: attendance.send_codes,
    attendance.end_code: attendance.end_codes_of,
    calendars.settle_person: calendars.settle_people,
    calendars.settle_restricted_person: calendars.settle_restricted,
    documents.ask_needs_again: documents.ask_people_again,
    documents.keep_with_person: documents.keep_with_people,
    documents.purge_person: documents.purge_people,
}


def handle_events(events: Sequence[DomainEvent], _viewer: Viewer) -> None:
    """Run the handlers of these events, by event type and in the order of the table."""
    for kind in dict.fromkeys(type(event) for event in events):
        same_kind = [event for event in events if type(event) is kind]
        for handler in HANDLERS.get(kind, ()):
            if handler in BATCH_HANDLERS:
                BATCH_HANDLERS[handler](same_kind)
                continue
            for event in same_kind:
                handler(event)

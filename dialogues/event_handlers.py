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
from dialogues.people.registration.rules import PresenceChanged, VisibilityChanged
from dialogues.people.roster.rules import ParticipationRestored, RegistrationApproved

#: Receives all events of one type that a command recorded together.
Handler = Callable[[Any], None]


HANDLERS: dict[type[DomainEvent], tuple[Handler, ...]] = {
    MeetingCopied: (planning.copy_drafts, questionnaire.copy_questions),
    DialogueChanged: (calendars.update_dialogues,),
    MeetingChanged: (participants.fill_new_seats, calendars.update_meetings),
    MeetingMoved: (
        planning.move_drafts,
        calendars.move_meetings,
        attendance.extend_codes,
        documents.keep_with_meetings,
        questionnaire.move_questions,
    ),
    MeetingCancelled: (calendars.cancel_meetings, attendance.end_codes_of_meetings, documents.purge_cancelled),
    MeetingClosed: (invitations.end_links, attendance.seal_records, attendance.end_codes_of_meetings),
    PartyChanged: (documents.refuse_impossible_capacities,),
    AgendaReleased: (calendars.follow_releases,),
    PersonInvited: (calendars.update_restricted,),
    PersonNominated: (calendars.update_restricted,),
    NominationChanged: (calendars.update_restricted, calendars.move_with_corrections),
    InvitationCorrected: (calendars.update_restricted, calendars.move_with_corrections),
    ParticipationConfirmed: (calendars.update_people, documents.ask_needs_again),
    ParticipationDeclined: (calendars.update_people, attendance.end_codes, documents.purge_people),
    ParticipationWithdrawn: (calendars.update_people, attendance.end_codes, documents.purge_people),
    ParticipationRestored: (
        calendars.update_people,
        attendance.send_codes,
        documents.keep_with_people,
        documents.ask_needs_again,
    ),
    CapacityApproved: (calendars.update_people,),
    NomineeReplaced: (planning.replace_people, calendars.update_replaced),
    RegistrationApproved: (attendance.send_codes,),
    PresenceChanged: (documents.keep_with_people,),
    VisibilityChanged: (calendars.update_profiles,),
    RulesChanged: (registration.ask_rules_again,),
    AddressChanged: (
        dialogues.change_addresses,
        invitations.end_links_to_old_addresses,
        calendars.move_with_accounts,
    ),
    RoleOffered: (calendars.update_role_holders,),
    RoleDeclined: (calendars.update_role_holders,),
    RoleAccepted: (calendars.update_role_holders,),
    RoleEnded: (calendars.update_role_holders, documents.purge_former_interpreters),
}


def handle_events(events: Sequence[DomainEvent], _viewer: Viewer) -> None:
    """Run the handlers of these events, by event type and in the order of the table."""
    for kind in dict.fromkeys(type(event) for event in events):
        same_kind = [event for event in events if type(event) is kind]
        for handler in HANDLERS.get(kind, ()):
            handler(same_kind)

"""What follows from what: one table, read top to bottom; each follow-up joins the transaction of its cause."""

from collections.abc import Callable, Sequence
from typing import Any

from dialogues.accounts.rules import AddressChanged
from dialogues.agenda import follow_ups as agenda
from dialogues.agenda.rules import AgendaReleased
from dialogues.attendance import follow_ups as attendance
from dialogues.common.happening import Happening
from dialogues.common.viewer import Viewer
from dialogues.invites import follow_ups as invites
from dialogues.meetings import follow_ups as meetings
from dialogues.meetings.rules import (
    DialogueChanged,
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingCopied,
    MeetingMoved,
    PartyChanged,
    RoleAccepted,
    RoleDeclined,
    RoleEnded,
    RoleOffered,
    RulesChanged,
)
from dialogues.participants import follow_ups as participants
from dialogues.participants.rules import (
    CapacityApproved,
    InvitationCorrected,
    NominationChanged,
    NomineeReplaced,
    ParticipationConfirmed,
    ParticipationDeclined,
    ParticipationRestored,
    ParticipationWithdrawn,
    PersonInvited,
    PersonNominated,
    RegistrationApproved,
    RegistrationChanged,
)

FollowUp = Callable[[Any], None]

CONSEQUENCES: dict[type[Happening], tuple[FollowUp, ...]] = {
    MeetingCopied: (agenda.copy_draft, participants.copy_questions),
    DialogueChanged: (invites.renew_all,),
    MeetingChanged: (participants.seat_those_who_wait, invites.renew_entries),
    MeetingMoved: (
        agenda.move_draft,
        invites.move_meeting,
        attendance.keep_codes,
        participants.keep_with_meeting,
        participants.move_questions,
    ),
    MeetingCancelled: (invites.cancel_meeting, attendance.end_codes, participants.purge_cancelled),
    MeetingClosed: (participants.end_links, attendance.seal_record),
    PartyChanged: (participants.refuse_impossible_capacities,),
    AgendaReleased: (invites.follow_release,),
    PersonInvited: (invites.settle_restricted_person,),
    PersonNominated: (invites.settle_restricted_person,),
    NominationChanged: (invites.settle_restricted_person,),
    InvitationCorrected: (invites.settle_restricted_person,),
    ParticipationConfirmed: (invites.settle_person, participants.ask_needs_again),
    ParticipationDeclined: (invites.settle_person, attendance.end_code, participants.purge_person),
    ParticipationWithdrawn: (invites.settle_person, attendance.end_code, participants.purge_person),
    ParticipationRestored: (
        invites.settle_person,
        attendance.send_code,
        participants.keep_with_person,
        participants.ask_needs_again,
    ),
    CapacityApproved: (invites.settle_person,),
    NomineeReplaced: (agenda.replace_person, invites.settle_replaced),
    RegistrationApproved: (attendance.send_code,),
    RegistrationChanged: (invites.settle_details, participants.keep_with_person),
    RulesChanged: (participants.ask_rules_again,),
    AddressChanged: (meetings.change_addresses, participants.end_links_to_old_address),
    RoleOffered: (invites.settle_holder,),
    RoleDeclined: (invites.settle_holder,),
    RoleAccepted: (invites.settle_holder,),
    RoleEnded: (invites.settle_holder, participants.purge_former_interpreter),
}


#: Follow-ups that know how to answer many happenings of one kind at once.
TOGETHER: dict[FollowUp, FollowUp] = {
    attendance.send_code: attendance.send_codes,
    attendance.end_code: attendance.end_codes_of,
    invites.settle_person: invites.settle_people,
    invites.settle_restricted_person: invites.settle_restricted,
    participants.ask_needs_again: participants.ask_people_again,
    participants.keep_with_person: participants.keep_with_people,
    participants.purge_person: participants.purge_people,
}


def follow(happenings: Sequence[Happening], _viewer: Viewer) -> None:
    """Run what follows from the happenings, in the order of the table."""
    for kind in dict.fromkeys(type(happening) for happening in happenings):
        alike = [happening for happening in happenings if type(happening) is kind]
        for follow_up in CONSEQUENCES.get(kind, ()):
            if follow_up in TOGETHER:
                TOGETHER[follow_up](alike)
                continue
            for happening in alike:
                follow_up(happening)

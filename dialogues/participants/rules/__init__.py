"""Decisions about taking part, on given facts."""

from dialogues.participants.rules import kinds, standing
from dialogues.participants.rules.details import Details, is_among, listed_under, refuse_absence
from dialogues.participants.rules.happenings import (
    ApprovalTakenBack,
    ParticipationConfirmed,
    ParticipationDeclined,
    ParticipationHappening,
    ParticipationRestored,
    ParticipationWithdrawn,
    PersonInvited,
    RegistrationApproved,
    RegistrationChanged,
    RegistrationLinkSent,
)
from dialogues.participants.rules.inviting import Invitee, capacity_called, party_called, refuse_twin
from dialogues.participants.rules.kinds import (
    AnswerAudience,
    Audience,
    BulkKind,
    ListChangeKind,
    QuestionKind,
    SealedKind,
    Shown,
    VisaStatus,
)
from dialogues.participants.rules.personal_link import LINK_IS_DEAD, LINK_LASTS, link_address, link_expires
from dialogues.participants.rules.standing import (
    ANSWERABLE,
    GONE,
    Answer,
    Gathering,
    ParticipationStatus,
    may_answer,
    refuse_closed,
)

#: The words of this feature, for templates.
WORDS = {**standing.WORDS, **kinds.WORDS}

__all__ = [
    "ANSWERABLE",
    "GONE",
    "LINK_IS_DEAD",
    "LINK_LASTS",
    "WORDS",
    "Answer",
    "AnswerAudience",
    "ApprovalTakenBack",
    "Audience",
    "BulkKind",
    "Details",
    "Gathering",
    "Invitee",
    "ListChangeKind",
    "ParticipationConfirmed",
    "ParticipationDeclined",
    "ParticipationHappening",
    "ParticipationRestored",
    "ParticipationStatus",
    "ParticipationWithdrawn",
    "PersonInvited",
    "QuestionKind",
    "RegistrationApproved",
    "RegistrationChanged",
    "RegistrationLinkSent",
    "SealedKind",
    "Shown",
    "VisaStatus",
    "capacity_called",
    "is_among",
    "link_address",
    "link_expires",
    "listed_under",
    "may_answer",
    "party_called",
    "refuse_absence",
    "refuse_closed",
    "refuse_twin",
]

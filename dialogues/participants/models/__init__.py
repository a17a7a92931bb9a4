"""Who takes part in what, what they wrote, what is sealed of them, and what the office did."""

from dialogues.participants.models.office import BulkAction, Message
from dialogues.participants.models.registration import Answer, ChangeRequest, Question
from dialogues.participants.models.sealed import DestructionCertificate, Look, SealedField
from dialogues.participants.models.taking_part import Availability, ListChange, Participation

__all__ = [
    "Answer",
    "Availability",
    "BulkAction",
    "ChangeRequest",
    "DestructionCertificate",
    "ListChange",
    "Look",
    "Message",
    "Participation",
    "Question",
    "SealedField",
]

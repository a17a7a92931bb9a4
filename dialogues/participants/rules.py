"""Decisions about taking part, on given facts."""

from enum import Enum


class Capacity(Enum):
    """In which capacity a person takes part."""

    PARTICIPANT = "participant"
    OBSERVER = "observer"
    SPECIAL_OBSERVER = "special_observer"
    RESOURCE_PERSON = "resource_person"


class ParticipationStatus(Enum):
    """Where an invitation stands."""

    NOMINATED = "nominated"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def is_live(self) -> bool:
        """Whether the person counts as coming, or may still come."""
        return self in {ParticipationStatus.NOMINATED, ParticipationStatus.INVITED, ParticipationStatus.CONFIRMED}

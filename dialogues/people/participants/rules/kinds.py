"""Enums of participations, visibility, sealed fields and questions, with their labels."""

from enum import Enum

from dialogues.lib.refusal import N_


class ListChangeKind(Enum):
    """How a list changed after the exchange."""

    JOINED = "joined"
    LEFT = "left"
    REPLACED = "replaced"


class Audience(Enum):
    """The groups of list readers for which a person can choose their visibility."""

    TABLE = "table"
    OBSERVERS = "observers"
    INTERPRETERS = "interpreters"


class Shown(Enum):
    """How much of a person one audience sees. The table always sees at least the name."""

    FULL = "full"
    NAME = "name"
    NOTHING = "nothing"


class VisaStatus(Enum):
    """Progress of a visa. Coordinators and focal points see only this status."""

    UNKNOWN = "unknown"
    NOT_NEEDED = "not_needed"
    NEEDED = "needed"
    APPLIED = "applied"
    GRANTED = "granted"
    REFUSED = "refused"


class SealedKind(Enum):
    """Kinds of encrypted personal data; visible to few roles and deleted 30 days after departure."""

    PASSPORT = "passport"
    VISA = "visa"
    FLIGHTS = "flights"
    DIET = "diet"
    ACCESS = "access"
    MEDICAL = "medical"


class QuestionKind(Enum):
    """Type of answer to a custom question."""

    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    FILE = "file"


class AnswerAudience(Enum):
    """Who reads the answers to a question, in addition to the person who answered."""

    OFFICE = "office"
    OFFICE_AND_FOCAL_POINT = "office_and_focal_point"
    LIAISON_DESK = "liaison_desk"


class BulkKind(Enum):
    """Bulk actions of coordinators."""

    APPROVE = "approve"
    REMIND = "remind"
    TAKE_BACK = "take_back"


WORDS: dict[Enum, str] = {
    ListChangeKind.JOINED: N_("joined"),
    ListChangeKind.LEFT: N_("comes no more"),
    ListChangeKind.REPLACED: N_("replaced"),
    Audience.TABLE: N_("everyone at the table"),
    Audience.OBSERVERS: N_("observers"),
    Audience.INTERPRETERS: N_("interpreters"),
    Shown.FULL: N_("name, native script and affiliation"),
    Shown.NAME: N_("name only"),
    Shown.NOTHING: N_("nothing: not on their list"),
    VisaStatus.UNKNOWN: N_("not known"),
    VisaStatus.NOT_NEEDED: N_("not needed"),
    VisaStatus.NEEDED: N_("needed"),
    VisaStatus.APPLIED: N_("applied for"),
    VisaStatus.GRANTED: N_("granted"),
    VisaStatus.REFUSED: N_("refused"),
    SealedKind.PASSPORT: N_("passport"),
    SealedKind.VISA: N_("visa"),
    SealedKind.FLIGHTS: N_("flights"),
    SealedKind.DIET: N_("diet"),
    SealedKind.ACCESS: N_("access needs"),
    SealedKind.MEDICAL: N_("medical"),
    QuestionKind.TEXT: N_("text"),
    QuestionKind.CHOICE: N_("one of several"),
    QuestionKind.DATE: N_("a date"),
    QuestionKind.FILE: N_("a file"),
    AnswerAudience.OFFICE: N_("the office"),
    AnswerAudience.OFFICE_AND_FOCAL_POINT: N_("the office and the party's focal point"),
    AnswerAudience.LIAISON_DESK: N_("the office and the travel desk"),
    BulkKind.APPROVE: N_("approved"),
    BulkKind.REMIND: N_("reminded"),
    BulkKind.TAKE_BACK: N_("withdrawn"),
}

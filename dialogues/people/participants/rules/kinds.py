"""Enums of participations, visibility, sealed fields and questions, with their labels."""

from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_


class ListChangeKind(Labelled):
    JOINED = "joined", N_("joined")
    LEFT = "left", N_("comes no more")
    REPLACED = "replaced", N_("replaced")


class Audience(Labelled):
    """The groups of list readers for which a person can choose their visibility."""

    TABLE = "table", N_("everyone at the table")
    OBSERVERS = "observers", N_("observers")
    INTERPRETERS = "interpreters", N_("interpreters")


class Shown(Labelled):
    """How much of a person one audience sees. The table always sees at least the name."""

    FULL = "full", N_("name, native script and affiliation")
    NAME = "name", N_("name only")
    NOTHING = "nothing", N_("nothing: not on their list")


class VisaStatus(Labelled):
    """Progress of a visa. Coordinators and focal points see only this status."""

    UNKNOWN = "unknown", N_("not known")
    NOT_NEEDED = "not_needed", N_("not needed")
    NEEDED = "needed", N_("needed")
    APPLIED = "applied", N_("applied for")
    GRANTED = "granted", N_("granted")
    REFUSED = "refused", N_("refused")


class SealedKind(Labelled):
    """Kinds of encrypted personal data; visible to few roles and deleted 30 days after departure."""

    PASSPORT = "passport", N_("passport")
    VISA = "visa", N_("visa")
    FLIGHTS = "flights", N_("flights")
    DIET = "diet", N_("diet")
    ACCESS = "access", N_("access needs")
    MEDICAL = "medical", N_("medical")


class QuestionKind(Labelled):
    TEXT = "text", N_("text")
    CHOICE = "choice", N_("one of several")
    DATE = "date", N_("a date")
    FILE = "file", N_("a file")


class AnswerAudience(Labelled):
    """Who reads the answers to a question, in addition to the person who answered."""

    OFFICE = "office", N_("the office")
    OFFICE_AND_FOCAL_POINT = "office_and_focal_point", N_("the office and the party's focal point")
    LIAISON_DESK = "liaison_desk", N_("the office and the travel desk")


class BulkKind(Labelled):
    APPROVE = "approve", N_("approved")
    REMIND = "remind", N_("reminded")
    TAKE_BACK = "take_back", N_("withdrawn")

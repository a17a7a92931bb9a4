"""The words of the agenda: kinds of session, who is admitted, who does what, and the Rule as it is cited."""

from enum import Enum

from dialogues.common.refusal import N_


class SessionKind(Enum):
    """What kind of slot a session is."""

    PLENARY = "plenary"
    BREAKOUT = "breakout"
    STEERING = "steering"
    BILATERAL = "bilateral"
    EXERCISE = "exercise"
    SOCIAL = "social"
    BREAK = "break"


class Admits(Enum):
    """Who is admitted to a session; observers' rights belong to the session, not to the meeting."""

    PARTICIPANTS = "participants"
    OBSERVERS_TOO = "observers_too"
    INVITED = "invited"


class Part(Enum):
    """What a person does in a session."""

    CHAIR = "chair"
    LEAD = "lead"
    RAPPORTEUR = "rapporteur"
    INTERPRETER = "interpreter"
    INVITED = "invited"


class ChangeKind(Enum):
    """What a release does to a session."""

    NEW = "new"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class Fact(Enum):
    """What can change about a session."""

    TIME = "time"
    ROOM = "room"
    TITLE = "title"
    CODE = "code"
    KIND = "kind"
    RULE = "rule"
    ADMITS = "admits"
    LANGUAGES = "languages"
    PEOPLE = "people"


WORDS: dict[Enum, str] = {
    SessionKind.PLENARY: N_("Plenary"),
    SessionKind.BREAKOUT: N_("Breakout"),
    SessionKind.STEERING: N_("Steering"),
    SessionKind.BILATERAL: N_("Bilateral"),
    SessionKind.EXERCISE: N_("Exercise"),
    SessionKind.SOCIAL: N_("Social"),
    SessionKind.BREAK: N_("Break"),
    Admits.PARTICIPANTS: N_("Participants"),
    Admits.OBSERVERS_TOO: N_("Participants and observers"),
    Admits.INVITED: N_("Only those who are named"),
    Part.CHAIR: N_("chair"),
    Part.LEAD: N_("lead"),
    Part.RAPPORTEUR: N_("rapporteur"),
    Part.INTERPRETER: N_("interpreter"),
    Part.INVITED: N_("invited"),
    ChangeKind.NEW: N_("new"),
    ChangeKind.MOVED: N_("moved"),
    ChangeKind.CHANGED: N_("changed"),
    ChangeKind.CANCELLED: N_("cancelled"),
    Fact.TIME: N_("Time"),
    Fact.ROOM: N_("Room"),
    Fact.TITLE: N_("Title"),
    Fact.CODE: N_("Number"),
    Fact.KIND: N_("Kind"),
    Fact.RULE: N_("Rule"),
    Fact.ADMITS: N_("Admitted"),
    Fact.LANGUAGES: N_("Languages"),
    Fact.PEOPLE: N_("People"),
}

#: Only the English wording is definitive, so this text is shown as it stands in every language.
CHATHAM_HOUSE_RULE = (
    "When a meeting, or part thereof, is held under the Chatham House Rule, participants are free to use the "
    "information received, but neither the identity nor the affiliation of the speaker(s), nor that of any other "
    "participant, may be revealed."
)

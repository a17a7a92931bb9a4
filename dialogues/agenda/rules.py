"""Decisions about sessions, on given facts: who is admitted, what clashes, what a release changes."""

from enum import Enum


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

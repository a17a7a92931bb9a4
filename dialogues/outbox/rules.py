"""Decisions about letters owed, on given facts."""

from enum import Enum


class LetterState(Enum):
    """Where a letter stands; `set_aside` waits for a coordinator, `superseded` will never be sent."""

    OWED = "owed"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    SET_ASIDE = "set_aside"


class LetterKind(Enum):
    """What a letter is about; the feature that owes it composes it."""

    SIGN_IN_LINK = "sign_in_link"
    STAFF_INVITATION = "staff_invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a kind of letter, no password
    ROLE_OFFERED = "role_offered"
    INVITATION = "invitation"
    CALENDAR_REQUEST = "calendar_request"
    CALENDAR_CANCEL = "calendar_cancel"
    AGENDA_CHANGED = "agenda_changed"
    MEETING_CHANGED = "meeting_changed"

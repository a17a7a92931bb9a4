"""Decisions about accounts, sign-ins and secret links, on given facts."""

from enum import Enum


class InstallationRole(Enum):
    """What an account is to the installation; as such it reads nothing in any dialogue."""

    HOST = "host"
    OPENER = "opener"


class FactorKind(Enum):
    """A second proof of identity."""

    TOTP = "totp"


class LinkPurpose(Enum):
    """What a secret link is for; a link of one purpose is nothing to another."""

    SIGN_IN = "sign_in"
    STAFF_INVITATION = "staff_invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a purpose, no password
    REGISTRATION = "registration"
    FEED = "feed"
    ANSWER = "answer"

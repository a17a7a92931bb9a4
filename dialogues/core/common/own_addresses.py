"""The installation's own email and web addresses, from its settings."""

from dialogues.core.common.state import state


def own_address() -> str:
    return state().settings.mail_sender


def own_domain() -> str:
    return own_address().rpartition("@")[2]


def own_base_url() -> str:
    return state().settings.base_url.rstrip("/")

"""The installation's own email and web addresses, from its settings."""

from dialogues.core.common.state import state


def own_address() -> str:
    """The sender of emails that name no other sender."""
    settings = state().settings
    return settings.mail_sender


def own_domain() -> str:
    """The domain of the installation's Message-IDs."""
    return own_address().rpartition("@")[2]


def own_base_url() -> str:
    """The base of every link in emails, without a slash at the end."""
    settings = state().settings
    return settings.base_url.rstrip("/")

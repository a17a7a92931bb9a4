"""What the outbox is handed from above: who composes which letter, and how a person is called."""

from dialogues.core.common.state import state


def own_address() -> str:
    """The installation's own address, from which letters come that name no sender."""
    settings = state().settings
    return settings.mail_sender


def own_domain() -> str:
    """The domain in which letters are numbered."""
    return own_address().rpartition("@")[2]


def own_base_url() -> str:
    """Where this installation is reached; letters make links of such addresses and of no others."""
    settings = state().settings
    return settings.base_url.rstrip("/")

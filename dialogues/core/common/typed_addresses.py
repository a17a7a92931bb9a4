"""Email addresses that people type."""

from dialogues.core.common.state import state
from dialogues.lib.mail.addresses import is_reserved, typed_address
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.text import one_line


def mail_address(text: str, *, field: str | None = None) -> str:
    """The address as typed, without invisible characters. `same_address` compares; writers of emails convert it.

    :raises Refusal: not a single plain address, or outside the demo one of a reserved domain such as `.invalid`.
    """
    typed = one_line(text)
    try:
        address = typed_address(typed)
    except ValueError:
        address = ""
    if not address or (is_reserved(address) and not state().settings.demo):
        raise Refusal(
            N_("“%(address)s” is not an e-mail address: write one like name@example.org."),
            field=field,
            address=typed[:80],
        )
    return address

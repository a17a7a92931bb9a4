"""Email addresses that people type."""

import unicodedata

from dialogues.core.common.state import state
from dialogues.lib.mail.addresses import is_reserved, plain_address
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.text import one_line


def mail_address(text: str, *, field: str | None = None) -> str:
    """:raises Refusal: not a single plain address, or outside the demo one of a reserved domain such as `.invalid`."""
    typed = one_line(text)
    try:
        address = plain_address(unicodedata.normalize("NFKC", typed), public=True)
    except ValueError:
        address = ""
    if not address or (is_reserved(address) and not state().settings.demo):
        raise Refusal(
            N_("“%(address)s” is not an e-mail address: write one like name@example.org."),
            field=field,
            address=typed[:80],
        )
    return address

"""Email addresses that people type."""

import pytest

from dialogues.core.common.typed_addresses import mail_address
from dialogues.lib.refusal import Refusal

RESERVED = ["jo@desk.invalid", "jo@b.example", "jo@a.test", "jo@printer.local", "jo@ä.INVALID"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("jo@example.org", "jo@example.org"),
        ("  Jo.O'Neil+x@Example.ORG ", "Jo.O'Neil+x@example.org"),
        ("\uff4a\uff4f\uff20\uff45xample.org", "jo@example.org"),
        ("jo@exämple.mn", "jo@xn--exmple-cua.mn"),
        ("jo\u200b@example.org", "jo@example.org"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_an_address_is_kept_as_mail_servers_know_it(typed: str, address: str) -> None:
    assert mail_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        *("", "jo", "jo@", "@example.org", "jo@example", "jo@example..org", "j..o@example.org", "jo@-b.org"),
        *("Jo <jo@example.org>", "a@b.org, c@d.org", '"jo o"@example.org', "jö@example.org", "jo@[127.0.0.1]"),
        *("jo@127.0.0.1", "mailto:jo@example.org", "a" * 65 + "@example.org", "jo@" + "b." * 130 + "org"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_anything_else_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(Refusal, match="is not an e-mail address") as refused:
        mail_address(typed, field="email")
    assert refused.value.field == "email"


@pytest.mark.parametrize("typed", RESERVED)
@pytest.mark.usefixtures("desk")
def test_a_reserved_domain_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="is not an e-mail address"):
        mail_address(typed)


@pytest.mark.parametrize("typed", RESERVED)
@pytest.mark.usefixtures("demo")
def test_the_demo_accepts_reserved_domains(typed: str) -> None:
    assert mail_address(typed).startswith("jo@")

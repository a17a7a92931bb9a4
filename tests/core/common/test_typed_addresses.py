"""Email addresses that people type."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dialogues.core.common.typed_addresses import mail_address
from dialogues.lib.ical.content_lines import Address
from dialogues.lib.mail.addresses import plain_address, same_address, typed_address
from dialogues.lib.mail.messages import FaultyEmail
from dialogues.lib.refusal import Refusal
from tests.lib.mail.test_headers import written

RESERVED = ["jo@desk.invalid", "jo@b.example", "jo@a.test", "jo@printer.local", "jo@ä.INVALID"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("jo@example.org", "jo@example.org"),
        ("  Jo.O'Neil+x@Example.ORG ", "Jo.O'Neil+x@example.org"),
        ("\uff4a\uff4f\uff20\uff45xample.org", "jo@example.org"),
        ("Jo@Straße.DE", "Jo@straße.de"),
        ("jo@exämple.mn", "jo@exämple.mn"),
        ("jo@XN--exmple-cua.mn", "jo@xn--exmple-cua.mn"),
        ("jo@βόλος.gr", "jo@βόλος.gr"),
        ("jo\u200b@example.org", "jo@example.org"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_an_address_is_kept_as_typed(typed: str, address: str) -> None:
    assert mail_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        *("", "jo", "jo@", "@example.org", "jo@example", "jo@example..org", "j..o@example.org", "jo@-b.org"),
        *("Jo <jo@example.org>", "a@b.org, c@d.org", '"jo o"@example.org', "jö@example.org", "jo@[127.0.0.1]"),
        *("xy.z.@example.org", ".jo@example.org", "jo.@例え.jp", "jo@example.org.", "jo@ex_ample.org", "jo@xn--zz.org"),
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


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("info@straße.example", "info@xn--strae-oqa.example"),
        ("info@faß.de", "info@xn--fa-hia.de"),
        ("info@βόλος.gr", "info@xn--nxasmm1c.gr"),
        ("info@例え。jp", "info@xn--r8jz45g.jp"),
        ("info@STRAẞE.example", "info@xn--strae-oqa.example"),
    ],
)
def test_an_address_is_mailed_by_the_rules_of_2008(typed: str, mailed: str) -> None:
    assert plain_address(typed_address(typed)) == mailed
    assert same_address(typed) == same_address(mailed) == mailed


def test_addresses_of_different_domains_are_not_the_same() -> None:
    assert same_address("info@straße.example") != same_address("info@strasse.example")


local_parts = some.text(
    string.ascii_letters + string.digits + ".!#$%&'*+-/=?^_`{|}~ \"(),:;<>@[]\\é", min_size=1, max_size=66
)
domains = some.sampled_from(["example.org", "faß.de", "a" * 63 + "." + "b" * 63 + "." + "c" * 50 + ".org", "例え.jp"])


@given(local_parts, domains)
def test_every_writer_can_write_what_the_form_takes(local: str, domain: str) -> None:
    try:
        address = typed_address(f"{local}@{domain}")
    except ValueError:
        with pytest.raises(FaultyEmail):
            written("Hello", recipient=f"{local}@{domain}")
    else:
        assert plain_address(address).encode() in written("Hello", recipient=address).replace(b"\r\n ", b" ")
        assert Address(address).uri.isascii()

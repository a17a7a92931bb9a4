"""Checks of email addresses, by syntax only."""

import email_validator

#: Domains that nobody on the internet can have.
RESERVED_DOMAINS = (*email_validator.SPECIAL_USE_DOMAIN_NAMES, "example")
# Callers ask `is_reserved`, because the library would refuse these domains in the demo too.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def plain_address(text: str, *, public: bool = False) -> str:
    """The single plain address, its domain in lower case and in IDNA.

    :param public: also require a top-level domain, which hosts of a local network lack.
    :raises ValueError: it is something else: a display name, two addresses, a control character, no domain.
    """
    try:
        checked = email_validator.validate_email(
            text, check_deliverability=False, allow_smtputf8=False, globally_deliverable=public, strict=True
        )
    except email_validator.EmailNotValidError:
        raise ValueError("This is not one plain address such as desk@example.org") from None
    return str(checked.ascii_email)


def is_reserved(address: str) -> bool:
    """Whether the domain is reserved, for example for tests."""
    return f".{address.rpartition('@')[2]}".endswith(tuple(f".{domain}" for domain in RESERVED_DOMAINS))

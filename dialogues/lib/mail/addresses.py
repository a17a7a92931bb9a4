"""Checks of email addresses, by syntax only."""

import unicodedata

import email_validator

#: Domains that nobody on the internet can have.
RESERVED_DOMAINS = (*email_validator.SPECIAL_USE_DOMAIN_NAMES, "example")
# Callers ask `is_reserved`, because the library would refuse these domains in the demo too.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def plain_address(text: str, *, public: bool = False) -> str:
    """The single plain address as mail servers know it: its domain in lower case and in IDNA 2008.

    :param public: also require a top-level domain, which hosts of a local network lack.
    :raises ValueError: it is something else: a display name, two addresses, a control character, no domain.
    """
    return str(_checked(text, public=public).ascii_email)


def typed_address(text: str) -> str:
    """The address for pages and storage: as typed, with its domain in lower case.

    :raises ValueError: it is not one plain address with a public domain.
    """
    checked = _checked(unicodedata.normalize("NFKC", text), public=True)
    domain = checked.ascii_domain if text.isascii() else checked.domain
    return f"{checked.local_part}@{domain}"


def same_address(address: str) -> str:
    """The normal form for comparing addresses: all spellings of a mailbox have the same; other text only loses case."""
    normal = unicodedata.normalize("NFKC", address).strip()
    try:
        return plain_address(normal).casefold()
    except ValueError:
        return normal.casefold()


def _checked(text: str, *, public: bool) -> email_validator.ValidatedEmail:
    try:
        return email_validator.validate_email(
            text, check_deliverability=False, allow_smtputf8=False, globally_deliverable=public, strict=True
        )
    except email_validator.EmailNotValidError:
        raise ValueError("This is not one plain address such as desk@example.org") from None


def is_reserved(address: str) -> bool:
    """Whether the domain is reserved, for example for tests."""
    return f".{address.rpartition('@')[2]}".endswith(tuple(f".{domain}" for domain in RESERVED_DOMAINS))

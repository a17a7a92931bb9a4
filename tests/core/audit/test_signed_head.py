"""The signed head of the audit chain, for storage outside the host."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dialogues.core.audit.rules import Head, HeadUnreadable, SignedHead, public_key_of

SEED = bytes(range(32))
HEAD = Head(3, "ab" * 32, datetime(2027, 5, 26, 12, tzinfo=UTC))


def test_a_printed_head_can_be_read_back() -> None:
    signed = SignedHead.sign(HEAD, SEED)
    read = SignedHead.read(signed.printed(public_key_of(SEED)))
    assert read == signed
    assert read.is_signed_by(public_key_of(SEED))


@pytest.mark.parametrize("change", [{"size": 2}, {"root": "cd" * 32}, {"at": HEAD.at.replace(hour=13)}])
def test_the_signature_covers_every_field(change: dict[str, object]) -> None:
    signed = SignedHead.sign(HEAD, SEED)
    assert not replace(signed, head=replace(HEAD, **change)).is_signed_by(public_key_of(SEED))


def test_a_signature_of_another_installation_is_refused() -> None:
    assert not SignedHead.sign(HEAD, bytes(32)).is_signed_by(public_key_of(SEED))


def test_the_printed_line_contains_no_secret() -> None:
    printed = SignedHead.sign(HEAD, SEED).printed(public_key_of(SEED))
    assert SEED.hex() not in printed
    assert set(json.loads(printed)) == {"size", "root", "at", "public_key", "signature"}


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"size": "x"}', '{"size": 1, "root": "", "at": 5}', "1e999"])
def test_a_text_that_is_not_a_head_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(HeadUnreadable, match="flask audit head"):
        SignedHead.read(text)

"""Subjects and senders' names keep every space, for both parsers of the standard library."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dialogues.lib.mail.messages import email_bytes
from dialogues.lib.mail.parts import Composed
from dialogues.lib.text import one_line

SUBJECTS = [
    "meeting, 일정 改期 öffnen Хурлын 안내",
    "room öffnen 改期 meeting, 회의 안내 안내",
    "Room change: Хурлын танхим 3 → Хурлын танхим 5 from 14:00 to 15:00, please come ten minutes early 🕐🕑 thank you",
    "Öppna 会議 and ประชุม 3 → 4",
    "=?utf-8?q?not_encoded?= 한국어",
    "Two  spaces  between 회의  안내 and ᠮᠣᠩᠭᠣᠯ  ᠪᠢᠴᠢᠭ",
    "word " * 40 + "end",
]
typed_lines = some.text(some.sampled_from('a Z9=?_"<>,;()\\é한改Х→🕐\u200d\u0301 '), min_size=1, max_size=120).map(
    one_line
)


def written(subject: str, sender_name: str = "Desk", recipient: str = "bold@example.mn") -> bytes:
    return email_bytes(
        UUID(int=1),
        "<1@example.org>",
        Composed(recipient=recipient, subject=subject, text="Good day", sender_name=sender_name),
        own_address="desk@example.org",
        base_url="http://localhost",
        at=datetime(2027, 1, 10, tzinfo=UTC),
    )


def read_by_older_parser(content: bytes, header: str) -> str:
    unfolded = "".join(message_from_bytes(content)[header].splitlines())
    return str(make_header(decode_header(unfolded)))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_keeps_every_space(subject: str) -> None:
    content = written(subject)
    assert message_from_bytes(content, policy=policy.default)["Subject"] == subject
    assert read_by_older_parser(content, "Subject") == subject


@given(typed_lines)
def test_both_parsers_read_every_typed_subject_as_written(subject: str) -> None:
    content = written(subject)
    assert message_from_bytes(content, policy=policy.default)["Subject"] == subject
    assert read_by_older_parser(content, "Subject") == subject


@given(typed_lines)
def test_a_typed_senders_name_is_read_as_written(name: str) -> None:
    read, address = parseaddr(message_from_bytes(written("Hello", name))["From"])
    assert (str(make_header(decode_header(read))), address) == (name, "desk@example.org")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_lines_of_headers_are_short_and_ascii(subject: str) -> None:
    head = written(subject, subject).partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 78

"""Codes of the authenticator app."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from dialogues.lib.auth import codes

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


@pytest.mark.parametrize("away", [-1, 0, 1])
def test_a_code_is_valid_one_step_before_and_after(away: int) -> None:
    code = pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=30 * away))
    assert codes.matching_step(SECRET, code, NOW) == STEP + away


@pytest.mark.parametrize("away", [-2, 2])
def test_a_code_expires_after_one_step(away: int) -> None:
    code = pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=30 * away))
    assert codes.matching_step(SECRET, code, NOW) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "१२३४५६"])
def test_text_that_is_not_a_code_is_wrong(typed: str) -> None:
    assert codes.matching_step(SECRET, typed, NOW) is None


def test_a_space_in_the_middle_does_not_matter() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    assert codes.matching_step(SECRET, f"{code[:3]} {code[3:]}", NOW) == STEP


def test_the_qr_code_is_svg_without_styles_and_without_the_secret_as_text() -> None:
    picture = codes.picture(SECRET, "desk@example.org")
    assert picture.startswith("<svg")
    assert "style" not in picture
    assert SECRET not in picture


def test_every_shared_secret_has_160_bits() -> None:
    first, second = codes.new_shared_secret(), codes.new_shared_secret()
    assert len(first) == 32
    assert first != second

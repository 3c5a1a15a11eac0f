"""One-time codes as the standard's own examples say, each used once; who needs them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.presenters import setup_view
from app.accounts.rules import (
    Role,
    lacks_second_factor,
    matching_step,
    password_refusal,
    proof_is_fresh,
    removal_bar,
    step_at,
    totp,
)
from app.db.secret_box import SecretBox

SECRET = b"12345678901234567890"
NOW = datetime(2027, 2, 15, 9, tzinfo=UTC)


class TestTotp:
    @pytest.mark.parametrize(
        ("seconds", "code"),
        [
            (59, "287082"),
            (1111111109, "081804"),
            (1111111111, "050471"),
            (1234567890, "005924"),
            (2000000000, "279037"),
            (20000000000, "353130"),
        ],
    )
    def test_gives_the_codes_of_rfc_6238(self, seconds: int, code: str) -> None:
        assert totp(SECRET, seconds // 30) == code


class TestMatchingStep:
    @pytest.mark.parametrize(
        ("off", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
    )
    def test_allows_for_half_a_minute_of_wrong_clock(self, off: int, fits: bool) -> None:
        step = step_at(NOW) + off
        found = matching_step(SECRET, totp(SECRET, step), now=NOW)
        assert found == (step if fits else None)

    def test_never_goes_back(self) -> None:
        step = step_at(NOW)
        code = totp(SECRET, step)
        assert matching_step(SECRET, code, now=NOW, last_step=step) is None
        assert matching_step(SECRET, totp(SECRET, step - 1), now=NOW, last_step=step) is None
        assert matching_step(SECRET, code, now=NOW, last_step=step - 1) == step

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "\x00", "-" * 9999])
    def test_bears_any_text(self, code: str) -> None:
        assert matching_step(SECRET, code, now=NOW) is None


class TestWhoNeedsOne:
    @pytest.mark.parametrize(
        ("role", "required", "has", "short", "lacks"),
        [
            (Role.FINANCE, True, False, False, True),
            (Role.ADMIN, True, False, False, True),
            (Role.ADMIN, True, True, False, False),
            (Role.FINANCE, False, False, False, False),
            (Role.CX_LEAD, True, False, False, False),
            (Role.CX_LEAD, False, False, True, True),
            (Role.CX_LEAD, False, True, True, False),
        ],
    )
    def test_follows_from_roles_setting_and_password(
        self, role: Role, required: bool, has: bool, short: bool, lacks: bool
    ) -> None:
        roles = frozenset({role})
        found = lacks_second_factor(
            roles, has_factor=has, has_short_password=short, is_required=required
        )
        assert found is lacks
        bar = removal_bar(roles, has_short_password=short, is_required=required)
        without = lacks_second_factor(
            roles, has_factor=False, has_short_password=short, is_required=required
        )
        assert (bar is not None) is without


class TestProofIsFresh:
    def test_for_ten_minutes(self) -> None:
        ages = [-6, -5, 0, 600, 601]
        fresh = [proof_is_fresh(NOW - timedelta(seconds=age), NOW) for age in ages]
        assert fresh == [False, True, True, True, False]


class TestShorterPasswords:
    @pytest.mark.parametrize("password", ["kettle-7", "plum oak fir"])
    def test_do_beside_a_second_factor_only(self, password: str) -> None:
        named = {"email": "nia.new@waymark.test", "name": "Nia New"}
        assert password_refusal(password, **named)
        assert password_refusal(password, **named, shortest=8) is None

    @pytest.mark.parametrize(
        "password", ["passw0rd", "sunshine1", "nianew12", "seven77", "a1a1a1a1"]
    )
    def test_are_still_not_easy_to_guess(self, password: str) -> None:
        assert password_refusal(password, email="nia.new@waymark.test", name="Nia New", shortest=8)


class TestSecretBox:
    def test_opens_what_an_earlier_key_has_sealed(self) -> None:
        old, new = "old key " * 5, "new key " * 5
        sealed = SecretBox([old]).seal(SECRET)
        assert SECRET not in sealed
        assert SecretBox([new, old]).open(sealed) == SECRET
        assert SecretBox([new]).open(sealed) is None
        assert SecretBox([new, old]).open(b"anything") is None


class TestSetupView:
    def test_says_what_apps_read(self) -> None:
        view = setup_view("ABCDEFGHIJKLMNOP", "nia+x@waymark.test")
        assert view.address == (
            "otpauth://totp/Waymark:nia%2Bx%40waymark.test?secret=ABCDEFGHIJKLMNOP&issuer=Waymark"
        )
        assert view.letters == "ABCD EFGH IJKL MNOP"
        assert view.picture.startswith("data:image/svg+xml")

"""Whose digest is due on which day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.accounts.rules.digests import DigestRhythm, is_digest_time, rhythms_on

MONDAY, FRIDAY, SATURDAY = date(2027, 3, 1), date(2027, 3, 5), date(2027, 3, 6)


class TestRhythms:
    def test_are_daily_on_working_days_and_weekly_on_mondays(self) -> None:
        assert rhythms_on(MONDAY) == {DigestRhythm.DAILY, DigestRhythm.WEEKLY}
        assert rhythms_on(FRIDAY) == {DigestRhythm.DAILY}
        assert rhythms_on(SATURDAY) == frozenset()

    def test_never_hold_who_wants_none(self) -> None:
        assert not any(DigestRhythm.OFF in rhythms_on(date(2027, 3, d)) for d in range(1, 29))


class TestTime:
    @pytest.mark.parametrize(
        ("day", "hour", "is_time"), [(1, 5, False), (1, 6, True), (6, 9, False)]
    )
    def test_begins_in_the_morning_of_a_working_day(
        self, day: int, hour: int, is_time: bool
    ) -> None:
        assert is_digest_time(datetime(2027, 3, day, hour, tzinfo=UTC)) is is_time

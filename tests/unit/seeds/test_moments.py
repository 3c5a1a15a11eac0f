"""The demo's story ends before the moment at which it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from seeds.steps.moments import FIRST_DAY_TOLD_FROM, Moments, last_day_told

ON = (2026, 11, 30)


class TestLastDayTold:
    @pytest.mark.parametrize(
        ("hour", "minute", "day"),
        [(0, 5, date(2026, 11, 29)), (7, 59, date(2026, 11, 29)), (8, 0, date(*ON)),
         (23, 59, date(*ON))],
    )  # fmt: skip
    def test_is_today_once_its_events_have_happened(
        self, hour: int, minute: int, day: date
    ) -> None:
        assert last_day_told(datetime(*ON, hour, minute, tzinfo=UTC)) == day

    def test_waits_longer_on_the_day_a_cycle_opens(self) -> None:
        early = datetime(2027, 1, 1, FIRST_DAY_TOLD_FROM - 1, 59, tzinfo=UTC)
        assert last_day_told(early) == date(2026, 12, 31)
        late = early.replace(hour=FIRST_DAY_TOLD_FROM, minute=0)
        assert Moments(last_day_told(late)).opening <= late

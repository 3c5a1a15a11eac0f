"""Which payments can be booked, and why not."""

from __future__ import annotations

from datetime import date

import pytest

from app.approvals.rules.actuals import Account, Actual, actual_faults
from app.values.quarter import Quarter

START, LAST = Quarter.parse("2026-Q2"), Quarter.parse("2026-Q4")
ACCOUNT = Account(
    commitment_id=1, key="CX-1", title="One", cycle="FY26", currency="EUR", is_active=True,
    owner_id=7, start=START, last=LAST, left_minor=100_00, funds={2: "Run cost"},
)  # fmt: skip


def faults(spent_on: date, quarter: Quarter = START) -> dict[str, str]:
    paid = Actual(1, 2, quarter, 10_00, spent_on, "R-1")
    return actual_faults(paid, ACCOUNT, today=date(2026, 11, 30))


class TestActualFaults:
    @pytest.mark.parametrize("day", [date(2025, 4, 1), date(2026, 3, 31), date(2026, 11, 30)])
    def test_takes_a_day_before_the_start_with_the_quarter_it_counts_in(self, day: date) -> None:
        assert faults(day) == {}

    @pytest.mark.parametrize("day", [date(1999, 1, 1), date(2016, 11, 30), date(2025, 3, 30)])
    def test_asks_about_a_day_years_before_the_money_whatever_the_quarter(self, day: date) -> None:
        said = faults(day)["paid_on"]
        assert said == "This is more than a year before CX-1 begins in Q2 2026; look at the year."

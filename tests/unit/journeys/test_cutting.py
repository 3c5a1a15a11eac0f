"""A baseline is cut from whole months; what the log does not say is not made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.journeys.rules import (
    FigureKind,
    LoggedMonth,
    LogSource,
    Origin,
    OriginKind,
    Period,
    cut_figures,
    days_covered,
    default_period,
    measured_from,
    months_within,
    origins_of,
    period_faults,
    period_warnings,
    sample_faults,
)
from tests.factories.journeys import measured

YEAR = Period(date(2026, 1, 1), date(2026, 12, 1))
LOG = LogSource(1, "Calls", date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2027, 2, 15)


def month(number: int = 1, **changes: object) -> LoggedMonth:
    whole = LoggedMonth(
        touchpoint_id=7, source_id=1, month=date(2026, number, 1), contacts=1_000,
        judged=800, unmet=200, costed=500, cost_minor=250_000, timed=100, minutes=Decimal(620),
        scored=300, score_sum=Decimal(1_700),
    )  # fmt: skip
    return replace(whole, **changes)


class TestDefaultPeriod:
    def test_is_the_last_twelve_whole_months(self) -> None:
        source = LogSource(1, "Calls", date(2025, 3, 12), date(2026, 10, 12))

        assert default_period([source]) == Period(date(2025, 10, 1), date(2026, 9, 1))

    def test_is_shorter_while_less_is_logged(self) -> None:
        source = LogSource(1, "Calls", date(2026, 3, 2), date(2026, 5, 30))

        assert default_period([source]) == Period(date(2026, 3, 1), date(2026, 5, 1))

    def test_is_none_without_a_whole_month(self) -> None:
        assert default_period([LogSource(1, "Calls", date(2026, 3, 9), date(2026, 4, 9))]) is None
        assert default_period([]) is None


class TestDaysCovered:
    @pytest.mark.parametrize(
        ("spans", "days"),
        [
            ([((2026, 1, 1), (2026, 12, 31))], 365),
            ([((2025, 6, 1), (2027, 1, 31))], 365),
            ([((2026, 1, 1), (2026, 1, 31)), ((2026, 1, 10), (2026, 2, 10))], 41),
            ([((2026, 1, 1), (2026, 1, 31)), ((2026, 3, 1), (2026, 3, 31))], 62),
            ([((2026, 5, 6), (2026, 5, 6))], 1),
            ([((2024, 1, 1), (2024, 12, 31))], 0),
        ],
    )
    def test_count_no_day_twice(self, spans: list, days: int) -> None:
        sources = [LogSource(n, "Log", date(*a), date(*b)) for n, (a, b) in enumerate(spans)]

        assert days_covered(YEAR, sources) == days


class TestCutFigures:
    def test_work_a_year_out_of_the_days_covered(self) -> None:
        figures = cut_figures([month(1), month(2)], days=59)[7]

        assert figures[FigureKind.CONTACTS].value == round(Decimal(2_000) * 365 / 59)
        assert figures[FigureKind.CONTACTS].sample == 2_000
        assert figures[FigureKind.SATISFACTION].value == Decimal("5.67")
        assert figures[FigureKind.SATISFACTION].sample == 600
        assert figures[FigureKind.UNMET].value == Decimal("0.25")
        assert figures[FigureKind.UNMET].sample == 1_600
        assert (figures[FigureKind.COST].value, figures[FigureKind.COST].sample) == (500, 1_000)
        assert figures[FigureKind.MINUTES].value == Decimal("6.2")

    def test_multiply_the_contacts_of_a_sample_and_nothing_else(self) -> None:
        whole = cut_figures([month()], days=365)[7]
        sample = cut_figures([month()], days=365, one_in=50)[7]

        assert sample[FigureKind.CONTACTS].value == 50_000
        assert sample[FigureKind.CONTACTS].sample == 1_000
        errors = [float(one[FigureKind.CONTACTS].error or 0) for one in (whole, sample)]
        assert errors[1] == pytest.approx(50 * errors[0], rel=0.001)
        assert sample[FigureKind.COST] == whole[FigureKind.COST]
        assert list(sample_faults(0)) == list(sample_faults(1_000_001)) == ["one_in"]
        assert sample_faults(1) == {}

    def test_leave_out_what_the_log_lacks(self) -> None:
        bare = month(judged=0, unmet=0, costed=0, cost_minor=0, timed=0, scored=0)

        assert set(cut_figures([bare], days=31)[7]) == {FigureKind.CONTACTS}

    def test_count_all_sources_of_a_touchpoint(self) -> None:
        figures = cut_figures([month(), month(source_id=2, contacts=500)], days=365)[7]

        assert figures[FigureKind.CONTACTS].value == 1_500


class TestPeriodFaults:
    def test_name_the_month_and_what_to_do(self) -> None:
        faults = period_faults(Period(date(2026, 5, 1), date(2026, 4, 1)), [LOG], 9, today=TODAY)
        running = period_faults(Period(date(2027, 1, 1), date(2027, 2, 1)), [LOG], 9, today=TODAY)
        empty = period_faults(YEAR, [LOG], 0, today=TODAY)

        assert faults == {"last": "The last month lies before the first."}
        assert running == {"last": "February 2027 is not over yet; choose whole months that are."}
        assert empty["last"].startswith("No contacts of this journey are logged from 1 Jan 2026")
        assert list(period_faults(YEAR, [], 0, today=TODAY)) == ["first"]
        assert period_faults(YEAR, [LOG], 9, today=TODAY) == {}


class TestPeriodWarnings:
    def test_name_sources_that_may_count_the_same_contacts(self) -> None:
        chat = LogSource(2, "Export", date(2026, 1, 1), date(2026, 12, 31))
        both = [month(1), month(2), month(2, source_id=2)]

        (said,) = period_warnings(YEAR, [LOG, chat], both)

        assert "“Calls” and “Export” both have contacts" in said
        assert "in Feb 2026" in said
        assert period_warnings(YEAR, [LOG, chat], [month(1), month(2, source_id=2)]) == []

    def test_say_that_a_month_is_half_logged(self) -> None:
        half = LogSource(1, "Calls", date(2026, 1, 1), date(2026, 12, 16))

        (said,) = period_warnings(YEAR, [half], [month()])

        assert said.startswith("The log has contacts of 350 of the 365 days")

    def test_say_that_a_season_counts_for_the_year(self) -> None:
        quarter = Period(date(2026, 1, 1), date(2026, 3, 1))

        assert "season" in period_warnings(quarter, [LOG], [month()])[0]


class TestOriginsOf:
    def _of(self, now: object, last: object = None, before: object = None) -> dict:
        logged = cut_figures([month()], days=365)[7]
        return origins_of(
            now, logged, last, before or {}, last_number=3, note="Queue counted twice."
        )

    def test_tell_the_log_from_what_was_kept_and_what_a_person_entered(self) -> None:
        last = measured()
        now = replace(
            last, contacts_per_year=Decimal(1_000), satisfaction=Decimal("5.67"),
            cost_per_contact_minor=500, minutes_per_contact=Decimal(9), importance=Decimal(2),
        )  # fmt: skip

        found = self._of(now, last)

        assert found[FigureKind.CONTACTS].kind is OriginKind.LOG
        assert found[FigureKind.CONTACTS].sample == 1_000
        assert found[FigureKind.TARGET] == Origin(OriginKind.KEPT, kept_from=3)
        assert found[FigureKind.IMPORTANCE].kind is OriginKind.HAND
        assert found[FigureKind.MINUTES].logged == Decimal("6.2")
        assert found[FigureKind.MINUTES].note == "Queue counted twice."
        assert FigureKind.UNMET not in found

    def test_keep_the_version_that_measured_a_kept_figure(self) -> None:
        before = {FigureKind.TARGET: Origin(OriginKind.KEPT, kept_from=1)}

        assert self._of(measured(), measured(), before)[FigureKind.TARGET].kept_from == 1


def test_a_row_without_all_figures_is_no_measurement() -> None:
    assert measured_from({FigureKind.CONTACTS: Decimal(5)}) is None


def test_months_within_count_both_ends() -> None:
    assert months_within(date(2025, 12, 1), date(2026, 2, 1)) == [
        date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip

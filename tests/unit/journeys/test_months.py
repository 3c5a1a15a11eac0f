"""Months are whole and half-open; a log covers them or it does not."""

from __future__ import annotations

from datetime import date

import pytest

from app.journeys.rules import (
    LogSource,
    MonthSpan,
    covers,
    days_covered,
    default_period,
    last_months,
    log_span,
    log_spans,
    months_between,
)

YEAR = MonthSpan(date(2026, 1, 1), date(2027, 1, 1))


def sources(*spans: tuple[tuple[int, int, int], tuple[int, int, int]]) -> list[LogSource]:
    return [LogSource(n, "Log", date(*a), date(*b)) for n, (a, b) in enumerate(spans)]


class TestMonthSpan:
    def test_counts_from_the_first_month_through_the_last(self) -> None:
        winter = MonthSpan.through(date(2025, 12, 9), date(2026, 2, 1))

        assert winter == MonthSpan(date(2025, 12, 1), date(2026, 3, 1))
        assert winter.each() == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
        assert (winter.ends_on, winter.days) == (date(2026, 2, 28), 90)
        assert MonthSpan.through(date(2026, 12, 1), date(2026, 1, 1)).each() == []

    def test_last_twelve_end_with_the_last_month_of_the_log(self) -> None:
        span = last_months(date(2027, 1, 1))

        assert span == MonthSpan(date(2026, 2, 1), date(2027, 2, 1))
        assert span.months == 12
        assert span.last == date(2027, 1, 1)
        assert span.before == MonthSpan(date(2025, 2, 1), date(2026, 2, 1))
        assert span.with_before == MonthSpan(date(2025, 2, 1), date(2027, 2, 1))

    def test_between_baselines_are_whole_months_and_at_least_one(self) -> None:
        assert months_between(date(2026, 3, 20), date(2026, 9, 2)) == MonthSpan(
            date(2026, 3, 1), date(2026, 9, 1)
        )
        assert months_between(date(2026, 3, 20), date(2026, 3, 28)).months == 1


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
        assert days_covered(YEAR, sources(*spans)) == days


class TestCovers:
    @pytest.mark.parametrize(
        ("spans", "is_covered"),
        [
            ([((2026, 1, 4), (2026, 12, 28))], True),
            ([((2026, 1, 5), (2026, 12, 31))], False),
            ([((2026, 1, 1), (2026, 12, 27))], False),
            ([((2025, 1, 1), (2026, 6, 30)), ((2026, 7, 4), (2027, 5, 1))], True),
            ([((2025, 1, 1), (2026, 6, 30)), ((2026, 7, 5), (2027, 5, 1))], False),
            ([((2025, 1, 1), (2025, 12, 31)), ((2027, 1, 1), (2027, 5, 1))], False),
            ([], False),
        ],
    )
    def test_a_span_but_for_short_gaps(self, spans: list, is_covered: bool) -> None:
        assert covers(YEAR, sources(*spans)) is is_covered


TODAY = date(2027, 2, 15)


class TestDefaultPeriod:
    def test_never_ends_in_a_month_that_is_not_over(self) -> None:
        found = default_period(sources(((2025, 3, 1), (2026, 10, 30))), today=date(2026, 10, 31))

        assert found == MonthSpan(date(2025, 10, 1), date(2026, 10, 1))

    def test_is_the_last_twelve_whole_months(self) -> None:
        found = default_period(sources(((2025, 3, 12), (2026, 10, 12))), today=TODAY)

        assert found == MonthSpan(date(2025, 10, 1), date(2026, 10, 1))

    def test_is_shorter_while_less_is_logged(self) -> None:
        found = default_period(sources(((2026, 3, 2), (2026, 5, 30))), today=TODAY)

        assert found == MonthSpan(date(2026, 3, 1), date(2026, 6, 1))

    def test_is_none_without_a_whole_month(self) -> None:
        assert default_period(sources(((2026, 3, 9), (2026, 4, 9))), today=TODAY) is None
        assert default_period([], today=TODAY) is None


class TestLogSpans:
    LOG = MonthSpan(date(2024, 11, 1), date(2027, 2, 1))

    def test_reach_back_to_the_first_month_of_the_log(self) -> None:
        spans = log_spans(self.LOG, [(1, date(2026, 1, 15)), (2, date(2026, 7, 3))])

        assert list(spans) == ["", "2025-02..2026-01", "2024-11..2025-01", "all", "1-2"]
        assert spans[""] == last_months(date(2027, 1, 1))
        assert spans["all"] == self.LOG
        assert spans["1-2"] == MonthSpan(date(2026, 1, 1), date(2026, 7, 1))
        assert list(log_spans(MonthSpan(date(2026, 6, 1), date(2027, 2, 1)), [])) == [""]
        assert log_spans(None, [(1, date(2026, 1, 15))]) == {}

    @pytest.mark.parametrize(
        ("period", "months"),
        [
            ("2025-03..2025-05", 3),
            ("2025-05..2025-03", 3),
            ("2025-03..2025-03", 1),
            ("", 12),
            ("2025-13..2026-01", None),
            ("0000-01..2026-01", None),
            ("3-4", None),
            ("2025-03", None),
        ],
    )
    def test_give_any_months_an_address_names(self, period: str, months: int | None) -> None:
        found = log_span(period, log_spans(self.LOG, []))

        assert (found.months if found else None) == months

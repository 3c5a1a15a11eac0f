"""A baseline is cut from whole months; what the log does not say is not made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.journeys.rules import (
    FigureKind,
    Logged,
    LoggedMonth,
    LogSource,
    MonthSpan,
    Origin,
    OriginKind,
    cut_figures,
    days_by_touchpoint,
    measured_from,
    origins_of,
    period_faults,
    period_warnings,
    sample_faults,
)
from tests.factories.journeys import measured

YEAR = MonthSpan(date(2026, 1, 1), date(2027, 1, 1))
LOG = LogSource(1, "Calls", date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2027, 2, 15)


def month(number: int = 1, *, source_id: int = 1, place: int = 7, **changes: object) -> LoggedMonth:
    whole = Logged(
        contacts=1_000, judged=800, unmet=200, costed=500, cost_minor=250_000, timed=100,
        minutes=Decimal(620), scored=300, score_sum=Decimal(1_700),
    )  # fmt: skip
    return LoggedMonth(place, source_id, date(2026, number, 1), replace(whole, **changes))


def warnings(
    period: MonthSpan, sources: list[LogSource], months: list[LoggedMonth], hidden: int = 0
) -> list[str]:
    names = {7: "Calls", 8: "Chat", 9: "Letters", 10: "Branch"}
    days = days_by_touchpoint(period, sources, months)
    return period_warnings(period, sources, months, days=days, names=names, hidden=hidden)


class TestPeriodWarningsOfACorrection:
    def test_name_no_import_beside_the_one_whose_rows_it_replaced(self) -> None:
        months = [month(), month(source_id=2)]
        alike = replace(LOG, id=2, name="Calls again")
        apart = replace(alike, told_apart=frozenset({1}))
        assert any("counted twice" in one for one in warnings(YEAR, [LOG, alike], months))
        assert not any("counted twice" in one for one in warnings(YEAR, [LOG, apart], months))


class TestCutFigures:
    def test_work_a_year_out_of_the_days_covered(self) -> None:
        figures = cut_figures([month(1), month(2)], days={7: 59})[7]

        assert figures[FigureKind.CONTACTS].value == round(Decimal(2_000) * 365 / 59)
        assert figures[FigureKind.CONTACTS].sample == 2_000
        assert figures[FigureKind.SATISFACTION].value == Decimal("5.67")
        assert figures[FigureKind.SATISFACTION].sample == 600
        assert figures[FigureKind.UNMET].value == Decimal("0.25")
        assert figures[FigureKind.UNMET].sample == 1_600
        assert (figures[FigureKind.COST].value, figures[FigureKind.COST].sample) == (500, 1_000)
        assert figures[FigureKind.MINUTES].value == Decimal("6.2")

    def test_multiply_the_contacts_of_a_sample_and_nothing_else(self) -> None:
        whole = cut_figures([month()], days={7: 365})[7]
        sample = cut_figures([month()], days={7: 365}, one_in=50)[7]

        assert sample[FigureKind.CONTACTS].value == 50_000
        assert sample[FigureKind.CONTACTS].sample == 1_000
        errors = [float(one[FigureKind.CONTACTS].error or 0) for one in (whole, sample)]
        assert errors[1] == pytest.approx(50 * errors[0], rel=0.001)
        assert sample[FigureKind.COST] == whole[FigureKind.COST]
        assert list(sample_faults(0)) == list(sample_faults(1_000_001)) == ["one_in"]
        assert sample_faults(1) == {}

    def test_leave_out_what_the_log_lacks(self) -> None:
        bare = month(judged=0, unmet=0, costed=0, cost_minor=0, timed=0, scored=0)

        assert set(cut_figures([bare], days={7: 31})[7]) == {FigureKind.CONTACTS}

    def test_count_all_sources_of_a_touchpoint(self) -> None:
        figures = cut_figures([month(), month(source_id=2, contacts=500)], days={7: 365})[7]

        assert figures[FigureKind.CONTACTS].value == 1_500


class TestPeriodFaults:
    def test_name_the_month_and_what_to_do(self) -> None:
        faults = period_faults(
            MonthSpan.through(date(2026, 5, 1), date(2026, 4, 1)), [LOG], 9, today=TODAY
        )
        running = period_faults(
            MonthSpan.through(date(2027, 1, 1), date(2027, 2, 1)), [LOG], 9, today=TODAY
        )
        empty = period_faults(YEAR, [LOG], 0, today=TODAY)

        assert faults == {"last": "The last month lies before the first."}
        assert running == {"last": "February 2027 is not over yet; choose whole months that are."}
        assert empty["last"].startswith("No contacts of this journey are logged from 1 Jan 2026")
        assert list(period_faults(YEAR, [], 0, today=TODAY)) == ["first"]
        assert period_faults(YEAR, [LOG], 9, today=TODAY) == {}


class TestDaysByTouchpoint:
    def test_are_those_of_the_sources_that_log_it(self) -> None:
        chat = LogSource(2, "Chat", date(2026, 10, 1), date(2026, 12, 31))
        months = [month(1), month(10, source_id=2, place=8, contacts=30_000)]
        days = days_by_touchpoint(YEAR, [LOG, chat], months)
        figures = cut_figures(months, days=days)

        assert days == {7: 365, 8: 92}
        assert figures[8][FigureKind.CONTACTS].value == 119_022
        assert figures[8][FigureKind.CONTACTS].origin.note == "from 92 days"
        assert figures[7][FigureKind.CONTACTS].value == 1_000
        assert figures[7][FigureKind.CONTACTS].origin.note == ""


class TestPeriodWarnings:
    def test_name_sources_that_may_count_the_same_contacts(self) -> None:
        chat = LogSource(2, "Export", date(2026, 1, 1), date(2026, 12, 31))
        both = [month(1), month(2), month(2, source_id=2)]

        (said,) = warnings(YEAR, [LOG, chat], both)

        assert "“Calls” and “Export” both have contacts" in said
        assert "in Feb 2026" in said
        assert warnings(YEAR, [LOG, chat], [month(1), month(2, source_id=2)]) == []

    def test_say_that_a_month_is_half_logged(self) -> None:
        half = LogSource(1, "Calls", date(2026, 1, 1), date(2026, 12, 16))

        (said,) = warnings(YEAR, [half], [month(), month(place=8)])

        assert said.startswith("The log covers 350 of the 365 days of the period; a year’s")

    def test_name_the_touchpoints_that_are_logged_for_fewer_days(self) -> None:
        late = LogSource(2, "New", date(2026, 10, 1), date(2026, 12, 31))
        later = [month(10, source_id=2, place=place) for place in (8, 9)]

        (said,) = warnings(YEAR, [LOG, late], [month(), *later])

        assert said.startswith("At “Chat” and “Letters” the log covers 92 of the 365 days")

    def test_say_that_a_season_counts_for_the_year(self) -> None:
        quarter = MonthSpan.through(date(2026, 1, 1), date(2026, 3, 1))

        assert "season" in warnings(quarter, [LOG], [month()])[0]


class TestOriginsOf:
    def _of(self, now: object, last: object = None, before: object = None) -> dict:
        logged = cut_figures([month()], days={7: 365})[7]
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
        assert (found[FigureKind.UNMET].kind, found[FigureKind.UNMET].logged) == (
            OriginKind.HAND, Decimal("0.25"),
        )  # fmt: skip

    def test_keep_the_version_that_measured_a_kept_figure(self) -> None:
        before = {FigureKind.TARGET: Origin(OriginKind.KEPT, kept_from=1)}

        assert self._of(measured(), measured(), before)[FigureKind.TARGET].kept_from == 1


def test_a_row_without_all_figures_is_no_measurement() -> None:
    assert measured_from({FigureKind.CONTACTS: Decimal(5)}) is None

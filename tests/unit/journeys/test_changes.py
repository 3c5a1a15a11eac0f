"""One rule tells of figures, and of what is worked out from them, whether chance explains it."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.journeys.rules import (
    BY_HAND,
    Change,
    Factor,
    FigureKind,
    MonthSpan,
    Origin,
    OriginKind,
    Version,
    change_of,
    figures_change,
    pain_change,
    product_change,
    shared_months,
)
from tests.factories.journeys import measured


def log(error: str, first: int = 0, months: int = 0) -> Origin:
    """An origin in the log of 2026, by its standard error and the months counted."""
    span = MonthSpan(date(2026, first, 1), date(2026, first + months, 1)) if first else None
    return Origin(OriginKind.LOG, sample=100, error=Decimal(error), months=span)


def version(errors: dict[FigureKind, str], **figures: Any) -> Version:
    return Version(measured(**figures), {kind: log(error) for kind, error in errors.items()})


class TestChangeOf:
    def test_judges_nothing_where_both_count_some_of_the_same_months(self) -> None:
        winter, spring, summer = log("0.1", 1, 3), log("0.1", 3, 3), log("0.1", 6, 3)

        assert change_of(Decimal(5), winter, spring) is Change.SHARED
        assert change_of(Decimal(5), spring, summer) is Change.CLEAR
        assert shared_months(winter, spring) == MonthSpan(date(2026, 3, 1), date(2026, 4, 1))
        assert change_of(Decimal(0), winter, spring) is Change.NONE


class TestProductChange:
    def test_is_that_of_the_figure_where_there_is_one(self) -> None:
        for moved, said in (("6.0", Change.WITHIN), ("6.01", Change.CLEAR)):
            before, now = Factor(Decimal(5), log("0.3")), Factor(Decimal(moved), log("0.4"))
            assert product_change([before], [now]) is said

    def test_adds_up_what_is_uncertain_of_each_factor(self) -> None:
        contacts = Factor(Decimal(1_000), log("30"))
        calls = [Factor(Decimal(1_050), log("30")), Factor(Decimal("5.10"), log("0.10"))]

        # 1,050 × 5.10 − 1,000 × 5 = 355; one standard error of either product is about 190
        assert product_change([contacts, Factor(Decimal(5), log("0.10"))], calls) is Change.WITHIN
        sure = Factor(Decimal(5), log("0"))
        assert (
            product_change(
                [Factor(Decimal(1_000), log("10")), sure],
                [Factor(Decimal(1_050), log("10")), sure],
            )
            is Change.CLEAR
        )

    def test_is_not_tested_where_a_factor_that_moved_is_not(self) -> None:
        before = [Factor(Decimal(10), log("1")), Factor(Decimal(3), BY_HAND)]
        now = [Factor(Decimal(90), log("1")), Factor(Decimal(4), BY_HAND)]

        assert product_change(before, now) is Change.UNTESTED
        assert product_change(before, [now[0], before[1]]) is Change.CLEAR

    def test_holds_19_times_in_20(self) -> None:
        draw, wrong = random.Random(5), 0
        for _ in range(1_000):
            sides = [
                [
                    Factor(Decimal(draw.gauss(2_000, 40)), log("40")),
                    Factor(Decimal(draw.gauss(6, 0.2)), log("0.2")),
                ]
                for _ in range(2)
            ]
            wrong += product_change(*sides) is Change.CLEAR
        assert 25 <= wrong <= 75


class TestFiguresAndPain:
    ERRORS = {FigureKind.CONTACTS: "400", FigureKind.SATISFACTION: "0.2"}

    @pytest.mark.parametrize(
        ("satisfaction", "said"),
        [("5.5", Change.NONE), ("5.2", Change.WITHIN), ("3", Change.CLEAR)],
    )
    def test_pain_is_as_sure_as_what_it_is_worked_out_from(
        self, satisfaction: str, said: Change
    ) -> None:
        before, now = version(self.ERRORS), version(self.ERRORS, satisfaction=satisfaction)

        assert pain_change(before, now) is said

    def test_pain_is_not_tested_beside_a_new_target_or_importance(self) -> None:
        before = version(self.ERRORS)
        for name in ("satisfaction_target", "importance"):
            assert pain_change(before, version(self.ERRORS, **{name: 8})) is Change.UNTESTED

    def test_cost_a_year_takes_contacts_and_cost(self) -> None:
        kinds = (FigureKind.CONTACTS, FigureKind.COST)
        before = version(self.ERRORS)

        assert figures_change(kinds, before, version(self.ERRORS, contacts_per_year=151_000)) is (
            Change.WITHIN
        )
        dearer = version(self.ERRORS, cost_per_contact_minor=7_00)
        assert figures_change(kinds, before, dearer) is Change.UNTESTED

"""Pain orders the touchpoints of a journey and never depends on the order they are listed in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.journeys.rules import (
    Measured,
    Opportunity,
    addressed_minor,
    hot_spot_score,
    mean_satisfaction,
    mean_target,
    opportunity_score,
    pain,
    pain_scale,
)

CALL = Measured(
    contacts_per_year=Decimal(150_000),
    satisfaction=Decimal("5.5"),
    satisfaction_target=Decimal("7.5"),
    importance=Decimal(9),
    cost_per_contact_minor=6_40,
    minutes_per_contact=Decimal("7.5"),
)
LETTER = replace(CALL, contacts_per_year=Decimal(30_000), importance=Decimal(5))
CONTENT = replace(CALL, satisfaction=Decimal(9))


class TestMeasured:
    def test_has_a_shortfall_to_its_target(self) -> None:
        assert CALL.shortfall == 2

    def test_has_no_shortfall_above_its_target(self) -> None:
        assert CONTENT.shortfall == 0

    def test_costs_its_contacts_to_the_cent(self) -> None:
        assert CALL.cost_per_year_minor == 960_000_00

    def test_takes_the_customers_minutes(self) -> None:
        assert CALL.minutes_per_year == 1_125_000


class TestHotSpotScore:
    def test_is_importance_times_shortfall_times_volume(self) -> None:
        assert hot_spot_score(Decimal(9), Decimal(2), Decimal(1000)) == 18_000


class TestPain:
    def test_is_100_only_for_the_worst_in_every_respect(self) -> None:
        scale = pain_scale([CALL, LETTER, CONTENT])

        assert pain(CALL.score, scale) == 100
        assert pain(LETTER.score, scale) == round(100 * (30 / 150 * 5 / 9) ** (1 / 3))
        assert pain(CONTENT.score, scale) == 0

    def test_stays_below_100_when_the_worst_differ(self) -> None:
        busy = replace(CALL, importance=Decimal(4))
        grave = replace(LETTER, importance=Decimal(9))
        scale = pain_scale([busy, grave])

        assert max(pain(busy.score, scale), pain(grave.score, scale)) < 100

    def test_does_not_depend_on_the_order(self) -> None:
        assert pain_scale([CALL, LETTER]) == pain_scale([LETTER, CALL])

    def test_orders_as_the_scores_do(self) -> None:
        spots = sorted([LETTER, CONTENT, CALL], key=lambda one: one.score)
        scale = pain_scale(spots)

        assert [pain(one.score, scale) for one in spots] == sorted(
            pain(one.score, scale) for one in spots
        )

    @pytest.mark.parametrize("figures", [[], [CONTENT], [replace(CALL, importance=Decimal(0))]])
    def test_is_nothing_where_nothing_hurts(self, figures: list[Measured]) -> None:
        assert pain(Decimal(0), pain_scale(figures)) == 0

    def test_measures_an_older_baseline_on_the_newer_scale(self) -> None:
        worse_before = replace(CALL, satisfaction=Decimal(4))

        assert pain(worse_before.score, pain_scale([CALL])) > 100


class TestMeans:
    def test_weigh_by_contacts(self) -> None:
        assert mean_satisfaction([CALL, replace(LETTER, satisfaction=Decimal("8.5"))]) == 6
        assert mean_target([CALL, LETTER]) == Decimal("7.5")

    def test_are_unknown_without_contacts(self) -> None:
        assert mean_satisfaction([]) is None
        assert mean_satisfaction([replace(CALL, contacts_per_year=Decimal(0))]) is None


class TestOpportunity:
    @pytest.mark.parametrize(
        ("importance", "satisfaction", "score"),
        [("9", "5.5", "12.5"), ("9", "2", "16"), ("5", "8", "5"), ("10", "0", "20")],
    )
    def test_is_importance_and_what_satisfaction_lacks_to_it(
        self, importance: str, satisfaction: str, score: str
    ) -> None:
        found = opportunity_score(Decimal(importance), Decimal(satisfaction))

        assert found == Decimal(score)
        assert replace(
            CALL, importance=Decimal(importance), satisfaction=Decimal(satisfaction)
        ).opportunity == Decimal(score)

    @pytest.mark.parametrize(
        ("score", "word"),
        [
            ("15.01", Opportunity.EXTREME),
            ("15", Opportunity.HIGH),
            ("12", Opportunity.HIGH),
            ("11.99", Opportunity.CONSIDER),
            ("10", Opportunity.CONSIDER),
            ("9.99", Opportunity.LOW),
        ],
    )
    def test_is_extreme_above_15_high_from_12_and_considered_from_10(
        self, score: str, word: Opportunity
    ) -> None:
        assert Opportunity.of(Decimal(score)) is word


class TestAddressed:
    def test_overlapping_claims_never_take_more_than_the_pool(self) -> None:
        assert addressed_minor(1_000_00, 0.0) == 0
        assert addressed_minor(1_000_00, 0.3566749439387324) == 300_00
        assert addressed_minor(1_000_00, 2 * 0.3566749439387324) == 510_00
        assert addressed_minor(1_000_00, 50.0) == 1_000_00

    def test_a_disbenefit_takes_away(self) -> None:
        assert addressed_minor(1_000_00, -0.1) < 0

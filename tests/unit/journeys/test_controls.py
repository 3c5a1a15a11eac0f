"""Claims are added up against what Finance says there is at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import exp
from random import Random

import pytest

from app.journeys.rules import (
    Ceiling,
    Claim,
    ControlDraft,
    ControlKind,
    Lever,
    PoolState,
    ceiling_of,
    certified_minor,
    claims_on,
    control_faults,
    excess_words,
    missing_words,
)
from app.values.money import Money

CENTRE = Ceiling(
    4, ControlKind.COST_CENTRE, "Contact centre", "EUR", 1_000_000_00, "Petra Lindqvist"
)
GROWTH = Ceiling(5, ControlKind.GROWTH, "Organic growth", "EUR", 500_000_00, "Petra Lindqvist")
TODAY = date(2027, 2, 15)


def claim(lever: Lever = Lever.SERVE, minor: int = 400_000_00, **changes: object) -> Claim:
    named = CENTRE.id if lever is Lever.SERVE else None
    made = Claim(1, "claims", "Claims", lever, PoolState.CERTIFIED, minor, "EUR", named, True)
    return replace(made, **changes)


class TestCeilingOf:
    def test_is_the_cost_centre_a_serve_pool_names(self) -> None:
        other = replace(CENTRE, id=9)

        assert ceiling_of(claim(), [other, GROWTH, CENTRE]) is CENTRE
        assert ceiling_of(claim(control_id=None), [CENTRE, GROWTH]) is None

    @pytest.mark.parametrize("lever", [Lever.SPEND, Lever.CONVERT])
    def test_is_the_growth_ceiling_of_the_currency(self, lever: Lever) -> None:
        dollars = replace(GROWTH, currency="USD")

        assert ceiling_of(claim(lever), [CENTRE, dollars, GROWTH]) is GROWTH
        assert ceiling_of(claim(lever), [CENTRE, dollars]) is None


class TestExcessWords:
    def test_name_the_sum_and_the_owner(self) -> None:
        words = excess_words(CENTRE, 2_200_000_00)

        assert words == (
            "Claims exceed the variable cost of Contact centre by €1,200,000.00; "
            "owner Petra Lindqvist."
        )
        assert excess_words(CENTRE, 1_000_000_00) is None

    def test_add_up_what_is_certified_and_the_pool_in_question(self) -> None:
        claims = [
            claim(pool_id=1),
            claim(pool_id=2, state=PoolState.CLAIMED),
            claim(pool_id=3, state=PoolState.CLAIMED, minor=7),
            claim(Lever.SPEND, pool_id=4),
        ]
        against = claims_on(CENTRE, claims)

        assert certified_minor(against) == 400_000_00
        assert certified_minor(against, besides=3) == 400_000_07

    def test_say_what_is_missing_without_a_total(self) -> None:
        assert "names no cost centre" in missing_words(claim())
        assert "no growth ceiling in EUR" in missing_words(claim(Lever.SPEND))


class TestControlFaults:
    def _draft(self, **changes: object) -> ControlDraft:
        sound = ControlDraft(ControlKind.GROWTH, "Growth", Money(100, "EUR"), 1, "Plan", TODAY)
        return replace(sound, **changes)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": " "}, "name"),
            ({"amount": Money(-1, "EUR")}, "amount"),
            ({"source": ""}, "source"),
            ({"measured_on": date(2027, 2, 16)}, "measured_on"),
        ],
    )
    def test_name_the_field(self, changes: dict, field: str) -> None:
        assert list(control_faults(self._draft(**changes), today=TODAY)) == [field]
        assert control_faults(self._draft(), today=TODAY) == {}


class TestCertifiedPoolsKeepEveryPlanUnderTheTotal:
    """docs/model.md, K5: the optimizer needs no rows for control totals."""

    def test_whatever_is_chosen(self) -> None:
        draw = Random(11)
        for _ in range(500):
            pools = [draw.randint(0, 900_000_00) for _ in range(draw.randint(1, 6))]
            ceiling = replace(CENTRE, minor=sum(pools))
            assert excess_words(ceiling, sum(pools)) is None
            for _ in range(20):
                intensities = [draw.choice((-1, 1, 1, 1)) * draw.expovariate(0.3) for _ in pools]
                taken = sum(
                    pool * (1 - exp(-sum_)) for pool, sum_ in zip(pools, intensities, strict=True)
                )
                assert taken <= ceiling.minor

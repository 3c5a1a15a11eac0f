"""How sure a case is: draws keep the ranges given, inputs are shared, and what matters is named."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from app.initiatives.rules import (
    EffectClaim,
    EvidenceGrade,
    Horizon,
    OptionClaim,
    PoolSpread,
    Spread,
    UncertainOption,
    cost_spread,
    option_outlook,
    shared_inputs,
    standalone_value,
)
from app.initiatives.rules.outlook import drawn_inputs, portfolio_values
from app.initiatives.rules.spreads import normals
from app.journeys.rules import Lever, annual_pool_minor, discounted_pool_minor

YEARS_3 = Horizon(12, Decimal("0.09"))
RETAIN = {"N": "120000", "p": "0.18", "s": "0.2", "addr": "0.6", "m": "180"}


def pool(id_: int = 1, **ranges: tuple[str, str]) -> PoolSpread:
    """A retain pool; ``ranges`` are P10 and P90 by symbol."""
    inputs = tuple(
        (symbol, Spread.of(Decimal(figure), *map(Decimal, ranges.get(symbol, ())),
                           is_money=symbol == "m"))
        for symbol, figure in RETAIN.items()
    )  # fmt: skip
    return PoolSpread(id_, Lever.RETAIN, "EUR", inputs)


def option(
    initiative: int = 1, removal: str = "0.3", *ends: str, cost: int = 0, pool_id: int = 1
) -> UncertainOption:
    effect = EffectClaim(pool_id, Decimal(removal), EvidenceGrade.B)
    claim = OptionClaim(start=0, go_live=2, ramp=3, half_life=12, effects=(effect,))
    spread = Spread.of(Decimal(removal), *map(Decimal, ends))
    return UncertainOption(initiative, claim, (spread,), cost, cost_spread(None, None))


class TestSpread:
    @pytest.mark.parametrize("is_money", [True, False])
    @pytest.mark.parametrize("ends", [(0.9, 1, 1.1), (0.2, 1, 1.1), (0.99, 1, 4), (-1, 1, 2)])
    def test_draws_have_the_quantiles_given(
        self, ends: tuple[float, float, float], is_money: bool
    ) -> None:
        values = Spread(*ends, is_money).values(normals(200_000, 1))
        found = np.quantile(values, [0.1, 0.5, 0.9])
        assert found == pytest.approx(ends, abs=0.02 * (ends[2] - ends[0]))

    def test_equal_seeds_give_equal_draws_and_others_give_others(self) -> None:
        assert (normals(50, 1, 2) == normals(50, 1, 2)).all()
        assert (normals(50, 1, 2) != normals(50, 1, 3)).any()

    def test_a_figure_without_both_ends_is_certain(self) -> None:
        assert not Spread.of(Decimal(3), Decimal(2), None).is_range


class TestOptionOutlook:
    def test_without_ranges_every_draw_is_the_standalone_value_less_cost(self) -> None:
        one = option(cost=5_000_000)
        annual = annual_pool_minor(Lever.RETAIN, {k: Decimal(v) for k, v in RETAIN.items()}, "EUR")
        quarters = discounted_pool_minor(
            Lever.RETAIN, annual, churn=Decimal("0.18"), quarters=12,
            discount_rate=YEARS_3.rate,
        )  # fmt: skip
        exact = standalone_value(one.claim, {1: quarters}, YEARS_3).total

        found = option_outlook(one, (pool(),), YEARS_3)

        assert found.value == pytest.approx((exact,) * 3, abs=10)
        assert found.net == pytest.approx((exact - 5_000_000,) * 3, abs=10)
        assert (found.ranged, found.inputs, found.matters) == (0, 7, ())

    def test_tells_the_net_value_that_one_in_ten_misses_and_one_in_ten_exceeds(self) -> None:
        one = replace(option(cost=10_000_000), cost_factor=Spread(0.8, 1, 1.3, True))

        found = option_outlook(one, (pool(),), YEARS_3)

        value = found.value[1]
        ends = [value - 13_000_000, value - 10_000_000, value - 8_000_000]
        assert list(found.net) == pytest.approx(ends, abs=150_000)

    def test_a_wider_range_spreads_the_value_and_can_make_it_negative(self) -> None:
        sure = option_outlook(option(1, "0.3", "0.28", "0.32", cost=15_000_000), (pool(),), YEARS_3)
        unsure = option_outlook(
            option(1, "0.3", "-0.05", "0.5", cost=15_000_000), (pool(),), YEARS_3
        )
        assert sure.net[2] - sure.net[0] < unsure.net[2] - unsure.net[0]
        assert sure.below_zero < 0.05 < unsure.below_zero < 0.5

    def test_names_the_inputs_by_what_their_range_does_to_the_net_value(self) -> None:
        pools = (pool(s=("0.05", "0.3"), m=("175", "185"), addr=("0.55", "0.65")),)
        one = replace(option(cost=1_000_000), cost_factor=Spread(0.9, 1, 1.3, True))

        found = option_outlook(one, pools, YEARS_3)

        assert [swing.key for swing in found.matters] == [
            ("pool", 1, "s"), ("pool", 1, "addr"), ("pool", 1, "m"), ("cost", 1, ""),
        ]  # fmt: skip
        cost = found.matters[-1]
        assert cost.low - cost.high == pytest.approx(400_000, abs=2)

    def test_no_draw_costs_less_than_nothing(self) -> None:
        one = replace(option(cost=10_000_000), cost_factor=cost_spread(Decimal(0), Decimal(3)))

        drawn = drawn_inputs([one], [], draws=1_000, seed=1).costs[1]

        assert drawn.min() == 0 and drawn.max() > 3

    def test_counts_the_inputs_that_its_value_and_cost_hang_on(self) -> None:
        idle = option(pool_id=9)
        assert option_outlook(idle, (pool(),), YEARS_3).inputs == 0
        assert option_outlook(option(cost=1), (pool(), pool(2)), YEARS_3).inputs == 7

    def test_never_names_more_than_five(self) -> None:
        ranges = {symbol: (str(Decimal(v) * 9 / 10), v) for symbol, v in RETAIN.items()}
        found = option_outlook(option(1, "0.3", "0.1", "0.4"), (pool(**ranges),), YEARS_3)
        assert len(found.matters) == 5 and found.ranged == 6


class TestTogether:
    def test_pools_that_share_a_figure_share_its_draws(self) -> None:
        churn = {"p": ("0.1", "0.3"), "s": ("0.1", "0.3")}
        same = shared_inputs("Households", {"N": ("contacts", [1, 2])})
        assert shared_inputs("Households", {"N": ("contacts", [2, 1])}) == same
        assert shared_inputs("Firms", {"N": ("contacts", [1, 2])}) != same
        pools = [replace(pool(id_, **churn), shared=same) for id_ in (1, 2)]
        drawn = drawn_inputs([], pools, draws=50, seed=3).inputs
        assert (drawn[1, "p"] == drawn[2, "p"]).all()
        assert (drawn[1, "s"] != drawn[2, "s"]).any()

    def test_two_on_one_pool_overlap_in_every_draw(self) -> None:
        pools = [pool(s=("0.05", "0.4"))]
        both = [option(1, "0.3", "0.2", "0.4"), option(2, "0.3", "0.2", "0.4")]
        sample = drawn_inputs(both, pools, draws=500, seed=3)
        found = {1: pools[0]}
        whole = portfolio_values(both, found, YEARS_3, sample)
        parts = [portfolio_values([one], found, YEARS_3, sample) for one in both]
        assert (whole <= parts[0] + parts[1] + 1).all()
        assert (whole < parts[0] + parts[1]).mean() > 0.8

    def test_another_initiative_changes_no_draw_of_the_others(self) -> None:
        pools = [pool(s=("0.05", "0.4"))]
        one, other = option(1, "0.3", "0.1", "0.5"), option(2, "0.2", "0.1", "0.5")
        alone = drawn_inputs([one], pools, draws=50, seed=3)
        beside = drawn_inputs([other, one], pools, draws=50, seed=3)
        assert (alone.removals[1, 0] == beside.removals[1, 0]).all()
        assert (alone.inputs[1, "s"] == beside.inputs[1, "s"]).all()

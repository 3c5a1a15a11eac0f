"""The value model's worked example and the checks that make it trustworthy, under their names.

Checks of the optimizer itself stand with it; docs/model.md, G says where each one is.
"""

from __future__ import annotations

from decimal import Decimal
from math import exp, log
from random import Random

import pytest

from app.initiatives.rules import (
    EffectClaim,
    EvidenceGrade,
    Horizon,
    OptionClaim,
    standalone_value,
)
from app.journeys.rules import (
    Lever,
    annual_pool_minor,
    discounted_pool_minor,
    intensity,
    ramp_profile,
    savable_customers,
)
from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import credits
from tests.bench.engine_instances import Size, random_document
from tests.bench.enumeration import best_by_enumeration
from tests.factories.problems import initiative, option, problem_file

INPUTS = {
    symbol: Decimal(figure)
    for symbol, figure in (
        ("N", "120000"), ("p", "0.18"), ("s", "0.2222222222222222"), ("addr", "0.60"), ("m", "180"),
    )
}  # fmt: skip
"""Journey-attributable churn 4 pp, of the segment's 18 %."""
RATE = Decimal("0.09")


def worth(quarters: int = 12, rate: Decimal = RATE) -> tuple[int, ...]:
    annual = annual_pool_minor(Lever.RETAIN, INPUTS, "EUR")
    return discounted_pool_minor(
        Lever.RETAIN, annual, churn=INPUTS["p"], quarters=quarters, discount_rate=rate
    )


def value_of(pool: tuple[int, ...], strength: float, profile: tuple[float, ...]) -> float:
    """Σ V·(1 − e^(−a·ρ)), minor units, by hand."""
    return sum(v * (1 - exp(-strength * rho)) for v, rho in zip(pool, profile, strict=True))


class TestWorkedExample:
    def test_has_2880_savable_customers_a_year(self) -> None:
        assert round(savable_customers(INPUTS), 6) == 2880

    def test_a_alone_is_worth_266_900_over_three_years(self) -> None:
        value = value_of(worth(), -log(1 - 0.30), ramp_profile(3, 3, 12, 12)) / 100
        assert value == pytest.approx(266_900, abs=50)

    def test_the_naive_claim_is_75_percent_too_high(self) -> None:
        naive = 864 * 180 * 3
        assert naive == 466_560
        assert naive / 266_900 == pytest.approx(1.75, abs=0.005)

    def test_the_product_gives_the_same_with_the_haircut_of_its_grade(self) -> None:
        effect = EffectClaim(1, Decimal("0.30"), EvidenceGrade.A)
        claim = OptionClaim(start=0, go_live=2, ramp=3, half_life=12, effects=(effect,))
        found = standalone_value(claim, {1: worth()}, Horizon(12, RATE)).total
        by_hand = value_of(worth(), -0.95 * log(0.70), ramp_profile(3, 3, 12, 12))
        assert found == pytest.approx(by_hand, abs=1)


class TestChecks:
    def test_removing_an_unrelated_initiative_changes_nothing(self) -> None:
        rows = [
            initiative(key, option(effects=[{"pool": pool, "intensity": [0.2, 0.3]}]))
            for key, pool in (("A", "p"), ("B", "p"), ("C", "q"))
        ]
        pools = [{"key": key, "value": [10_000_001, 9_999_999]} for key in "pq"]
        problem = parse_problem(problem_file(*rows, pools=pools))
        chosen = tuple(problem.placements[:1]) + tuple(
            next(p for p in problem.placements if p.initiative == place) for place in (1, 2)
        )
        whole, without = credits(Account(problem, chosen)), credits(Account(problem, chosen[:2]))
        assert whole[:2] == without

    def test_claims_of_any_set_stay_within_the_pools(self) -> None:
        problem = parse_problem(random_document(Size(20, 2, 8, 3, pools=4), 5))
        limit = {pool: place.value for pool, place in enumerate(problem.pools)}
        for seed in range(40):
            random = Random(seed)
            count = min(random.randint(1, 20), len(problem.placements))
            chosen = {p.initiative: p for p in random.sample(problem.placements, count)}
            account = Account(problem, tuple(chosen[i] for i in sorted(chosen)))
            for (pool, quarter), value in account.pool_values.items():
                assert value <= limit[pool][quarter]

    def test_zero_haircut_is_zero_value(self) -> None:
        strength = intensity(Decimal("0.30"), Decimal(0))
        assert value_of(worth(), strength, ramp_profile(1, 1, None, 12)) == 0

    def test_a_half_life_without_end_is_no_fading(self) -> None:
        strength = -log(0.7)
        endless = value_of(worth(), strength, ramp_profile(1, 3, None, 12))
        long = value_of(worth(), strength, ramp_profile(1, 3, 10**9, 12))
        assert long == pytest.approx(endless, rel=1e-8)

    def test_nobody_kept_leaving_makes_retain_a_sum_over_what_is_left_of_the_horizon(self) -> None:
        pool = discounted_pool_minor(
            Lever.RETAIN, 16_000_000, churn=Decimal(0), quarters=4, discount_rate=Decimal(0)
        )
        assert pool == (3_500_000, 2_500_000, 1_500_000, 500_000)

    def test_a_ramp_of_one_quarter_is_full_at_go_live(self) -> None:
        strength = -log(0.7)
        assert value_of(worth(), strength, ramp_profile(3, 1, None, 12)) == pytest.approx(
            0.3 * sum(worth()[2:]), rel=1e-12
        )

    def test_the_optimizer_finds_the_best_of_fourteen_by_brute_force(self) -> None:
        size = Size(14, 1, 3, 1, pools=3, funds=1, capacities=1, overtime=False, tightness=0.5)
        for seed in range(2):
            document = random_document(size, seed)
            plan = solve(parse_problem(document), time_limit=30.0)
            value, _ = best_by_enumeration(document)
            assert plan.value is not None and abs(plan.value - value) <= 1
            assert plan.greedy is not None and plan.greedy.shortfall >= 0

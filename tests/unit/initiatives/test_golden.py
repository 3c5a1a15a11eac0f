"""The value model's worked example and the checks that make it trustworthy, under their names.

Checks of the optimizer itself stand with it; docs/model.md, G says where each one is.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from app.initiatives.rules import (
    EffectClaim,
    EvidenceGrade,
    Horizon,
    OptionClaim,
    claim_steps,
    standalone_value,
    words,
)
from app.journeys.rules import (
    Lever,
    annual_pool_minor,
    discounted_pool_minor,
    intensity,
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
YEARS_3 = Horizon(12, Decimal("0.09"))
ANNUAL = annual_pool_minor(Lever.RETAIN, INPUTS, "EUR")
WORTH = discounted_pool_minor(
    Lever.RETAIN, ANNUAL, churn=INPUTS["p"], quarters=12, discount_rate=YEARS_3.rate
)


def claim_a(
    *, removal: Decimal = Decimal("0.30"), ramp: int = 3, half_life: int | None = 12
) -> OptionClaim:
    """What A claims: 30 %, live in quarter 3, ramp 3, half-life 12."""
    effect = EffectClaim(1, removal, EvidenceGrade.A)
    return OptionClaim(0, 2, ramp, half_life, (effect,))


def without_haircut(removal: str) -> Decimal:
    """The removal of which grade A leaves just this one."""
    kept = float(EvidenceGrade.A.haircut)
    return Decimal(repr(1 - (1 - float(removal)) ** (1 / kept)))


def value_of(claim: OptionClaim) -> int:
    return standalone_value(claim, {1: WORTH}, YEARS_3).total


class TestWorkedExample:
    def test_has_2880_savable_customers_a_year(self) -> None:
        assert round(savable_customers(INPUTS), 6) == 2880

    def test_a_alone_is_worth_266_900_over_three_years(self) -> None:
        value = value_of(claim_a(removal=without_haircut("0.30"))) / 100
        assert value == pytest.approx(266_900, abs=50)

    def test_the_naive_claim_is_75_percent_too_high(self) -> None:
        naive = claim_steps(claim_a(), {1: ANNUAL}, {1: WORTH}, YEARS_3)[0].minor
        assert naive == pytest.approx(864 * 180_00 * 3, abs=1)
        value = value_of(claim_a(removal=without_haircut("0.30")))
        assert naive / value == pytest.approx(1.75, abs=0.005)

    def test_the_haircut_of_grade_a_leaves_95_percent_of_the_intensity(self) -> None:
        shares = [0, 0, 1 / 3, 2 / 3, 1, *(0.5 ** (n / 12) for n in range(1, 8))]
        by_hand = sum(v * (1 - 0.70 ** (0.95 * rho)) for v, rho in zip(WORTH, shares, strict=True))
        assert value_of(claim_a()) == pytest.approx(by_hand, abs=1)


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

    def test_zero_haircut_is_zero_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert value_of(claim_a()) > 0
        assert intensity(Decimal("0.30"), Decimal(0)) == 0
        monkeypatch.setitem(words._GRADES, EvidenceGrade.A, (Decimal(0), "nothing"))
        assert value_of(claim_a()) == 0

    def test_a_half_life_without_end_is_no_fading(self) -> None:
        endless = value_of(claim_a(half_life=None))
        assert value_of(claim_a(half_life=12)) < endless
        assert value_of(claim_a(half_life=10**9)) == pytest.approx(endless, rel=1e-8)

    def test_nobody_kept_leaving_makes_retain_a_sum_over_what_is_left_of_the_horizon(self) -> None:
        pool = discounted_pool_minor(
            Lever.RETAIN, 16_000_000, churn=Decimal(0), quarters=4, discount_rate=Decimal(0)
        )
        assert pool == (3_500_000, 2_500_000, 1_500_000, 500_000)

    def test_a_ramp_of_one_quarter_is_full_at_go_live(self) -> None:
        found = value_of(claim_a(removal=without_haircut("0.30"), ramp=1, half_life=None))
        assert found == pytest.approx(0.3 * sum(WORTH[2:]), abs=1)

    def test_the_optimizer_finds_the_best_of_fourteen_by_brute_force(self) -> None:
        size = Size(14, 1, 3, 1, pools=3, funds=1, capacities=1, overtime=False, tightness=0.5)
        for seed in range(2):
            document = random_document(size, seed)
            plan = solve(parse_problem(document), time_limit=30.0)
            value, _ = best_by_enumeration(document)
            assert plan.value is not None and abs(plan.value - value) <= 1
            assert plan.greedy is not None and plan.greedy.shortfall >= 0

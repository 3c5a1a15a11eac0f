"""The standalone value: by hand, within its limits, and equal to the optimizer's recount."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from math import exp, log

import pytest

from app.initiatives.rules import (
    DeclaredClaim,
    EffectClaim,
    EvidenceGrade,
    Horizon,
    OptionClaim,
    assumed_start,
    claim_steps,
    cost_row,
    option_case,
    quick_standalone,
    standalone_value,
)
from app.initiatives.rules.value import intensities
from app.journeys.rules import Lever, discounted_pool_minor
from app.portfolio.engine.crediting import standalone_value as engine_standalone
from app.portfolio.engine.parsing import parse_problem
from app.values.quarter import Quarter

RATE = Decimal("0.09")
YEARS_3 = Horizon(12, RATE)


def claim(*effects: EffectClaim, **changes: object) -> OptionClaim:
    values: dict[str, object] = {"start": 0, "go_live": 0, "ramp": 1, "half_life": None}
    return OptionClaim(**values | {"effects": effects} | changes)  # type: ignore[arg-type]


def effect(pool: int = 1, removal: str = "0.3", grade: str = "A") -> EffectClaim:
    return EffectClaim(pool, Decimal(removal), EvidenceGrade(grade))


class TestStandaloneValue:
    def test_agrees_with_a_calculation_by_hand(self) -> None:
        pools = {1: (1_000_00, 900_00)}
        strength = -0.95 * log(1 - 0.3)

        value = standalone_value(claim(effect()), pools, Horizon(2, RATE))

        assert value.total == round(1_900_00 * (1 - exp(-round(strength, 9))))
        assert value.pools == {1: value.total}

    def test_two_behaviours_on_one_pool_overlap(self) -> None:
        pools = {1: (1_000_00,)}
        horizon = Horizon(1, RATE)
        alone = standalone_value(claim(effect()), pools, horizon).total
        both = standalone_value(claim(effect(), effect()), pools, horizon).total

        assert alone < both < 2 * alone

    def test_nothing_counts_before_go_live_or_beyond_the_horizon(self) -> None:
        pools = {1: (1_000_00,) * 4}
        horizon = Horizon(4, RATE)

        assert standalone_value(claim(effect(), go_live=4), pools, horizon).total == 0
        assert standalone_value(claim(effect(), start=4), pools, horizon).total == 0
        one = standalone_value(claim(effect(), start=2, go_live=1), pools, horizon).total
        assert one == standalone_value(claim(effect()), {1: (1_000_00,)}, Horizon(1, RATE)).total

    def test_parts_add_up_to_the_cent(self) -> None:
        pools = {n: (333_33 * n, 101_01) for n in (1, 2, 3)}
        effects = [effect(n, removal) for n, removal in ((1, "0.11"), (2, "0.07"), (3, "0.5"))]
        declared = DeclaredClaim(10_000_01, EvidenceGrade.E)

        value = standalone_value(claim(*effects, declared=declared), pools, Horizon(2, RATE))

        assert sum(value.pools.values()) + value.declared == value.total

    def test_a_declared_benefit_keeps_its_haircut_and_is_discounted_at_go_live(self) -> None:
        declared = DeclaredClaim(1_000_00, EvidenceGrade.E)

        value = standalone_value(claim(go_live=3, declared=declared), {}, YEARS_3)

        assert value.total == value.declared == round(200_00 * 1.09 ** (-3.5 / 4))

    def test_the_quick_way_gives_the_same_cent(self) -> None:
        draw = random.Random(7)
        for _ in range(300):
            pools = {n: tuple(draw.randrange(10**9) for _ in range(12)) for n in range(3)}
            effects = [
                effect(draw.randrange(3), f"0.{draw.randrange(1, 95):02}", draw.choice("ABCDE"))
                for _ in range(draw.randrange(4))
            ]
            one = claim(
                *effects, start=draw.randrange(6), go_live=draw.randrange(4),
                ramp=draw.randrange(1, 5), half_life=draw.choice([None, 8, 12]),
            )  # fmt: skip
            assert (
                quick_standalone(one, pools, YEARS_3) == standalone_value(one, pools, YEARS_3).total
            )


class TestAgainstTheEngine:
    @pytest.mark.parametrize("seed", range(20))
    def test_a_plan_that_holds_nothing_else_is_worth_the_same_cent(self, seed: int) -> None:
        draw = random.Random(seed)
        quarters = [f"{2027 + n // 4}-Q{n % 4 + 1}" for n in range(12)]
        pools = {
            n: discounted_pool_minor(
                draw.choice([Lever.SERVE, Lever.RETAIN]), draw.randrange(10**10),
                churn=Decimal("0.18"), quarters=12, discount_rate=RATE,
            )
            for n in (1, 2)
        }  # fmt: skip
        one = claim(
            effect(1, f"0.{draw.randrange(1, 95):02}", draw.choice("ABCDE")),
            effect(2, f"0.{draw.randrange(1, 95):02}", draw.choice("ABCDE")),
            effect(1, "0.05", "C"),
            start=draw.randrange(8), go_live=draw.randrange(3), ramp=draw.randrange(1, 5),
            half_life=draw.choice([None, 8, 12]),
        )  # fmt: skip
        series = {n: intensities(one, n, 12) for n in pools}
        document = {
            "format": "waymark/problem", "version": 1, "currency": "EUR", "quarters": quarters,
            "funds": [], "capacities": [],
            "pools": [{"key": str(n), "value": list(worth)} for n, worth in pools.items()],
            "initiatives": [
                {
                    "key": "CX-101", "name": "One", "tags": {},
                    "options": [
                        {
                            "key": "full", "start": [quarters[one.start]], "spend": {},
                            "demand": {}, "value": 0, "effort_minutes": 0, "risk": 1,
                            "effects": [
                                {"pool": str(n), "intensity": [float(v) for v in series[n]]}
                                for n in pools
                                if any(series[n])
                            ],
                        }
                    ],
                }
            ],
            "rules": [],
        }  # fmt: skip
        problem = parse_problem(json.dumps(document))

        mine = standalone_value(one, pools, YEARS_3).total
        assert mine == engine_standalone(problem, problem.placements[0])


class TestCosts:
    def test_are_discounted_in_the_middle_of_their_quarter(self) -> None:
        row = cost_row("Capex", {0: 100_00, 4: 100_00}, 1, YEARS_3)

        assert row.nominal_minor == 200_00
        assert row.discounted_minor == round(100_00 * (1.09 ** (-1.5 / 4) + 1.09 ** (-5.5 / 4)))

    def test_what_lies_beyond_the_horizon_is_said_not_counted(self) -> None:
        row = cost_row("Run", {0: 1_00, 11: 2_00, 12: 4_00}, 0, YEARS_3)

        assert (row.nominal_minor, row.beyond_minor) == (3_00, 4_00)


class TestClaimSteps:
    def test_lead_from_the_claim_to_the_value_without_a_gap(self) -> None:
        annual = 1_000_000_00
        quarters = discounted_pool_minor(
            Lever.SERVE, annual, churn=None, quarters=12, discount_rate=RATE
        )
        one = claim(
            effect(1, "0.2", "B"), go_live=2, ramp=3, half_life=12,
            declared=DeclaredClaim(50_000_00, EvidenceGrade.D),
        )  # fmt: skip

        steps = claim_steps(one, {1: annual}, {1: quarters}, YEARS_3)

        assert steps[0].minor + sum(step.minor for step in steps[1:-1]) == steps[-1].minor
        assert steps[0].minor == round(annual * 3 * 0.2) + 50_000_00
        assert steps[-1].minor == standalone_value(one, {1: quarters}, YEARS_3).total
        assert all(step.minor < 0 for step in steps[1:-1])

    def test_tell_what_customers_kept_bring_by_staying_apart_from_time(self) -> None:
        five_years, annual = Horizon(20, RATE), 2_880 * 180_00
        stock, quarters = (
            discounted_pool_minor(
                Lever.RETAIN, annual, churn=Decimal("0.18"), quarters=20, discount_rate=rate
            )
            for rate in (Decimal(0), RATE)
        )
        one = claim(effect(1, "0.3"))

        steps = claim_steps(one, {1: annual}, {1: quarters}, five_years, stocks={1: stock})

        assert [step.short for step in steps] == [
            "Claimed", "Kept", "Time", "Haircut", "Ramp", "Value",
        ]  # fmt: skip
        assert steps[0].minor == round(annual * 5 * 0.3)
        assert steps[1].minor == round(sum(stock) * 0.3) - steps[0].minor > 0
        assert steps[2].minor < 0
        assert sum(step.minor for step in steps[:-1]) == steps[-1].minor

    def test_have_no_step_of_customers_kept_where_no_lever_keeps_any(self) -> None:
        steps = claim_steps(claim(effect()), {1: 4_000}, {1: (900,) * 12}, YEARS_3)

        assert "Kept" not in {step.short for step in steps}

    def test_put_what_a_declared_benefit_loses_by_waiting_down_to_time(self) -> None:
        one = claim(go_live=3, declared=DeclaredClaim(1_000_00, EvidenceGrade.E))

        steps = {step.short: step.minor for step in claim_steps(one, {}, {}, YEARS_3)}

        assert steps["Time"] == round(1_000_00 * 1.09 ** (-3.5 / 4)) - 1_000_00
        assert steps["Ramp"] == 0
        assert steps["Value"] == round(200_00 * 1.09 ** (-3.5 / 4))

    def test_leave_nothing_of_a_declared_benefit_after_the_horizon(self) -> None:
        one = claim(go_live=12, declared=DeclaredClaim(1_000_00, EvidenceGrade.E))

        steps = {step.short: step.minor for step in claim_steps(one, {}, {}, YEARS_3)}

        assert steps["Value"] == 0
        assert steps["Ramp"] < 0


class TestOptionCase:
    def test_net_is_value_less_discounted_cost(self) -> None:
        pools = {1: (1_000_00,) * 12}
        case = option_case(claim(effect()), {"Capex": {0: 500_00}}, {1: 4_000_00}, pools, YEARS_3)

        assert case.net == case.standalone.total - case.cost


class TestAssumedStart:
    def test_is_the_planned_one_within_the_window_and_the_horizon(self) -> None:
        first = Quarter(2027, 1)

        assert assumed_start(Quarter(2027, 3), None, None, first) == 2
        assert assumed_start(Quarter(2027, 1), Quarter(2027, 2), None, first) == 1
        assert assumed_start(Quarter(2028, 1), None, Quarter(2027, 4), first) == 3
        assert assumed_start(Quarter(2026, 1), None, None, first) == 0

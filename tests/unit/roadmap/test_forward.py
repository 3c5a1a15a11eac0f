"""What an initiative still brings for what it still costs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import erf, exp, log, sqrt
from typing import Any

import pytest

from app.portfolio.engine import parse_problem
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Placement
from app.roadmap.rules.forward import (
    ForwardPool,
    ForwardShape,
    Remaining,
    discounted_cost,
    forward,
)
from app.roadmap.rules.posterior import EffectCase, EffectNow, Normal
from tests.factories.problems import initiative, option, problem_file

VALUE = (1_000_000, 990_000, 980_000, 970_000)
OTHERS = (0.0, 0.1, 0.2, 0.2)


def effect(mean: float = 0.2, error: float = 0.0, **changes: Any) -> EffectNow:
    case = EffectCase(
        changes.pop("behaviour", 1), changes.pop("pool", "p"), Normal(mean, error), 0.8, False
    )
    return EffectNow(case, None, case.removal, 0.8, **changes)


def left(*effects: EffectNow, **changes: Any) -> Remaining:
    values: dict[str, Any] = {
        "effects": effects or (effect(),),
        "shape": ForwardShape(start=0, go_live=1, ramp=2, half_life=None),
        "cells": [(2, 100_000)],
        "pools": {"p": ForwardPool(VALUE, OTHERS, measured=-1)},
        "now": 0,
        "discount_rate": 0.08,
    }
    return Remaining(**values | changes)


def found(remaining: Remaining) -> Any:
    got = forward(remaining)
    assert got is not None
    return got


class TestBenefit:
    def test_is_the_difference_of_two_accounts(self) -> None:
        own = -0.8 * log(1 - 0.2)
        problem = parse_problem(
            problem_file(
                initiative(
                    "ours",
                    option(effects=[{"pool": "p", "intensity": [0, own / 2, own, own]}]),
                ),
                initiative("others", option(effects=[{"pool": "p", "intensity": list(OTHERS)}])),
                quarters=4,
                pools=[{"key": "p", "value": list(VALUE)}],
            )
        )  # fmt: skip
        keys = [one.key for one in problem.initiatives]
        placed = {key: Placement(keys.index(key), 0, 0) for key in keys}
        both = Account(problem, tuple(placed[key] for key in keys)).value
        without = Account(problem, (placed["others"],)).value
        assert found(left()).benefit == pytest.approx(both - without, abs=1)

    def test_begins_today(self) -> None:
        own = -0.8 * log(1 - 0.2)
        later = sum(VALUE[t] * exp(-OTHERS[t]) * (1 - exp(-own)) for t in (2, 3))
        assert found(left(now=2)).benefit == pytest.approx(later)

    def test_leaves_out_what_ran_when_the_pool_was_measured(self) -> None:
        own = -0.8 * log(1 - 0.2) / 2
        measured = {"p": ForwardPool(VALUE, OTHERS, measured=1)}
        rest = sum(VALUE[t] * exp(-OTHERS[t]) * (1 - exp(-own)) for t in (2, 3))
        assert found(left(pools=measured, now=1)).benefit == pytest.approx(rest)

    def test_that_stays_anyway_is_not_counted(self) -> None:
        own = -0.8 * log(1 - 0.2)
        kept = found(left(effect(persists=True), now=1))
        gained = sum(
            VALUE[t] * exp(-OTHERS[t]) * (exp(-own / 2) - exp(-own)) for t in (2, 3)
        )  # at half of the ramp today, so only the other half is still to come
        assert kept.benefit == pytest.approx(gained)
        assert kept.benefit + kept.kept_minor == pytest.approx(found(left(now=1)).benefit)

    def test_of_what_stays_fades_by_its_half_life(self) -> None:
        shape = ForwardShape(start=0, go_live=1, ramp=2, half_life=4)
        fading = found(left(effect(persists=True), shape=shape, now=2))
        lasting = found(left(effect(persists=True), now=2))
        assert 0 < fading.kept_minor < lasting.kept_minor and lasting.benefit == 0

    def test_of_harm_is_a_loss_without_haircut(self) -> None:
        harm = found(left(effect(-0.2), now=2, pools={"p": ForwardPool(VALUE, (0,) * 4, -1)}))
        assert harm.benefit == pytest.approx(sum(VALUE[2:]) * (1 - 1.2))


class TestReturn:
    def test_to_the_figures_of_a_spreadsheet(self) -> None:
        # Q1 nothing, Q2 half, Q3 and Q4 all of g·a = 0.8·0.223144 = 0.178515; 100,000 in Q3 at 8 %.
        one = found(left())
        assert round(one.cost) == 95_304
        assert round(one.benefit) == 337_505
        assert round(one.rate, 4) == 2.5414

    def test_is_none_where_no_money_is_left(self) -> None:
        assert forward(left(cells=[(2, 0)])) is None

    def test_counts_overdue_money_as_spent_now(self) -> None:
        assert discounted_cost([(0, 100)], 2, 0.08) == discounted_cost([(2, 100)], 2, 0.08)


class TestChance:
    def test_agrees_with_the_normal_distribution(self) -> None:
        # With one effect the return rises with the drawn fraction, so the chance is known exactly.
        remaining = left(effect(0.2, 0.05))
        bar = found(left(effect(0.18))).rate
        exact = 0.5 * (1 + erf((0.2 - 0.18) / 0.05 / sqrt(2)))
        assert found(remaining).chance(bar) == pytest.approx(exact, abs=0.01)

    def test_is_all_or_nothing_without_uncertainty(self) -> None:
        one = found(left())
        assert one.chance(one.rate - 1e-6) == 1 and one.chance(one.rate + 1e-6) == 0

    def test_draws_effects_of_one_behaviour_together(self) -> None:
        def width(*effects: EffectNow) -> float:
            pools = {name: ForwardPool(VALUE, (0,) * 4, -1) for name in "pq"}
            return float(found(left(*effects, pools=pools)).returns.std())

        own, same = effect(0.2, 0.05), effect(0.2, 0.05, pool="q")
        other = replace(same, case=replace(same.case, behaviour=2))
        assert width(own, same) == pytest.approx(2 * width(own), rel=0.01)
        assert width(own, other) == pytest.approx(sqrt(2) * width(own), rel=0.03)

    def test_never_removes_more_than_the_most(self) -> None:
        one = found(left(effect(0.9, 5.0)))
        most = found(left(effect(0.95)))
        assert one.returns[-1] == pytest.approx(most.rate)


def test_discounts_in_mid_quarter() -> None:
    assert Decimal(discounted_cost([(1, 100_000)], 0, 0.08)).quantize(Decimal("0.01")) == Decimal(
        "97155.21"
    )

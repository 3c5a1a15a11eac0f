"""How sure a plan is: its own figures at the middle, its case where it is one initiative's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from app.initiatives.rules import (
    EffectClaim,
    EvidenceGrade,
    Horizon,
    OptionClaim,
    UncertainOption,
    cost_spread,
    option_outlook,
)
from app.initiatives.rules.value import intensities
from app.journeys.rules import LEVER_INPUTS, Lever, annual_pool_minor, discounted_pool_minor
from app.portfolio.engine import Plan, Problem, parse_problem, solve
from app.portfolio.engine.answers import (
    InputName,
    Outlook,
    RangesError,
    Uncertainty,
    outlook,
    read_ranges,
    robustness,
)
from app.portfolio.engine.answers.desk import account_of
from app.portfolio.engine.answers.outlook import STEPS
from app.portfolio.engine.answers.robustness import fixed_values
from app.portfolio.engine.counting import Account
from tests.bench.engine_instances import quarter_names
from tests.factories.journeys import INPUTS
from tests.factories.problems import problem_file

QUARTERS = 8
HORIZON = Horizon(QUARTERS, Decimal("0.09"))
Ends = tuple[str, str]


def pool_tree(key: str, id_: int, lever: Lever, shared: Mapping[str, int], **ends: Ends) -> Any:
    """A pool as a run keeps it; ``ends`` are P10 and P90 by symbol."""
    inputs = [
        {"symbol": one.symbol, "value": INPUTS[lever][one.symbol],
         **dict(zip(("low", "high"), ends.get(one.symbol, (None, None)), strict=True))}
        for one in LEVER_INPUTS[lever]
    ]  # fmt: skip
    return {
        "key": key, "id": id_, "lever": lever.value, "inputs": inputs, "shared": dict(shared),
    }  # fmt: skip


def option_tree(key: str, id_: int, pool: str, removal: str, *ends: str, cost: Any = None) -> Any:
    low, high = ends or (None, None)
    effect = {"pool": pool, "removal": removal, "low": low, "high": high, "grade": "B"}
    return {"initiative": key, "id": id_, "option": "full", "cost": cost, "effects": [effect]}


def tree(pools: Sequence[Any] = (), options: Sequence[Any] = ()) -> Any:
    return {"discount_rate": "0.09", "pools": list(pools), "options": list(options)}


def claim(removal: str) -> OptionClaim:
    effect = EffectClaim(1, Decimal(removal), EvidenceGrade.B)
    return OptionClaim(start=0, go_live=1, ramp=2, half_life=8, effects=(effect,))


def world(
    acting: Mapping[str, tuple[str, str]], pools: Mapping[str, Lever], cost: int = 1_000_000_00
) -> tuple[Problem, Plan]:
    """A problem whose pools have the inputs of the factories, and its plan: everything.

    ``acting``: key of the initiative → (pool, removal).
    """
    names = quarter_names(QUARTERS)
    worth = {}
    for key, lever in pools.items():
        inputs = {symbol: Decimal(value) for symbol, value in INPUTS[lever].items()}
        worth[key] = discounted_pool_minor(
            lever, annual_pool_minor(lever, inputs, "EUR"), churn=inputs.get("p"),
            quarters=QUARTERS, discount_rate=HORIZON.rate,
        )  # fmt: skip
    initiatives = [
        {
            "key": key,
            "options": [
                {
                    "key": "full", "start": [names[0]], "spend": {"money": [cost]},
                    "effects": [
                        {
                            "pool": pool,
                            "intensity": [float(a) for a in
                                          intensities(claim(removal), 1, QUARTERS)],
                        }
                    ],
                }
            ],
        }
        for key, (pool, removal) in acting.items()
    ]  # fmt: skip
    problem = parse_problem(
        problem_file(*initiatives, quarters=QUARTERS, budget=[10**12] * QUARTERS)
        | {
            "pools": [{"key": key, "value": list(value)} for key, value in worth.items()],
            "rules": [{"key": f"in:{key}", "type": "fund", "initiative": key} for key in acting],
        }
    )
    return problem, solve(problem, time_limit=20)


def asked(problem: Problem, plan: Plan, ranges: Any, **more: Any) -> Outlook:
    return outlook(problem, plan, read_ranges(ranges, problem), **more)


ONE = ({"A": ("claims/retain", "0.3")}, {"claims/retain": Lever.RETAIN})


class TestFigures:
    def test_without_ranges_they_are_the_plan_s_own(self) -> None:
        problem, plan = world(*ONE)
        found = asked(problem, plan, tree([pool_tree("claims/retain", 1, Lever.RETAIN, {})]))
        assert found.value is not None and found.net is not None
        assert (found.value.p10, found.value.p50, found.value.p90) == (plan.value,) * 3
        assert found.net.p50 == (plan.value or 0) - found.cost
        assert 0.97e8 < found.cost < 1e8
        assert (found.ranged, found.inputs, found.matters) == (0, 7, ())

    def test_of_one_initiative_they_are_those_of_its_case(self) -> None:
        problem, plan = world(*ONE)
        ends = {"p": ("0.12", "0.26"), "m": ("150", "230")}
        option = option_tree("A", 7, "claims/retain", "0.3", "0.1", "0.4", cost=["0.9", "1.4"])
        ranges = read_ranges(
            tree([pool_tree("claims/retain", 3, Lever.RETAIN, {"p": 99}, **ends)], [option]),
            problem,
        )
        alone = UncertainOption(
            7, replace(claim("0.3"), effects=(EffectClaim(3, Decimal("0.3"), EvidenceGrade.B),)),
            tuple(e.removal for e in ranges.options["A", "full"].effects), 0,
            cost_spread(None, None),
        )  # fmt: skip
        case = option_outlook(alone, (ranges.pools["claims/retain"],), HORIZON)

        found = outlook(problem, plan, ranges)

        assert found.value is not None
        whole = (found.value.p10, found.value.p50, found.value.p90)
        assert whole == pytest.approx(case.value, rel=1e-5)
        assert (found.ranged, found.inputs) == (4, 7)

    def test_of_a_draw_they_are_those_of_the_exact_recount(self) -> None:
        problem, plan = world(
            {"A": ("claims/retain", "0.3"), "B": ("claims/retain", "0.2"),
             "C": ("claims/convert", "0.2")},
            {"claims/retain": Lever.RETAIN, "claims/convert": Lever.CONVERT},
        )  # fmt: skip
        pools = [
            pool_tree("claims/retain", 1, Lever.RETAIN, {}, p=("0.1", "0.4"), m=("150", "220")),
            pool_tree("claims/convert", 2, Lever.CONVERT, {}, r=("0.02", "0.044")),
        ]
        options = [option_tree("A", 1, "claims/retain", "0.3", "-0.1", "0.5", cost=["0.5", "2"])]
        draws = read_ranges(tree(pools, options), problem).draws(problem, 10, 5)
        account = account_of(problem, plan)
        values = fixed_values(account, draws)
        for draw in range(10):
            changed = draws.change(draw).apply(problem)
            exact = Account(changed, account.chosen).value
            assert abs(values[draw] - exact) <= 1e-6 * abs(exact) + 50
        assert np.ptp(values) > 0.2 * np.median(values)

    def test_inputs_that_initiatives_share_rise_and_fall_together(self) -> None:
        ends = {"V": ("100000", "340000")}

        def spread(pools: Sequence[Any], keys: tuple[str, str]) -> float:
            problem, plan = world(
                {"A": (keys[0], "0.1"), "B": (keys[1], "0.1")}, dict.fromkeys(keys, Lever.SERVE)
            )
            found = asked(problem, plan, tree(pools)).value
            assert found is not None
            return (found.p90 - found.p10) / found.p50

        one = pool_tree("claims/serve", 1, Lever.SERVE, {}, **ends)
        other = pool_tree("moving/serve", 2, Lever.SERVE, {}, **ends)
        same = [one | {"shared": {"V": 9}}, other | {"shared": {"V": 9}}]
        keys = ("claims/serve", "moving/serve")
        apart, together = spread([one, other], keys), spread(same, keys)
        assert spread([one], ("claims/serve", "claims/serve")) > 1.2 * apart
        assert together > 1.2 * apart


class TestWhatMatters:
    def test_is_named_by_what_an_input_s_range_does_to_the_net(self) -> None:
        problem, plan = world({"A": ("claims/serve", "0.1")}, {"claims/serve": Lever.SERVE})
        pools = [
            pool_tree("claims/serve", 1, Lever.SERVE, {}, V=("190000", "210000"), u=("4", "7"))
        ]
        option = option_tree("A", 1, "claims/serve", "0.1", cost=["1", "1.1"])
        found = asked(problem, plan, tree(pools, [option]))
        assert [one.input for one in found.matters] == [
            InputName("cost", "A", "full"),
            InputName("pool", "claims/serve", part="u"),
            InputName("pool", "claims/serve", part="V"),
        ]
        cost = found.matters[0]
        assert cost.net_low - cost.net_high == pytest.approx(found.cost / 10, abs=2)
        assert (found.pools, found.funded) == (("claims/serve",), (("A", "full"),))

    def test_tells_how_often_the_plan_costs_more_than_it_brings(self) -> None:
        problem, plan = world({"A": ("claims/serve", "0.1")}, {"claims/serve": Lever.SERVE})
        net = asked(problem, plan, tree()).net
        assert net is not None and net.p50 < 0
        assert asked(problem, plan, tree()).below_zero == 1.0

    def test_can_be_stopped_and_tells_how_far_it_is(self) -> None:
        problem, plan = world(*ONE)
        told: list[str] = []
        assert asked(problem, plan, tree(), on_progress=told.append).is_complete
        assert len(told) == STEPS
        stopped = asked(problem, plan, tree(), should_stop=lambda: True)
        assert (stopped.is_complete, stopped.value, stopped.matters) == (False, None, ())


class TestRobustness:
    def test_draws_what_has_a_range_and_holds_the_rest(self) -> None:
        problem, plan = world(
            {"A": ("claims/serve", "0.1"), "B": ("claims/serve", "0.2")},
            {"claims/serve": Lever.SERVE},
        )
        option = option_tree("A", 1, "claims/serve", "0.1", "0.05", "0.15")
        ranges = read_ranges(tree(options=[option]), problem)
        drawn = ranges.draws(problem, 30, 1)
        assert np.ptp(drawn.effect(0, 0, 0)) > 0.5
        held = (drawn.effect(1, 0, 0), drawn.cost(0, 0), drawn.own(0), drawn.pool(0))
        assert all((one == 1).all() for one in held)

        found = robustness(problem, plan, uncertainty=ranges, draws=10)

        assert found.plan == outlook(problem, plan, ranges).value
        assert (found.is_assumed, found.missed) == (False, 0.0)
        assumed = robustness(problem, plan, uncertainty=Uncertainty(), draws=10)
        assert assumed.is_assumed and assumed.plan != found.plan


class TestReading:
    @pytest.mark.parametrize(
        ("document", "place"),
        [
            ([], "ranges:"), ({"pools": []}, "ranges:"), (tree([{"key": "a"}]), "ranges.pools[0]"),
            (tree([pool_tree("a", 1, Lever.SERVE, {}, V=("9", "1"))]), "ranges.pools[0]"),
            (tree([pool_tree("a", 1, Lever.SERVE, {}, V=("NaN", "1"))]), "ranges.pools[0]"),
            (tree(options=[option_tree("A", 1, "a", "x")]), "ranges.options[0]"),
            (tree(options=[option_tree("A", 1, "a", "1", cost=3)]), "ranges.options[0]"),
        ],
    )  # fmt: skip
    def test_names_what_cannot_be_used(self, document: Any, place: str) -> None:
        problem, _ = world(*ONE)
        with pytest.raises(RangesError) as error:
            read_ranges(document, problem)
        assert str(error.value).startswith(place)

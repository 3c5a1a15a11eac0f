"""A result file states what the choices really give, and a changed figure is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.portfolio.engine import (
    Plan,
    PlanStatus,
    Problem,
    parse_problem,
    result_json,
    solve,
    verify,
)
from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import standalone_value
from app.portfolio.engine.reporting import Verdict, plan_from
from app.values.canonical import canonical_json
from tests.bench.engine_instances import Size, random_document
from tests.bench.orlib import Published, published_problems
from tests.bench.portfolios import portfolio
from tests.factories.problems import problem_file, simple

Result = dict[str, Any]
SIZE = Size(8, 2, 4, 2, pools=2, funds=2, capacities=1, rules=3, tightness=0.6,
            carry_over=0.25, kinds=("at_most", "synergy", "share"))  # fmt: skip


@pytest.fixture(scope="module")
def problem() -> Problem:
    return parse_problem(random_document(SIZE, 1))


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Plan:
    return solve(problem, time_limit=30)


@pytest.fixture
def result(plan: Plan) -> Result:
    """As read back from a file."""
    copy: Result = json.loads(json.dumps(result_json(plan)))
    return copy


class TestNotFunded:
    @pytest.mark.parametrize("seed", range(3))
    def test_states_the_value_of_the_best_placement_alone(self, seed: int) -> None:
        problem = parse_problem(canonical_json(portfolio(40, 6, seed=seed)))
        verdict = Verdict(PlanStatus.STOPPED, None, 0, False, (), "", 0.0, "")
        rows = plan_from(problem, Account(problem, ()), None, verdict).not_funded
        alone: dict[str, int] = {}
        for placement in problem.placements:
            key = problem.initiatives[placement.initiative].key
            value = standalone_value(problem, placement)
            alone[key] = max(value, alone.get(key, value))
        assert {row.initiative: row.value_standalone for row in rows} == alone


class TestResultFile:
    def test_has_the_published_keys(self, result: Result) -> None:
        assert {
            "status", "value", "bound", "gap", "funded", "not_funded", "funds", "capacities",
            "rules", "greedy", "solver", "seconds", "digest",
        } <= result.keys()  # fmt: skip
        assert {
            "initiative", "option", "start", "value_allocated", "value_standalone",
            "value_marginal", "spend",
        } <= result["funded"][0].keys()  # fmt: skip
        assert {"key", "spend", "left"} <= result["funds"][0].keys()
        assert {"key", "slack", "binding"} <= result["rules"][0].keys()
        assert {"value", "shortfall"} <= result["greedy"].keys()

    def test_every_initiative_is_funded_or_not(self, problem: Problem, result: Result) -> None:
        named = [row["initiative"] for name in ("funded", "not_funded") for row in result[name]]
        assert sorted(named) == [initiative.key for initiative in problem.initiatives]

    def test_spend_of_initiatives_is_spend_of_funds(self, result: Result) -> None:
        by_fund = sum(sum(fund["spend"]) for fund in result["funds"])
        assert sum(row["spend"] for row in result["funded"]) == by_fund == result["spend"]


TAMPERED: dict[str, Callable[[Result], Any]] = {
    "$.value": lambda r: r.update(value=r["value"] + 1),
    "$.spend": lambda r: r.update(spend=r["spend"] - 1),
    "$.bound": lambda r: r.update(bound=r["value"] - 1),
    "$.gap": lambda r: r.update(gap=0.5),
    "$.status": lambda r: r.update(status="optimal", bound=r["value"] * 2),
    "$.digest": lambda r: r.update(digest="0" * 64),
    "$.funded[0].value_allocated": lambda r: r["funded"][0].update(value_allocated=1),
    "$.funded[0].value_marginal": lambda r: r["funded"][0].update(value_marginal=1),
    "$.funded[0].spend": lambda r: r["funded"][0].update(spend=1),
    "$.funded[0]": lambda r: r["funded"][0].update(option="other"),
    "$.funds[0].left[0]": lambda r: r["funds"][0]["left"].__setitem__(0, -5),
    "$.capacities[0].used[0]": lambda r: r["capacities"][0]["used"].__setitem__(0, -5.0),
    "$.rules[0].slack": lambda r: r["rules"][0].update(slack=77),
    "$.greedy.shortfall": lambda r: r["greedy"].update(value=1),
    "$.greedy.value": lambda r: r["greedy"].update(value=r["value"] + 1),
    "$.not_funded": lambda r: r["not_funded"].clear(),
    "$.extra": lambda r: r.update(extra=1),
}


class TestVerify:
    def test_finds_nothing_in_a_true_result(self, problem: Problem, result: Result) -> None:
        assert verify(problem, result) == []

    @pytest.mark.parametrize("path", TAMPERED)
    def test_finds_a_changed_figure(self, problem: Problem, result: Result, path: str) -> None:
        TAMPERED[path](result)
        assert path in {difference.path for difference in verify(problem, result)}

    def test_finds_a_broken_limit(self) -> None:
        problem = parse_problem(problem_file(simple("A", 9, 900), simple("B", 5, 900), quarters=1))
        result = result_json(solve(problem, time_limit=30))
        result["funded"].append({"initiative": "B", "option": "o", "start": "2027-Q1"})
        assert "overspent" in str(verify(problem, result)[0])

    def test_no_plan_has_no_choices_and_is_not_optimal(self, problem: Problem) -> None:
        empty = {"digest": problem.digest, "value": None, "status": "infeasible", "funded": []}
        assert verify(problem, empty) == []
        assert verify(problem, empty | {"status": "optimal"})
        assert verify(problem, empty | {"funded": [{}]})


class TestPublishedOptima:
    @pytest.mark.parametrize("published", list(published_problems()), ids=range(1, 8))
    def test_are_reached_and_proven(self, published: Published) -> None:
        plan = solve(parse_problem(published.document), time_limit=60)
        assert (plan.status, plan.value, plan.gap) == ("optimal", published.optimum, 0.0)

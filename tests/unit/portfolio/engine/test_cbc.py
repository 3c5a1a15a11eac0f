"""CBC errs on these small problems when it is asked the plain way; asked by us it does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulp
import pytest

from app.portfolio.engine import PlanStatus, parse_problem, solve
from app.portfolio.engine.milp.pulp_adapter import cbc_path
from app.portfolio.engine.sandbox import CBC
from tests.bench.enumeration import best_by_enumeration

DATA = Path(__file__).parents[3] / "data"
FALSE_INFEASIBLE, WRONG_OPTIMUM, PARTS = (
    f"cbc_{name}.json" for name in ("false_infeasible", "wrong_optimum", "fractional_optimum")
)
Amounts = dict[str, int]

is_bundled = pytest.mark.skipif(
    "linux/i64" not in cbc_path(), reason="another CBC than the one that was seen to err"
)
needs_cbc = pytest.mark.skipif(shutil.which(cbc_path()) is None, reason="no CBC at hand")


def document(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((DATA / name).read_text())
    return tree


class Plain:
    """The problem as one would write it down with PuLP: a variable per initiative, money as it is
    or, ``in_proportion``, every row in millionths of its largest amount."""

    def __init__(self, problem: dict[str, Any], *, in_proportion: bool = False) -> None:
        options = {one["key"]: one["options"][0] for one in problem["initiatives"]}
        spend = {key: option["spend"]["money"] for key, option in options.items()}
        self.in_proportion = in_proportion
        self.lp = pulp.LpProblem("plain", pulp.LpMinimize)
        self.y = {key: self.lp.add_variable(key, cat=pulp.LpBinary) for key in options}
        self.lp.setObjective(pulp.lpSum(-options[key]["value"] * y for key, y in self.y.items()))
        for quarter, budget in enumerate(problem["funds"][0]["budget"]):
            self.limit({key: amounts[quarter] for key, amounts in spend.items()}, most=budget)
        for rule in problem["rules"]:
            if rule["type"] == "requires":
                self.lp += self.y[rule["initiative"]] <= self.y[rule["needs"]]
            else:
                total = {key: sum(spend[key]) for key in rule["initiatives"]}
                self.limit(total, most=rule.get("at_most"), least=rule.get("at_least"))

    def limit(self, amounts: Amounts, most: int | None = None, least: int | None = None) -> None:
        unit = max(amounts.values()) / 1e6 if self.in_proportion else 1
        total = pulp.lpSum(amount / unit * self.y[key] for key, amount in amounts.items())
        if most is not None:
            self.lp += total <= most / unit
        if least is not None:
            self.lp += total >= least / unit

    def ask(self, folder: Path, options: Sequence[str] = ()) -> str:
        """What CBC says; ``values`` has the funded then."""
        solver = pulp.COIN_CMD(path=cbc_path(), msg=False, options=list(options))
        solver.tmpDir = str(folder)
        solver.actualSolve(self.lp)
        is_optimal = self.lp.sol_status == pulp.LpSolutionOptimal
        return "optimal" if is_optimal else "infeasible"

    @property
    def value(self) -> float:
        return -float(pulp.value(self.lp.objective))


@is_bundled
class TestAskedPlainly:
    def test_it_calls_a_problem_infeasible_that_has_a_plan(self, tmp_path: Path) -> None:
        assert best_by_enumeration(document(FALSE_INFEASIBLE))[0] > 0
        plain = Plain(document(FALSE_INFEASIBLE), in_proportion=True)
        assert plain.ask(tmp_path) == "infeasible"

    def test_it_calls_a_plan_optimal_that_is_not(self, tmp_path: Path) -> None:
        plain = Plain(document(WRONG_OPTIMUM))
        assert plain.ask(tmp_path) == "optimal"
        assert plain.value == 2_957_755_917
        assert best_by_enumeration(document(WRONG_OPTIMUM))[0] == 3_003_889_208

    def test_without_preprocessing_it_funds_parts(self, tmp_path: Path) -> None:
        plain = Plain(document(PARTS))
        assert plain.ask(tmp_path, ["preprocess off"]) == "optimal"
        assert any(0.01 < y.varValue < 0.99 for y in plain.y.values())


@needs_cbc
@pytest.mark.parametrize("name", [FALSE_INFEASIBLE, WRONG_OPTIMUM, PARTS])
def test_asked_by_us_it_finds_the_best_plan(name: str) -> None:
    best, _ = best_by_enumeration(document(name))
    plan = solve(parse_problem(document(name)), time_limit=20, backends=(CBC,), beside=())
    assert (plan.status, plan.value, plan.bound) == (PlanStatus.OPTIMAL, best, best)
    assert (plan.solver[:3], plan.message) == ("CBC", "")

"""The plan is the best there is, its status is true, and it ends when it is told to."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from math import inf
from random import Random
from time import monotonic
from typing import Any

import pytest

from app.portfolio.engine import (
    Plan,
    PlanStatus,
    ProblemError,
    Progress,
    parse_problem,
    result_json,
    solve,
    verify,
)
from app.portfolio.engine.milp.pulp_adapter import cbc_path
from app.portfolio.engine.sandbox import CBC
from tests.bench.engine_instances import (
    Size,
    random_document,
    small_document,
    with_commitments,
)
from tests.bench.enumeration import best_by_enumeration
from tests.factories.problems import Document, initiative, option, problem_file, simple

ENOUGH = 30.0
needs_cbc = pytest.mark.skipif(
    shutil.which(cbc_path()) is None, reason="PuLP 4 brings no CBC, and none is on the path"
)


def best(document: Document, **how: Any) -> Plan:
    return solve(parse_problem(document), time_limit=ENOUGH, **how)


def funded(plan: Plan) -> list[str]:
    return [row.initiative for row in plan.funded]


class TestAgainstCompleteEnumeration:
    @pytest.mark.parametrize("group", range(10))
    def test_finds_the_best_of_all_plans_or_knows_that_there_is_none(self, group: int) -> None:
        for seed in range(group * 6, group * 6 + 6):
            document = small_document(seed, most_combinations=2000)
            problem = parse_problem(document)
            plan = solve(problem, time_limit=ENOUGH)
            value, _ = best_by_enumeration(document)
            assert plan.message == "", seed
            if value == -inf:
                assert (plan.status, plan.value) == (PlanStatus.INFEASIBLE, None), seed
                continue
            assert plan.status is PlanStatus.OPTIMAL, seed
            assert plan.value == pytest.approx(value, abs=1.0), seed
            assert plan.bound is not None and plan.bound >= plan.value, seed
            assert sum(row.value_allocated for row in plan.funded) == plan.value, seed
            assert verify(problem, result_json(plan)) == [], seed

    @pytest.mark.parametrize("group", range(6))
    def test_weighs_every_kind_of_rule_hard_or_soft(self, group: int) -> None:
        for seed in range(group * 6, group * 6 + 6):
            document = small_document(seed, most_combinations=1500, every_kind=True)
            problem = parse_problem(document)
            plan = solve(problem, time_limit=ENOUGH)
            value, _ = best_by_enumeration(document)
            assert plan.message == "", seed
            assert (plan.value is None) == (value == -inf), seed
            if plan.value is not None:
                assert plan.value == pytest.approx(value, abs=1.0), seed
                assert sum(row.value_allocated for row in plan.funded) - plan.paid == plan.value
                assert verify(problem, result_json(plan)) == [], seed

    @pytest.mark.parametrize("group", range(5))
    def test_counts_what_is_committed_already(self, group: int) -> None:
        for seed in range(200 + group * 6, 206 + group * 6):
            document = with_commitments(small_document(seed, most_combinations=1000), seed)
            problem = parse_problem(document)
            plan = solve(problem, time_limit=ENOUGH)
            value, _ = best_by_enumeration(document)
            assert plan.message == "", seed
            assert (plan.value is None) == (value == -inf), seed
            assert plan.value is None or plan.value == pytest.approx(value, abs=1.0), seed
            assert verify(problem, result_json(plan)) == [], seed

    @needs_cbc
    def test_the_fall_back_solver_agrees(self) -> None:
        for seed in range(100, 104):
            document = small_document(seed, most_combinations=500)
            plan = best(document, backends=(CBC,))
            value, _ = best_by_enumeration(document)
            assert plan.message == ""
            assert (plan.value is None) == (value == -inf)
            assert plan.value is None or plan.value == pytest.approx(value, abs=1.0)


class TestProperties:
    SIZE = Size(9, 2, 4, 2, pools=2, funds=2, capacities=1, rules=4, tightness=0.5,
                kinds=("requires", "at_most", "share", "synergy"))  # fmt: skip

    def documents(self) -> list[Document]:
        found = []
        for seed in range(20):
            document = random_document(self.SIZE, seed)
            try:
                parse_problem(document)
            except ProblemError:
                continue
            found.append(document)
        return found[:3]

    def test_more_budget_never_lowers_value(self) -> None:
        for document in self.documents():
            more = document | {
                "funds": [
                    fund | {"budget": [amount * 5 // 4 for amount in fund["budget"]]}
                    for fund in document["funds"]
                ],
                "rules": [rule for rule in document["rules"] if rule["type"] != "share"],
            }
            less = document | {"rules": more["rules"]}
            assert (best(more).value or 0) >= (best(less).value or 0)

    def test_one_more_rule_never_raises_value(self) -> None:
        for document in self.documents():
            keys = [one["key"] for one in document["initiatives"]]
            rule = {"key": "Z", "type": "at_most", "count": 2, "initiatives": keys}
            value = best(document).value
            limited = best(document | {"rules": [*document["rules"], rule]}).value
            assert value is not None and limited is not None and limited <= value

    def test_the_order_of_the_file_changes_nothing(self) -> None:
        for document in self.documents():
            turned = document | {
                name: list(reversed(document[name])) for name in ("initiatives", "rules", "pools")
            }
            one, other = best(document), best(turned)
            assert replace(one, seconds=0) == replace(other, seconds=0)

    def test_new_names_change_no_figure(self) -> None:
        for document in self.documents():
            keys = [one["key"] for one in document["initiatives"]]
            names = dict(zip(keys, Random(1).sample(keys, len(keys)), strict=True))
            one, other = best(document), best(_renamed(document, names))
            assert one.value == other.value
            assert sorted(names[key] for key in funded(one)) == funded(other)

    def test_a_duplicate_never_doubles_value(self) -> None:
        for document in self.documents():
            bare = document | {"rules": [], "initiatives": document["initiatives"][:4]}
            twice = bare | {
                "initiatives": [
                    *bare["initiatives"],
                    *({**one, "key": f"{one['key']}x"} for one in bare["initiatives"]),
                ]
            }
            single, double = best(bare).value, best(twice).value
            assert single is not None and double is not None and single <= double < 2 * single

    def test_is_never_worse_than_a_ranked_list(self) -> None:
        for document in self.documents():
            plan = best(document)
            assert plan.greedy is not None and plan.greedy.shortfall >= 0


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {name: _renamed(below, names) for name, below in node.items()}
    if isinstance(node, list):
        return [_renamed(below, names) for below in node]
    return names.get(node, node) if isinstance(node, str) else node


class TestPreference:
    def test_of_equal_value_the_cheaper_plan_is_chosen(self) -> None:
        plan = best(problem_file(simple("A", 10, 900), simple("B", 10, 600), quarters=1))
        assert funded(plan) == ["B"]
        assert plan.ties_settled

    def test_then_the_one_with_fewer_changes(self) -> None:
        held = {"B": {"option": "o", "start": "2027-Q1"}}
        plan = best(
            problem_file(simple("A", 10, 600), simple("B", 10, 600), quarters=1, incumbent=held)
        )
        assert funded(plan) == ["B"]

    def test_then_the_one_that_comes_first_by_key(self) -> None:
        plan = best(problem_file(*(simple(key, 10, 600) for key in "CBA"), quarters=1))
        assert funded(plan) == ["A"]

    def test_ties_without_number_are_settled_by_stages(self) -> None:
        many = [simple(f"I{k:02d}", 10, 100) for k in range(16)]
        plan = best(problem_file(*many, quarters=1, budget=[800]))
        assert funded(plan) == [f"I{k:02d}" for k in range(8)]
        assert plan.ties_settled

    def test_what_is_worth_nothing_is_left_alone(self) -> None:
        assert funded(best(problem_file(simple("A", 0, 10), simple("B", 5, 10)))) == ["B"]


class TestStatus:
    def test_infeasible_names_the_limits_that_cannot_hold_together(self) -> None:
        document = problem_file(
            simple("A", 10, 600),
            simple("B", 10, 600),
            simple("C", 10, 1),
            rules=[{"type": "fund", "initiative": key} for key in "AB"],
        )
        plan = best(document)
        assert plan.status is PlanStatus.INFEASIBLE
        assert plan.value is plan.bound is plan.gap is None
        assert plan.funded == ()
        assert set(plan.conflict) <= {"fund:money", "rule:R1", "rule:R2"}
        assert plan.conflict

    def test_one_cent_too_much_is_infeasible(self) -> None:
        document = problem_file(
            simple("A", 10, 10**9),
            simple("B", 10, 1),
            budget=[10**9, 0],
            rules=[{"type": "fund", "initiative": key} for key in "AB"],
        )
        assert best(document).status is PlanStatus.INFEASIBLE

    def test_a_budget_met_to_the_cent_is_enough(self) -> None:
        document = problem_file(simple("A", 10, 10**15 - 1), simple("B", 10, 1), budget=[10**15, 0])
        assert funded(best(document)) == ["A", "B"]

    def test_amounts_far_apart_are_never_overspent(self) -> None:
        costs = [10**15 - 9, 999_999_999_999_990, 7, 3, 1]
        document = problem_file(
            *(simple(f"I{k}", cost + k, cost) for k, cost in enumerate(costs)),
            budget=[10**15, 0],
        )
        plan = best(document)
        value, _ = best_by_enumeration(document)
        assert plan.value is not None
        assert abs(plan.value - value) <= 1
        assert plan.funds[0].quarters[0].left >= 0

    def test_content_with_a_gap_is_said_so(self) -> None:
        document = random_document(Size(200, 1, 8, 6), 1)
        plan = best(document, gap=0.05)
        assert plan.status is PlanStatus.WITHIN_GAP
        assert plan.gap is not None and 0 < plan.gap <= 0.05

    def test_no_time_leaves_the_ranked_list(self) -> None:
        plan = solve(parse_problem(problem_file(simple("A", 10, 5))), time_limit=1e-6)
        assert plan.status is PlanStatus.TIME_LIMIT
        assert plan.value == 10
        assert plan.bound is plan.gap is None

    def test_every_initiative_excluded_is_a_plan_of_nothing(self) -> None:
        document = problem_file(simple("A", 10), rules=[{"type": "exclude", "initiative": "A"}])
        plan = best(document)
        assert (plan.status, plan.value, plan.bound) == (PlanStatus.OPTIMAL, 0, 0)

    def test_no_option_can_be_paid(self) -> None:
        plan = best(problem_file(simple("A", 10, 5000)))
        assert (plan.status, plan.value) == (PlanStatus.OPTIMAL, 0)


@pytest.fixture(scope="module")
def hard() -> Document:
    return random_document(Size(200, 3, 12, 12, pools=30, funds=2, capacities=4), 1)


class TestRunning:
    def test_the_clock_ends_it_with_the_best_so_far(self) -> None:
        # Half as large as the others: a bound is there in time on a slow and crowded machine, too.
        size = Size(80, 3, 12, 12, pools=20, funds=2, capacities=4)
        problem = parse_problem(random_document(size, 1))
        began = monotonic()
        plan = solve(problem, time_limit=5)
        assert monotonic() - began < 5 + 5
        assert plan.status is PlanStatus.TIME_LIMIT
        assert plan.value is not None and plan.bound is not None and plan.value <= plan.bound
        assert verify(problem, result_json(plan)) == []

    def test_stop_ends_it_within_a_second_and_keeps_the_best(self, hard: Document) -> None:
        told: list[Progress] = []
        stopped_at: list[float] = []

        def should_stop() -> bool:
            if told and told[-1].seconds > 3:
                stopped_at.append(stopped_at[0] if stopped_at else monotonic())
            return bool(stopped_at)

        problem = parse_problem(hard)
        plan = solve(problem, time_limit=60, on_progress=told.append, should_stop=should_stop)
        # One second for the stop; laying the plan out comes on top.
        assert monotonic() - stopped_at[0] < 1.5
        assert plan.status is PlanStatus.STOPPED
        assert plan.value is not None
        assert plan.value >= max(progress.value or 0 for progress in told)

    def test_progress_comes_every_second_and_only_improves(self, hard: Document) -> None:
        told: list[Progress] = []
        solve(parse_problem(hard), time_limit=5, on_progress=told.append)
        moments = [progress.seconds for progress in told]
        assert all(b - a <= 1.2 for a, b in pairwise(moments[1:]))
        values = [progress.value for progress in told if progress.value is not None]
        bounds = [progress.bound for progress in told if progress.bound is not None]
        assert values == sorted(values)
        assert bounds == sorted(bounds, reverse=True)

    @needs_cbc
    def test_the_fall_back_solver_stops_within_a_second_too(self, hard: Document) -> None:
        began = monotonic()
        plan = solve(
            parse_problem(hard), time_limit=60, backends=(CBC,),
            should_stop=lambda: monotonic() - began > 4,
        )  # fmt: skip
        assert monotonic() - began < 4 + 2.5
        assert plan.status is PlanStatus.STOPPED


class TestOptionsAndStarts:
    def test_waits_for_the_budget_of_a_later_quarter(self) -> None:
        late = initiative("A", option(spend={"money": [500]}, value=[9, 7, 5]))
        plan = best(problem_file(late, quarters=3, budget=[100, 600, 600]))
        assert [(row.start, row.value_allocated) for row in plan.funded] == [("2027-Q2", 7)]

    def test_money_that_moves_on_pays_for_it(self) -> None:
        document = problem_file(
            initiative("A", option(spend={"money": [120]}, value=[9, 7])), budget=[100, 100]
        )
        assert best(document).value == 0
        document["funds"][0]["carry_over"] = 0.2
        assert best(document).value == 7

    def test_money_that_must_move_on_for_what_is_committed_is_not_spent(self) -> None:
        """Of 100 at most 50 move on, and 50 are committed after: what is spent first lets less."""
        split = option(spend={"money": [25, 12]}, value=9, start=["2027-Q1"])
        document = problem_file(initiative("A", split), budget=[100, 0])
        document["funds"][0] |= {"carry_over": 0.5, "committed": [0, 50]}
        assert best(document).value == 0
        document["initiatives"][0]["options"][0]["spend"] = {"money": [50]}
        plan = best(document)
        assert plan.value == 9
        assert [(q.committed, q.spend, q.left) for q in plan.funds[0].quarters] == [
            (0, 50, 50), (50, 0, 0),
        ]  # fmt: skip

    def test_takes_the_option_that_leaves_room(self) -> None:
        lean = option("lean", spend={"money": [300]}, value=6)
        full = option("full", spend={"money": [900]}, value=9)
        document = problem_file(
            initiative("A", lean, full), initiative("B", lean, full), quarters=1
        )
        plan = best(document)
        assert [row.option for row in plan.funded] == ["lean", "lean"]

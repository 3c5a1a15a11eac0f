"""Every reason why an initiative is not funded reproduces when it is applied."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from app.portfolio.engine import Problem, parse_problem, solve
from app.portfolio.engine.answers.changes import DropRule, Force, applied
from app.portfolio.engine.answers.prices import rule_prices
from app.portfolio.engine.answers.whynot import WhyNot, why_not
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Placement
from tests.bench.engine_instances import KINDS, NEW_KINDS, small_document
from tests.factories.problems import problem_file, simple

SMALL = (2217, 2223, 2239, 2242, 2248, 2270)
"""Seeds of portfolios in which a rule of every kind keeps somebody out."""
MOST_PLANS = 300


def best_with_and_without(problem: Problem, place: int) -> tuple[int | None, int | None]:
    """What the best plans with and without an initiative are worth, by trying all there are."""
    ways: list[list[Placement | None]] = [[None] for _ in problem.initiatives]
    for placement in problem.placements:
        ways[placement.initiative].append(placement)
    best: dict[bool, int] = {}
    for plan in product(*ways):
        account = Account(problem, tuple(one for one in plan if one is not None))
        if not breaches(account):
            has = plan[place] is not None
            best[has] = max(account.value, best.get(has, account.value))
    return best.get(True), best.get(False)


class TestEveryKindOfRule:
    @pytest.mark.parametrize("seed", SMALL)
    def test_no_plan_without_it_is_worth_as_much_once_a_remedy_is_applied(self, seed: int) -> None:
        problem = parse_problem(small_document(seed, most_combinations=MOST_PLANS, every_kind=True))
        plan = solve(problem, time_limit=30, beside=())
        told: list[WhyNot] = []
        found = why_not(problem, plan, on_progress=told.append)
        estimates = {row.initiative: row.estimate for row in told if not row.is_exact}
        keys = [one.key for one in problem.initiatives]
        assert any(row.remedies for row in found.rows)
        for row in found.rows:
            place = keys.index(row.initiative)
            having, lacking = best_with_and_without(problem, place)
            assert lacking == plan.value
            assert row.loss == (None if having is None else lacking - having)
            assert row.loss is None or (estimates[row.initiative] or 0) <= row.loss
            for remedy in row.remedies:
                changed = applied(problem, (remedy.change,))
                having, lacking = best_with_and_without(changed, place)
                assert having is not None and (lacking is None or having > lacking), remedy
                assert having == remedy.value, remedy

    def test_rules_of_every_kind_hard_and_soft_are_among_them(self) -> None:
        documents = [
            small_document(seed, most_combinations=MOST_PLANS, every_kind=True) for seed in SMALL
        ]
        rules = [rule for document in documents for rule in document["rules"]]
        assert {*KINDS, *NEW_KINDS} <= {rule["type"] for rule in rules}
        assert any("price" in rule for rule in rules)
        assert any(fund.get("carry_over") for one in documents for fund in one["funds"])
        assert any("overtime_price" in team for one in documents for team in one["capacities"])


class TestRemedies:
    def test_are_the_same_whatever_the_size_of_the_money(self) -> None:
        def kinds(factor: int) -> list[tuple[str, str]]:
            random = Random(5)
            items = []
            for place in range(10):
                cost = random.randint(200, 900) * factor
                items.append(simple(f"P{place}", int(cost * random.uniform(1, 3)), cost))
            few = [f"P{place}" for place in range(10)]
            rule = {"key": "R", "type": "at_most", "count": 3, "initiatives": few}
            money = {"budget": [2500 * factor], "rules": [rule]}
            problem = parse_problem(problem_file(*items, quarters=1, **money))
            rows = why_not(problem, solve(problem, time_limit=20, beside=())).rows
            return [(row.initiative, one.kind) for row in rows for one in row.remedies]

        assert kinds(10**7) == kinds(10**5)
        assert "rule" in {kind for _, kind in kinds(10**5)}

    @pytest.mark.parametrize("seed", range(4))
    def test_applied_they_bring_the_initiative_in(self, seed: int) -> None:
        problem = parse_problem(small_document(2000 + seed, most_combinations=10**6))
        plan = solve(problem, time_limit=30)
        told: list[WhyNot] = []
        found = why_not(problem, plan, on_progress=told.append)
        if plan.value is None:
            assert found.rows == ()
            return
        assert found.is_complete
        assert {row.initiative for row in found.rows} == {r.initiative for r in plan.not_funded}
        assert [row.is_exact for row in told] == sorted(row.is_exact for row in told)
        for row in found.rows:
            forced = solve(Force(row.initiative).apply(problem), time_limit=30)
            if forced.value is None:
                assert row.loss is None
            else:
                assert row.loss is not None
                assert abs(plan.value - forced.value - row.loss) <= 2 + abs(plan.value) // 10**5
            for remedy in row.remedies:
                changed = solve(remedy.change.apply(problem), time_limit=30)
                funded = {one.initiative for one in changed.funded}
                assert row.initiative in funded, (row, remedy)

    def test_the_amounts_are_the_smallest(self) -> None:
        # A takes 600 of 1,000; B needs 500 and is worth less.
        problem = parse_problem(
            problem_file(simple("A", 1_000_000, 60_000), simple("B", 700_000, 50_000),
                         quarters=1, budget=[100_000])
        )  # fmt: skip
        row = why_not(problem, solve(problem, time_limit=20)).rows[0]
        assert (row.initiative, row.loss, row.leaves) == ("B", 300_000, ("A",))
        by_kind = {remedy.kind: remedy for remedy in row.remedies}
        assert 10_000 <= by_kind["budget"].amount <= 10_500
        assert 10_000 <= by_kind["cost"].amount <= 10_500
        assert 300_000 <= by_kind["value"].amount <= 300_010
        assert "rule" not in by_kind

    def test_a_rule_that_keeps_it_out_is_named(self) -> None:
        rules = [{"type": "at_most", "count": 1, "initiatives": ["A", "B"]}]
        problem = parse_problem(
            problem_file(simple("A", 900, 10), simple("B", 700, 10), rules=rules)
        )
        row = why_not(problem, solve(problem, time_limit=20)).rows[0]
        assert [r.change.rule for r in row.remedies if r.kind == "rule"] == ["R1"]

    def test_who_is_better_in_everything_is_named(self) -> None:
        problem = parse_problem(
            problem_file(simple("A", 900, 500), simple("B", 700, 600), quarters=1)
        )
        assert why_not(problem, solve(problem, time_limit=20)).rows[0].dominated_by == ("A",)


class TestPrices:
    @pytest.mark.parametrize("seed", range(4))
    def test_are_the_difference_of_two_solves(self, seed: int) -> None:
        problem = parse_problem(small_document(2100 + seed, most_combinations=10**6))
        plan = solve(problem, time_limit=30)
        found = rule_prices(problem, plan)
        if plan.value is None:
            return
        assert len(found.rows) == len(problem.rules)
        for row in found.rows:
            from_scratch = solve(DropRule(row.rule).apply(problem), time_limit=30)
            assert from_scratch.value is not None and row.price is not None
            off = (row.uncertainty or 0) + 2
            assert abs(from_scratch.value - plan.value - row.price) <= off

    def test_a_pin_has_a_price(self) -> None:
        rules = [{"type": "exclude", "initiative": "A"}]
        problem = parse_problem(
            problem_file(simple("A", 900, 600), simple("B", 700, 600), rules=rules, quarters=1)
        )
        row = rule_prices(problem, solve(problem, time_limit=20)).rows[0]
        assert (row.rule, row.type, row.price, row.enters, row.leaves) == (
            "R1", "exclude", 200, ("A",), ("B",),
        )  # fmt: skip

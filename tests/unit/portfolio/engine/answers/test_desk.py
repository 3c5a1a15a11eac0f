"""Whatever a kept model answers is what a solve from nothing says."""

from __future__ import annotations

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.answers.changes import (
    AddBudget,
    AddValue,
    Change,
    CostFactor,
    DropRule,
    Exclude,
    Force,
    ScaleBudgets,
    applied,
    change_document,
    read_change,
)
from app.portfolio.engine.answers.desk import Desk
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.answers.window import StoppedError
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Placement, Problem
from app.portfolio.engine.sandbox import Backend
from tests.bench.engine_instances import small_document
from tests.factories.problems import problem_file, simple

FAKE = Path(__file__).parents[1] / "fake_solver.py"
KEEPER = Path(__file__).parents[1] / "fake_keeper.py"
LIES = (
    "breaks a limit", "overstates", "understates", "no such choice", "no choice at all",
    "half a reply", "out of memory", "crash",
)  # fmt: skip


def lying(mode: str) -> Backend:
    """A keeper that answers as the mode says."""
    return Backend("highs", (sys.executable, str(KEEPER), mode))


def some_changes(problem: Problem, seed: int) -> list[tuple[Change, ...]]:
    """A few changes of every kind."""
    random = Random(seed)
    name = random.choice(problem.initiatives).key
    other = random.choice(problem.initiatives).key
    fund, quarter = random.choice(problem.funds), random.choice(problem.quarters)
    found: list[tuple[Change, ...]] = [
        (),
        (ScaleBudgets(Fraction(1, 2)),),
        (ScaleBudgets(Fraction(7, 5), fund.key), Force(name)),
        (AddBudget(((fund.key, quarter, 700_000),)),),
        (Force(name),),
        (Exclude(name), AddValue(other, 5_000_000)),
        (CostFactor(name, Decimal(random.choice([0, 1, 2])) / 4),),
    ]
    if problem.rules:
        found.append((DropRule(random.choice(problem.rules).key),))
        found.append((DropRule(random.choice(problem.rules).key), Force(other)))
    return found


class TestAgreement:
    @pytest.mark.parametrize("seed", range(12))
    def test_every_kind_of_change_is_answered_as_by_a_solve_of_the_changed_problem(
        self, seed: int
    ) -> None:
        problem = parse_problem(small_document(1000 + seed, most_combinations=10**7))
        with Desk(problem, seconds=60, workers=1) as desk:
            for changes in some_changes(problem, seed):
                reply = desk.ask(Question(changes))
                plan = solve(applied(problem, changes), time_limit=30)
                assert reply.is_infeasible == (plan.value is None), changes
                if plan.value is None:
                    continue
                assert reply.value is not None and reply.bound is not None
                assert reply.is_done
                assert abs(reply.value - plan.value) <= desk.understated + 2, changes
                assert reply.value <= plan.value <= reply.bound + 1


class TestDistrust:
    @pytest.mark.parametrize("mode", ["crash", "babble", "hang"])
    def test_a_process_that_fails_is_replaced_by_a_solve(self, mode: str) -> None:
        problem = parse_problem(problem_file(simple("A", 10, 600), simple("B", 7, 600), quarters=1))
        backend = Backend("highs", (sys.executable, str(FAKE), mode))
        with Desk(problem, seconds=20, workers=1, backend=backend) as desk:
            reply = desk.ask(Question((Exclude("A"),), seconds=2))
        assert reply.value == 7

    @pytest.mark.parametrize("mode", LIES)
    def test_a_lie_is_replaced_by_a_solve(self, mode: str) -> None:
        problem = parse_problem(problem_file(simple("A", 10, 600), simple("B", 7, 600), quarters=1))
        with Desk(problem, seconds=20, workers=1, backend=lying(mode)) as desk:
            reply = desk.ask(Question((Exclude("A"),), seconds=2))
        assert (reply.value, reply.bound, reply.is_infeasible) == (7, 7, False)

    def test_it_is_not_believed_that_nothing_is_possible_where_a_plan_is_known(self) -> None:
        problem = parse_problem(problem_file(simple("A", 10, 600), simple("B", 7, 600), quarters=1))
        known = Account(problem, (Placement(1, 0, 0),))
        with Desk(problem, seconds=20, workers=1, backend=lying("denies")) as desk:
            reply = desk.ask(Question((Exclude("A"),), seconds=2), start=known)
        assert (reply.value, reply.is_infeasible) == (7, False)

    def test_what_nobody_else_can_answer_is_left_open(self) -> None:
        problem = parse_problem(problem_file(simple("A", 10, 600)))
        for mode in ("half a reply", "no choice at all"):
            with Desk(problem, seconds=20, workers=1, backend=lying(mode)) as desk:
                assert desk.losses(["A"], value=10) == [None]
                assert desk.ask(Question(bound_only=True)).bound is None

    def test_stop_is_heard(self) -> None:
        problem = parse_problem(problem_file(simple("A", 10, 600)))
        with (
            Desk(problem, seconds=30, workers=1, should_stop=lambda: True) as desk,
            pytest.raises(StoppedError),
        ):
            desk.ask(Question())
            desk.ask(Question((Exclude("A"),)))


class TestWrittenForm:
    def test_every_change_can_be_read_back(self) -> None:
        problem = parse_problem(small_document(5, most_combinations=10**7))
        for changes in some_changes(problem, 5):
            for change in changes:
                assert read_change(change_document(change)) == change

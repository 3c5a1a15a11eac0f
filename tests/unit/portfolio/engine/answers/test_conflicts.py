"""What cannot hold together is named without anything too much, and every way out works."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.answers.changes import applied
from app.portfolio.engine.answers.conflicts import conflicts, limits_of
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import Backend
from tests.bench.engine_instances import small_document
from tests.factories.problems import problem_file, simple

KEEPER = Path(__file__).parents[1] / "fake_keeper.py"


def infeasible_problems(count: int) -> list[Problem]:
    found: list[Problem] = []
    seed = 3000
    while len(found) < count:
        seed += 1
        document = small_document(seed, most_combinations=3000)
        document["rules"] += [
            {"key": f"Z{k}", "type": "fund", "initiative": one["key"]}
            for k, one in enumerate(document["initiatives"][:4])
        ]
        try:
            problem = parse_problem(document)
        except ValueError:
            continue
        except Exception as error:
            if type(error).__name__ != "ProblemError":
                raise
            continue
        if solve(problem, time_limit=20).value is None:
            found.append(problem)
    return found


def can_hold(problem: Problem, kept: set[str]) -> bool:
    """By trying every combination."""
    ways: list[list[int | None]] = [[None] for _ in problem.initiatives]
    for position, placement in enumerate(problem.placements):
        ways[placement.initiative].append(position)

    def tried(place: int, chosen: tuple[int, ...]) -> bool:
        if place == len(ways):
            account = Account(problem, tuple(problem.placements[p] for p in chosen))
            owners = {breach.owner for breach in breaches(account)}
            return not any(o in kept or o.rpartition(":")[0] in kept for o in owners)
        return any(
            tried(place + 1, chosen if way is None else (*chosen, way)) for way in ways[place]
        )

    return tried(0, ())


class TestConflicts:
    def test_the_set_is_minimal_and_every_way_out_works(self) -> None:
        for problem in infeasible_problems(5):
            found = conflicts(problem)
            owners = {member.owner for member in found.members}
            assert found.is_infeasible and found.is_minimal and found.is_complete
            assert owners <= set(limits_of(problem))
            assert not can_hold(problem, owners)
            for owner in owners:
                assert can_hold(problem, owners - {owner}), (owners, owner)
            assert found.repair is not None
            for way in (found.repair, *found.ways_out):
                assert solve(applied(problem, way.changes), time_limit=20).value is not None

    def test_the_repair_is_the_least_money(self) -> None:
        rules = [{"type": "fund", "initiative": name} for name in "AB"]
        problem = parse_problem(
            problem_file(simple("A", 9, 600), simple("B", 7, 700), rules=rules, quarters=1)
        )
        found = conflicts(problem)
        assert {member.owner for member in found.members} == {"fund:money", "rule:R1", "rule:R2"}
        assert found.repair is not None
        assert (found.repair.kind, found.repair.money) == ("budget", 300)
        assert found.is_cheapest
        assert [way.rules for way in found.ways_out] == [("R1",), ("R2",)]

    def test_a_problem_with_a_plan_has_none(self) -> None:
        found = conflicts(parse_problem(problem_file(simple("A", 9, 600))))
        assert (found.is_infeasible, found.members, found.repair) == (False, (), None)


@pytest.mark.parametrize("stop_at", [0, 3])
def test_stopping_leaves_what_is_known(stop_at: int) -> None:
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > stop_at

    rules = [{"type": "fund", "initiative": name} for name in "AB"]
    both = (simple("A", 9, 600), simple("B", 7, 700))
    problem = parse_problem(problem_file(*both, rules=rules, quarters=1))
    found = conflicts(problem, should_stop=stop)
    assert not found.is_complete or found.members


def test_a_clash_that_needs_no_repair_is_not_believed() -> None:
    keeper = Backend("highs", (sys.executable, str(KEEPER), "denies"))
    problem = parse_problem(problem_file(simple("A", 10, 600), quarters=1))
    found = conflicts(problem, time_limit=10, backend=keeper)
    assert (found.is_infeasible, found.is_complete) == (False, False)
    assert (found.members, found.ways_out) == ((), ())

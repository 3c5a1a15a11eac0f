"""The same problem gives the same plan: in any process, any order, under other names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from app.portfolio.engine import Plan, PlanStatus, parse_problem, result_json, solve
from app.portfolio.engine.sandbox import MOVES
from app.portfolio.engine.starting import ROOT
from tests.bench.engine_instances import small_document

SEEDS = (4, 13)
LISTS = {"initiatives", "options", "rules", "pools", "funds", "capacities"}
OF_THE_RUN = {"seconds"}
IN_A_PROCESS = (
    "import json, sys\n"
    "from app.portfolio.engine import parse_problem, result_json, solve\n"
    "for line in sys.stdin:\n"
    "    print(json.dumps(result_json(solve(parse_problem(line), time_limit=60))))\n"
)


def document(seed: int) -> dict[str, Any]:
    return small_document(seed, most_combinations=5000, every_kind=True)


def told(plan: Plan) -> dict[str, Any]:
    """The result file without what only the run can know."""
    result: dict[str, Any] = json.loads(json.dumps(result_json(plan)))
    return {name: value for name, value in result.items() if name not in OF_THE_RUN}


def shuffled(node: Any, random: Random, name: str = "") -> Any:
    """The same with lists whose order says nothing, and all keys, in another order."""
    if isinstance(node, dict):
        return {
            key: shuffled(node[key], random, key) for key in random.sample(list(node), len(node))
        }
    if isinstance(node, list):
        parts = [shuffled(one, random, name) for one in node]
        return random.sample(parts, len(parts)) if name in LISTS else parts
    return node


@pytest.fixture(scope="module")
def plans() -> dict[int, Plan]:
    """Proven, with nobody beside."""
    found = {s: solve(parse_problem(document(s)), time_limit=60, beside=()) for s in SEEDS}
    assert {plan.status for plan in found.values()} == {PlanStatus.OPTIMAL}
    return found


def test_in_processes_of_their_own_with_other_hash_seeds(plans: dict[int, Plan]) -> None:
    lines = "".join(json.dumps(document(seed)) + "\n" for seed in SEEDS)
    for hashes in ("0", "4711"):
        ended = subprocess.run(
            [sys.executable, "-c", IN_A_PROCESS], input=lines, text=True, capture_output=True,
            check=True, env=os.environ | {"PYTHONHASHSEED": hashes, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        results = [json.loads(line) for line in ended.stdout.splitlines()]
        for plan, result in zip(plans.values(), results, strict=True):
            assert {k: v for k, v in result.items() if k not in OF_THE_RUN} == told(plan)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_the_order_of_the_file(plans: dict[int, Plan], seed: int) -> None:
    plan = solve(parse_problem(shuffled(document(seed), Random(seed))), time_limit=60)
    assert told(plan) == told(plans[seed])


@pytest.mark.parametrize("seed", SEEDS)
def test_under_other_names_in_the_same_order(plans: dict[int, Plan], seed: int) -> None:
    problem = parse_problem(
        json.loads(json.dumps(document(seed)).replace('"CX-', '"Ü ').replace('"R0', '"ß'))
    )
    plan = solve(problem, time_limit=60)
    renamed = json.dumps(told(plans[seed])).replace('"CX-', '"Ü ').replace('"R0', '"ß')
    wanted = json.loads(renamed) | {"digest": problem.digest}
    assert told(plan) == wanted


@pytest.mark.parametrize("seed", SEEDS)
def test_with_our_own_search_beside_from_the_start(
    plans: dict[int, Plan], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.portfolio.engine.beside.LATE", 0.0)
    plan = solve(parse_problem(document(seed)), time_limit=60, beside=(MOVES,))
    assert told(plan) == told(plans[seed])


@pytest.mark.parametrize("seed", SEEDS)
def test_from_whatever_plan_it_starts(plans: dict[int, Plan], seed: int) -> None:
    problem = parse_problem(document(seed))
    random = Random(seed)
    start = random.sample(problem.placements, 2)
    plan = solve(problem, time_limit=60, beside=(), start=start)
    assert told(replace(plan, seconds=0.0)) == told(plans[seed])

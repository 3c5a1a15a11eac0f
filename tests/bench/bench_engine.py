"""Figures of the optimizer: published optima, complete enumeration, time to plan and to proof."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from statistics import median
from time import monotonic

from app.portfolio.engine import Plan, Problem, Progress, parse_problem, solve
from tests.bench.engine_instances import Size, random_document, small_document
from tests.bench.enumeration import best_by_enumeration
from tests.bench.orlib import published_problems
from tests.bench.rows import Row

CASES = 200


def rows() -> Iterator[Row]:
    """Measure one thing after the other."""
    yield _published()
    yield _enumerated()
    yield from _timed(
        "24 initiatives × 3 options × 4 starts, 12 quarters",
        Size(24, 3, 12, 4, pools=12, funds=2, capacities=3, rules=12), 3, 30, "a few seconds",
    )  # fmt: skip
    yield from _timed(
        "50 initiatives × 3 options × 4 starts, all kinds of rules",
        Size(50, 3, 12, 4, pools=15, funds=2, capacities=3, rules=14), 3, 10, "",
    )  # fmt: skip
    yield from _timed(
        "600 initiatives × 6 starts, 8 quarterly budgets",
        Size(600, 1, 8, 6), 1, 30, "≤ 0.5 % in 30 s",
    )  # fmt: skip
    yield from _timed(
        "2,500 initiatives × 12 starts, 12 quarterly budgets",
        Size(2500, 1, 12, 12), 1, 30, "≤ 0.5 % in 30 s",
    )  # fmt: skip


def _published() -> Row:
    proven, seconds = 0, []
    for published in published_problems():
        plan = solve(parse_problem(published.document), time_limit=60)
        proven += plan.is_proven and plan.value == published.optimum and plan.gap == 0
        seconds.append(plan.seconds)
    figure = f"{proven} of {len(seconds)}; median {median(seconds):.2f} s, max {max(seconds):.2f} s"
    return Row("OR-Library mknap1, optima proven", figure, "7 of 7, each < 1 s")


def _enumerated() -> Row:
    right, feasible, seconds = 0, 0, []
    for seed in range(CASES):
        document = small_document(seed, most_combinations=8000, every_kind=True)
        value, _ = best_by_enumeration(document)
        plan = solve(parse_problem(document), time_limit=60)
        seconds.append(plan.seconds)
        feasible += value > -inf
        right += plan.value is None if value == -inf else _agrees(plan, value)
    figure = f"{right} of {CASES} ({feasible} with a plan); median {median(seconds):.2f} s"
    name = "complete enumeration, n ≤ 12, all rule types, hard and soft"
    return Row(name, figure, f"{CASES} of {CASES}")


def _agrees(plan: Plan, value: float) -> bool:
    return plan.value is not None and plan.is_proven and abs(plan.value - value) <= 1


def _timed(name: str, size: Size, seed: int, limit: float, target: str) -> Iterator[Row]:
    document = random_document(size, seed)
    began = monotonic()
    problem = parse_problem(document)
    parsed = monotonic() - began
    told: list[Progress] = []
    plan = solve(problem, time_limit=limit, on_progress=told.append)
    yield Row(name, _outcome(problem, plan, told, parsed), target)


def _outcome(problem: Problem, plan: Plan, told: list[Progress], parsed: float) -> str:
    first = next((f"{p.seconds:.1f} s" for p in told if p.value is not None), "with the proof")
    gap = "no bound" if plan.gap is None else f"gap {plan.gap:.4%}"
    proof = next((p.seconds for p in told if p.phase == "settling ties"), plan.seconds)
    proven = f"proof {proof:.1f} s" if plan.is_proven else f"{plan.status} at {plan.seconds:.0f} s"
    return f"plan {first}, {proven}, {gap}, read {parsed:.1f} s"

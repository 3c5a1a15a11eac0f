"""Figures of the answers beside the plan: frontier, reasons, contradictions, robustness."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from app.portfolio.engine import Problem, parse_problem, solve
from app.portfolio.engine.answers import (
    FrontierPoint,
    WhyNot,
    conflicts,
    frontier,
    robustness,
    why_not,
)
from app.portfolio.engine.answers.desk import Desk, account_of
from app.portfolio.engine.answers.robustness import fixed_values
from app.portfolio.engine.answers.uncertainty import Uncertainty, drawn
from tests.bench.engine_instances import Size, random_document
from tests.bench.portfolios import portfolio
from tests.bench.rows import Row

SEED = 3


def plain(count: int) -> Problem:
    """One option, one start, eight quarterly budgets whose rest moves on."""
    return parse_problem(random_document(Size(count, 1, 8, 1, carry_over=1.0), SEED))


def ruled(count: int) -> Problem:
    """Three options, twelve starts, teams, pools and all kinds of rules."""
    size = Size(count, 3, 12, 12, pools=30, funds=2, capacities=4, rules=40)
    return parse_problem(random_document(size, SEED))


def rows() -> Iterator[Row]:
    """Measure one thing after the other."""
    yield _frontier("frontier, 40 points, 1,000 plain", plain(1000), 1e-3, 60, "≤ 1 s within 0.1 %")
    yield _frontier("frontier, 40 points, 5,000 plain", plain(5000), 1e-3, 60, "≤ 1 s within 0.1 %")
    yield _frontier(
        "frontier, 40 points, 200 × 3 × 12, all rules", ruled(200), 1e-2, 60,
        "≤ 20 s within 1 %, first ≤ 1 s",
    )  # fmt: skip
    yield _frontier(
        "the same on a portfolio of the strength bench", parse_problem(portfolio(200, 12)), 1e-2,
        60, "≤ 20 s within 1 %, first ≤ 1 s",
    )  # fmt: skip
    yield from _reasons()
    yield _contradictions()
    yield from _robust()


def _frontier(name: str, problem: Problem, gap: float, limit: float, target: str) -> Row:
    began, landed = monotonic(), []

    def hear(_point: FrontierPoint) -> None:
        landed.append(monotonic() - began)

    found = frontier(
        problem, points=20, gap=gap, time_limit=limit, with_list=False, on_progress=hear
    )
    gaps = [point.gap for point in found.points if point.gap is not None]
    figure = f"{found.seconds:.1f} s for {len(found.points)}; first {min(landed, default=0):.1f} s"
    return Row(name, f"{figure}; gap at most {max(gaps, default=1.0):.3%}", target)


def _reasons() -> Iterator[Row]:
    problem = plain(200)
    plan = solve(problem, time_limit=30)
    began, estimated = monotonic(), []

    def hear(row: WhyNot) -> None:
        if not row.is_exact:
            estimated.append(monotonic() - began)

    found = why_not(problem, plan, time_limit=300, on_progress=hear)
    count = sum(row.is_exact for row in found.rows)
    remedies = sum(len(row.remedies) for row in found.rows)
    with Desk(problem, seconds=30) as desk:
        desk.ready()
        asked = monotonic()
        desk.losses([row.initiative for row in found.rows], value=plan.value or 0)
        alone = monotonic() - asked
    yield Row(
        f"why-nots, {len(found.rows)} of 200 plain, estimates",
        f"{alone:.2f} s; {max(estimated, default=0):.1f} s with start-up", "≤ 0.1 s",
    )  # fmt: skip
    yield Row(
        "why-nots, exact with remedies", f"{found.seconds:.0f} s for {count}, {remedies} remedies",
        "120 in ≤ 40 s",
    )  # fmt: skip


def _contradictions() -> Row:
    document = random_document(Size(1000, 3, 12, 12, pools=30, funds=2, rules=60), SEED)
    tag = {"type": "share", "tag": "lens", "equals": "technology", "of": "budget"}
    document["rules"] += [
        tag | {"key": "Z1", "at_least": 0.5}, tag | {"key": "Z2", "at_most": 0.2},
        {"key": "Z3", "type": "at_least", "count": 250, "tag": "lens", "equals": "people"},
    ]  # fmt: skip
    phases: dict[str, float] = {}
    found = conflicts(
        parse_problem(document), time_limit=120,
        on_progress=lambda phase: phases.setdefault(phase, monotonic()),
    )  # fmt: skip
    later = {a: phases[b] - phases[a] for a, b in (("set", "repair"), ("repair", "ways out"))
             if a in phases and b in phases}  # fmt: skip
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in later.items())
    figure = f"proof {found.proof_seconds:.2f} s, {parts}; {len(found.members)} limits"
    figure += f"; {found.seconds:.0f} s with start-up"
    return Row("contradictions, 1,000 × 3 × 12", figure, "0.2 s, ≤ 6 s, ≤ 4 s")


def _robust() -> Iterator[Row]:
    problem = plain(200)
    plan = solve(problem, time_limit=30)
    found = robustness(problem, plan, draws=200, time_limit=120)
    yield Row(
        "200 re-solves at 200 plain",
        f"{found.seconds:.1f} s for {found.draws}; gap at most {found.gap:.3%}",
        "≤ 6 s within 0.1 %",
    )  # fmt: skip
    large = ruled(200)
    held = account_of(large, solve(large, time_limit=10, gap=0.05))
    draws = drawn(large, Uncertainty(), 10_000, 1)
    began = monotonic()
    fixed_values(held, draws)
    yield Row("10,000 draws of a fixed plan, 200", f"{monotonic() - began:.2f} s", "≤ 0.3 s")

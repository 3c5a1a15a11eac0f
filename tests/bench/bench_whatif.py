"""Figures of a what-if after a finished run: one budget, pin or rule changed, 200 × 3 × 12."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from statistics import median
from time import monotonic

from app.portfolio.engine import Plan, Problem, parse_problem, solve
from app.portfolio.engine.answers import Change, applied
from app.portfolio.engine.answers.changes import DropRule, Exclude, Force, ScaleBudgets
from app.portfolio.engine.checking import is_allowed
from app.portfolio.engine.counting import Account
from app.portfolio.engine.plan import Progress
from app.portfolio.engine.trying import Choice, placements, repaired
from tests.bench.portfolios import portfolio
from tests.bench.rows import Row

RUN_SECONDS = 30
SECONDS = 6.0
CLOSE = 0.01


def rows() -> Iterator[Row]:
    """Change one thing after the other; medians, and how many of them came that far."""
    problem = parse_problem(portfolio(200, 12))
    plan = solve(problem, time_limit=RUN_SECONDS, gap=5e-3)
    known = [(one.initiative, one.option, one.start) for one in plan.funded]
    looks = [_look(applied(problem, [change]), known) for change in _changes(problem, plan)]
    names = ("bound", "a feasible plan", "within 1 %")
    for place, (name, target) in enumerate(
        zip(names, ("≤ 50 ms", "≤ 0.5 s", "≤ 3 s"), strict=True)
    ):
        times = [look[place] for look in looks if look[place] is not None]
        figure = f"{median(times):.2f} s at the median of " if times else ""
        yield Row(f"what-if, 200 × 3 × 12: {name}", f"{figure}{len(times)} of {len(looks)}", target)


def _changes(problem: Problem, plan: Plan) -> list[Change]:
    fund = problem.funds[0].key
    floor = next(rule.key for rule in problem.rules if type(rule).__name__ == "Requires")
    return [
        ScaleBudgets(Fraction(19, 20), fund), ScaleBudgets(Fraction(21, 20), fund),
        Force(plan.not_funded[0].initiative), Exclude(plan.funded[0].initiative),
        DropRule(floor),
    ]  # fmt: skip


def _look(problem: Problem, known: list[Choice]) -> list[float | None]:
    """Seconds to the first bound, the first plan and a plan within 1 %; None: not in time."""
    began = monotonic()
    reached: list[float | None] = [None, None, None]

    def reach(place: int) -> None:
        if reached[place] is None:
            reached[place] = monotonic() - began

    def hear(progress: Progress) -> None:
        for place, is_there in enumerate(
            (
                progress.bound is not None,
                progress.value is not None,
                progress.gap is not None and progress.gap <= CLOSE,
            )
        ):
            if is_there:
                reach(place)

    start = repaired(problem, placements(problem, known))
    ordered = tuple(sorted(start, key=lambda one: one.initiative))
    if is_allowed(Account(problem, ordered)):
        reach(1)
    solve(problem, time_limit=SECONDS, gap=CLOSE / 2, start=start, on_progress=hear)
    return reached

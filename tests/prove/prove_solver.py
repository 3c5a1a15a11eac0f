"""Solvers that are missing, crash, hang, lie, starve or run out of time: a state in words."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from unittest.mock import patch

from app.portfolio.engine import Plan, PlanStatus, parse_problem, solve
from app.portfolio.engine.sandbox import HIGHS, PREFIX, Backend
from app.portfolio.engine.starting import end_server
from tests.bench.portfolios import portfolio
from tests.factories.problems import Document, problem_file, simple
from tests.prove.gate import Gate, Size
from tests.support.breaking import broken
from tests.support.server import children_of
from tests.unit.portfolio.engine.test_failures import FAKE, LIES

TWO = problem_file(simple("A", 10, 600), simple("B", 7, 600), quarters=1)
"""A alone is worth 10, B alone 7, both cannot be paid."""
BOTH = TWO | {"rules": [{"key": key, "type": "fund", "initiative": key} for key in "AB"]}
GRACE = 1.0
STARVED = 60 * 2**20


@dataclass(frozen=True)
class Case:
    """A solver and what it is given; ``value`` is that of the plan there has to be."""

    name: str
    backend: Backend
    status: PlanStatus
    value: int | None = 10
    document: Document | None = None
    limit: float = 20


def _fake(mode: str) -> Backend:
    return Backend("fake", (sys.executable, str(FAKE), mode))


CASES = (
    Case("missing", Backend("gone", ("/nonexistent/solver",)), PlanStatus.ERROR),
    *(Case(f"lying or crashing: {mode}", _fake(mode), PlanStatus.ERROR) for mode in LIES),
    Case("hanging", _fake("hang"), PlanStatus.TIME_LIMIT, limit=2),
    Case("hanging, a false bound", _fake("hang on a false bound"), PlanStatus.TIME_LIMIT, limit=2),
    Case("hanging after the proof", _fake("hang after the proof"), PlanStatus.OPTIMAL, limit=2),
    Case("out of memory", replace(HIGHS, memory_bytes=STARVED), PlanStatus.ERROR),
    Case("infeasible", HIGHS, PlanStatus.INFEASIBLE, None, BOTH),
    Case("unbounded: it knows no bound", _fake("no bound"), PlanStatus.ERROR),
    Case("time limit", HIGHS, PlanStatus.TIME_LIMIT, None, portfolio(100, 12), limit=5),
    Case("giant model: 1,000 × 12", HIGHS, PlanStatus.TIME_LIMIT, None, portfolio(1000, 12),
         limit=20),
)  # fmt: skip


def gates(size: Size) -> Iterator[Gate]:
    cases = CASES if size.part == 1 else CASES[:-1]
    for one in cases:
        yield _tried(one)
    end_server()


def controls(_size: Size) -> Iterator[Gate]:
    """Plans are believed as they come, and nobody looks at the clock for a while longer."""
    with broken("app.portfolio.engine.checking.breaches", lambda *_: []):
        yield _tried(next(one for one in CASES if one.name.endswith("breaks a limit")))
    with patch("app.portfolio.engine.solving.LATEST", 5.0):
        yield _tried(next(one for one in CASES if one.name == "hanging"))


def _tried(case: Case) -> Gate:
    problem = parse_problem(case.document or TWO)
    began = monotonic()
    plan = solve(problem, time_limit=case.limit, beside=(), backends=(case.backend,))
    seconds = monotonic() - began
    faults = list(_faults(case, plan, seconds))
    said = f": {plan.message[:40]}" if plan.message else ""
    return Gate(
        f"solver {case.name}: {case.status.value} within {case.limit:.0f} + {GRACE:.0f} s",
        f"{plan.status.value} after {seconds:.1f} s{said}, {'; '.join(faults) or 'nothing left'}",
        not faults,
    )


def _faults(case: Case, plan: Plan, seconds: float) -> Iterator[str]:
    if plan.status is not case.status:
        yield f"not {case.status.value}"
    if case.value is not None and plan.value != case.value:
        yield f"worth {plan.value}, not {case.value}"
    if plan.status is PlanStatus.ERROR and not (plan.message and plan.bound is None):
        yield "an error without words, or with a bound"
    if seconds > case.limit + GRACE:
        yield f"{seconds - case.limit:.1f} s too late"
    left = [one for one in children_of(os.getpid()) if str(FAKE) in _command(one)]
    folders = list(Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.getpid()}-*"))
    if left or folders:
        yield f"{len(left)} processes, {len(folders)} folders left"


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""

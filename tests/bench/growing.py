"""The stages of one problem, one after the other: ``python -m tests.bench.growing 5000 0``."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from time import monotonic, process_time
from typing import Any, TypeVar

from app.portfolio.engine import Plan, Problem, parse_problem, result_json, solve
from app.portfolio.engine.answers.desk import account_of
from app.portfolio.engine.candidates import candidate_positions
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.chords import Overlap
from app.portfolio.engine.greedy import best_greedy_list
from app.portfolio.engine.milp.building import build_model
from app.portfolio.engine.milp.model import Model
from app.portfolio.engine.milp.solvers import KeptRelaxation
from app.portfolio.engine.reporting import Verdict, plan_from
from app.portfolio.engine.starting import end_server
from tests.bench.portfolios import plain, portfolio

STAGES = ("read", "list", "build", "hand over", "recount")
PLAIN_SECONDS, SECONDS = 30, 20
GAP = 1e-4

Made = TypeVar("Made")


class Stages:
    """What each stage took of the processor."""

    def __init__(self) -> None:
        self.took: dict[str, Any] = {}

    def time(self, stage: str, work: Callable[[], Made]) -> Made:
        began = process_time()
        made = work()
        self.took[stage] = process_time() - began
        return made


def grow(initiatives: int, starts: int) -> dict[str, Any]:
    """Every stage by itself, then all of it by ``solve``."""
    document = portfolio(initiatives, starts) if starts else plain(initiatives)
    content = json.dumps(document).encode()
    stages = Stages()
    problem = stages.time("read", lambda: parse_problem(content))
    stages.time("list", lambda: best_greedy_list(problem))
    _model_stages(problem, stages)
    plan = _solved(problem, SECONDS if starts else PLAIN_SECONDS, stages.took)
    stages.time("recount", lambda: _recounted(problem, plan))
    here, below = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return stages.took | {"peak": here, "peak_child": below}


def _model_stages(problem: Problem, stages: Stages) -> None:
    """Build and hand over; both models are gone before a solver starts."""
    model = stages.time("build", lambda: _model(problem))
    stages.time("hand over", lambda: KeptRelaxation(model.lp))


def _model(problem: Problem) -> Model:
    positions = candidate_positions(problem)
    overlap = Overlap(problem, positions)
    model = build_model(problem, positions, overlap.curves(1e-3 * max(1.0, overlap.potential())))
    model.minimise([(variable, -amount) for variable, amount in model.value])
    return model


def _solved(problem: Problem, seconds: float, took: dict[str, Any]) -> Plan:
    began, used = monotonic(), _processor()
    plan = solve(problem, time_limit=seconds, gap=GAP)
    end_server()  # what its processes used counts only then
    took |= {"solve": monotonic() - began, "solve_cpu": _processor() - used, "gap": plan.gap}
    return plan


def _processor() -> float:
    whom = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, whom))


def _recounted(problem: Problem, plan: Plan) -> str:
    """The plan counted, checked, credited and written down anew."""
    account = account_of(problem, plan)
    if breaches(account) or account.value != plan.value:
        raise RuntimeError("the recount differs")
    verdict = Verdict(
        status=plan.status, bound=plan.bound, approximation=plan.approximation, ties_settled=False,
        conflict=(), solver="", seconds=0.0, message="",
    )  # fmt: skip
    return json.dumps(result_json(plan_from(problem, account, None, verdict)))


if __name__ == "__main__":
    print(json.dumps(grow(int(sys.argv[1]), int(sys.argv[2]))))

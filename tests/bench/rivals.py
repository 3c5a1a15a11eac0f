"""One solver on one instance in a process of its own, for ``tests.bench.strength``.

``python -m tests.bench.rivals SOLVER INITIATIVES STARTS SEED SECONDS MODEL`` prints one JSON line.
HiGHS and OR-tools can't share a process, so a rival gets the model as the MPS file MODEL, which
``model`` as SOLVER writes; variables are known by name, and whoever asked recounts the plan.
"""

from __future__ import annotations

import json
import resource
import sys
from importlib import import_module
from time import monotonic, process_time
from typing import Any

from app.portfolio.engine import Progress, parse_problem, solve
from app.portfolio.engine.candidates import candidate_positions
from app.portfolio.engine.chords import Overlap
from app.portfolio.engine.greedy import best_greedy_list
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.starting import end_server
from tests.bench.portfolios import portfolio

Answer = dict[str, Any]
"""``names`` of what is chosen or ``value``; ``bound`` in units of the model or of money;
``first``: seconds to the first plan, where that is known."""


def main(arguments: list[str]) -> int:
    """Run one solver and print what it found."""
    name, initiatives, starts, seed, seconds, model = arguments
    document = portfolio(int(initiatives), int(starts), int(seed))
    began = monotonic()
    if name in ("scip", "sat"):
        answer = _with_ortools(name, model, float(seconds))
    else:
        problem = parse_problem(document)
        answer = _WAYS[name](problem, float(seconds), model)
    end_server()  # what its processes used counts only then
    used = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    answer |= {
        "seconds": monotonic() - began,
        "cpu": process_time() + used[1].ru_utime + used[1].ru_stime,
        "peak": max(use.ru_maxrss for use in used) / 1024,
    }
    print(json.dumps(answer))
    return 0


def _ours(problem: Problem, seconds: float, _model: str) -> Answer:
    told: list[Progress] = []
    plan = solve(problem, time_limit=seconds, on_progress=told.append)
    first = next((p.seconds for p in told if p.value is not None), plan.seconds)
    return {"value": plan.value, "money_bound": plan.bound, "first": first}


def _ranked(problem: Problem, _seconds: float, _model: str) -> Answer:
    found = best_greedy_list(problem)
    return {"value": None if found is None else found.account.value}


def _built(problem: Problem) -> Any:
    building = import_module("app.portfolio.engine.milp.building")
    positions = candidate_positions(problem)
    overlap = Overlap(problem, positions)
    stake = best_greedy_list(problem)
    tolerance = 1e-3 * (stake.account.value if stake else overlap.potential() / 3)
    model = building.build_model(problem, positions, overlap.curves(tolerance))
    unit = model.minimise([(v, -c) for v, c in model.value])
    return model, unit


def written_model(problem: Problem, path: str) -> Answer:
    """The model as a file, and what its objective stands for."""
    model, unit = _built(problem)
    model.lp.writeMPS(path)
    return {"base": model.value_base, "unit": unit}


def _highs(_problem: Problem, seconds: float, path: str) -> Answer:
    """The model's file, HiGHS' defaults, two threads."""
    highspy = import_module("highspy")
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 2)
    solver.readModel(path)
    solver.setOptionValue("time_limit", seconds)
    began, first = monotonic(), list[float]()
    solver.cbMipImprovingSolution.subscribe(lambda _event: first.append(monotonic() - began))
    solver.run()
    info = solver.getInfo()
    found: Answer = {"bound": info.mip_dual_bound, "first": first[0] if first else None}
    found["seconds_inside"] = solver.getRunTime()
    if info.primal_solution_status == 2:
        names = solver.getLp().col_names_
        values = solver.getSolution().col_value
        found["names"] = [n for n, x in zip(names, values, strict=True) if x > 0.5]
    return found


def _cbc(problem: Problem, seconds: float, _model: str) -> Answer:
    """PuLP's defaults, but for the time."""
    pulp = import_module("pulp")
    model, _ = _built(problem)
    model.lp.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds))
    chosen = [v.name for v in model.lp.variables() if (v.varValue or 0) > 0.5]
    return {"names": chosen} if model.lp.sol_status in (1, 2) else {}


def _with_ortools(name: str, path: str, seconds: float) -> Answer:
    builder = import_module("ortools.linear_solver.python.model_builder")
    model = builder.Model()
    model.import_from_mps_file(path)
    solver = builder.Solver(name)
    solver.set_time_limit_in_seconds(seconds)
    if name == "sat":
        solver.set_solver_specific_parameters("num_workers: 2")
    status = solver.solve(model)
    found = status in (builder.SolveStatus.OPTIMAL, builder.SolveStatus.FEASIBLE)
    chosen = [v.name for v in model.get_variables() if found and solver.value(v) > 0.5]
    bound = solver.best_objective_bound if found else None
    return ({"names": chosen} if found else {}) | {"bound": bound}


_WAYS = {
    "ours": _ours,
    "list": _ranked,
    "model": lambda problem, _seconds, path: written_model(problem, path),
    "highs": _highs,
    "cbc": _cbc,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""HiGHS through PuLP's interface with callbacks, and CBC through PuLP as the fall-back."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pulp

from app.portfolio.engine.milp.pulp_adapter import cbc_path, column, columns

try:
    import highspy
except ImportError:  # the fall-back solver then does the work
    highspy = None  # type: ignore[assignment]

SEED = 2027
MOST_ITERATIONS = 500
"""Steps after which a relaxation solved again is given up: from a solution nearby it takes a few
dozen, and one that goes round in circles would take all the time there is."""
FEASIBILITY = 1e-7
BRISK = {
    "mip_allow_restart": False,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""Settings of HiGHS where a proof takes less time than its own search for plans would."""
PART = 1e-4
"""What a whole number of CBC may be off by."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something the solver found: a bound on the objective, or a solution's column values."""

    bound: float | None = None
    values: Sequence[float] | None = None
    is_withdrawn: bool = False
    """Nothing that was told before counts any more."""


Listener = Callable[[Event], None]
Known = dict[pulp.LpVariable, float]
"""A part of a solution."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``state`` is ``optimal`` (within the gap asked for), ``infeasible``, ``limit`` or ``failed``.

    ``values`` are by the variables' ``index``; ``bound`` is the solver's lower bound.
    """

    state: str
    solver: str
    objective: float | None
    bound: float | None
    values: Sequence[float] | None


def highs_is_available() -> bool:
    return highspy is not None


def solve_with_highs(
    lp: pulp.LpProblem,
    *,
    seconds: float,
    gap: float,
    listener: Listener,
    start: dict[pulp.LpVariable, float] | None,
    hint: Callable[[], Known | None] = lambda: None,
    settings: Mapping[str, Any] | None = None,
) -> Outcome:
    """Minimise with HiGHS in this process; ``start`` may name a part of a first solution, and
    ``hint`` is asked now and then for a better one found elsewhere."""
    solver = _BulkHighs(
        msg=False, threads=1, timeLimit=max(seconds, 0.01), gapRel=gap, gapAbs=1e-9,
        random_seed=SEED, parallel="off", mip_feasibility_tolerance=FEASIBILITY,
        callbackTuple=(_highs_callback(listener, hint), None),
        callbacksToActivate=[
            highspy.cb.HighsCallbackType.kCallbackMipImprovingSolution,
            highspy.cb.HighsCallbackType.kCallbackMipInterrupt,
            highspy.cb.HighsCallbackType.kCallbackMipLogging,
            highspy.cb.HighsCallbackType.kCallbackMipUserSolution,
        ],
        **(settings or {}),
    )  # fmt: skip
    solver.first_solution = start
    solver.actualSolve(lp)
    highs = lp.solverModel
    state = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kModelEmpty: "optimal",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
        highspy.HighsModelStatus.kTimeLimit: "limit",
        highspy.HighsModelStatus.kInterrupt: "limit",
    }.get(highs.getModelStatus(), "failed")
    info = highs.getInfo()
    found = info.primal_solution_status == 2
    return Outcome(
        state=state,
        solver=f"HiGHS {highs.version()}",
        objective=info.objective_function_value if found else None,
        bound=info.mip_dual_bound,
        values=list(highs.getSolution().col_value) if found else None,
    )


def _highs_callback(listener: Listener, hint: Callable[[], Known | None]) -> Callable[..., None]:
    kinds = highspy.cb.HighsCallbackType

    def hear(kind: Any, _message: str, out: Any, back: Any, _data: Any) -> None:
        if kind == kinds.kCallbackMipUserSolution:
            known = hint()
            if known:
                index = np.array([column(v) for v in known], dtype=np.int32)
                back.setSolution(index, np.array(list(known.values()), dtype=float))
                back.repairSolution()
            return
        values = None
        if kind == kinds.kCallbackMipImprovingSolution:
            values = np.array(out.mip_solution).tolist()
        listener(Event(bound=float(out.mip_dual_bound), values=values))

    return hear


class _BulkHighs(pulp.HiGHS):
    """PuLP's HiGHS with the model handed over as arrays and a first solution."""

    first_solution: dict[pulp.LpVariable, float] | None = None

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:
        lp.solverModel.passModel(_highs_model(lp))

    def callSolver(self, lp: pulp.LpProblem) -> None:
        if self.first_solution:
            index = np.array([column(v) for v in self.first_solution], dtype=np.int32)
            values = np.array(list(self.first_solution.values()), dtype=float)
            lp.solverModel.setSolution(len(index), index, values)
        lp.solverModel.run()

    def findSolutionValues(self, _lp: pulp.LpProblem) -> tuple[int, int]:
        return pulp.LpStatusNotSolved, pulp.LpSolutionNoSolutionFound


class KeptRelaxation:
    """A problem without whole numbers, kept in HiGHS: bounds are changed and it is solved again
    from where it stands."""

    def __init__(self, lp: pulp.LpProblem) -> None:
        solver = _BulkHighs(msg=False, threads=1, random_seed=SEED, parallel="off")
        solver.createAndConfigureSolver(lp)
        model = _highs_model(lp)
        model.integrality_ = []
        self._highs = lp.solverModel
        self._highs.passModel(model)
        self._is_first = True

    def bound(self, columns: Any, low: Any, high: Any) -> None:
        """Let the variables at these indices be between ``low`` and ``high``."""
        if len(columns):
            self._highs.changeColsBounds(len(columns), columns, low, high)

    def drop(self, columns: Any) -> None:
        """Forget the variables at these indices, which are 0 from now on; the ones after them
        move up."""
        self._highs.deleteCols(len(columns), columns)

    def costs(self) -> Any:
        """What one unit of each variable would add to the objective, after a solve."""
        return np.array(self._highs.getSolution().col_dual)

    def solve(self, seconds: float) -> tuple[float, Any] | None:
        """Objective and values, or None if there is no solution or the time is over."""
        spent = self._highs.getRunTime()  # the limit counts all solves of an object together
        self._highs.setOptionValue("time_limit", spent + max(seconds, 0.01))
        self._highs.run()
        if self._is_first:
            # What follows starts from a solution; preparing the model anew would lose it.
            self._highs.setOptionValue("presolve", "off")
            self._highs.setOptionValue("simplex_iteration_limit", MOST_ITERATIONS)
            self._is_first = False
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        objective = float(self._highs.getInfo().objective_function_value)
        return objective, np.array(self._highs.getSolution().col_value)


def _highs_model(lp: pulp.LpProblem) -> Any:
    """The problem as a row-wise HighsLp."""
    variables = columns(lp)
    starts: list[int] = [0]
    indices: list[int] = []
    values: list[float] = []
    lower: list[float] = []
    upper: list[float] = []
    for constraint in lp.constraints():
        indices.extend(map(column, constraint))
        values.extend(constraint.values())
        starts.append(len(indices))
        least, most = constraint.getLb(), constraint.getUb()
        lower.append(-highspy.kHighsInf if least is None else least)
        upper.append(highspy.kHighsInf if most is None else most)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(variables), len(lower)
    costs = np.zeros(len(variables))
    for variable, coefficient in lp.objective.items():
        costs[column(variable)] = coefficient
    model.col_cost_ = costs
    model.offset_ = float(lp.objective.constant)
    model.col_lower_ = np.array([v.lowBound for v in variables], dtype=float)
    model.col_upper_ = np.array(
        [highspy.kHighsInf if v.upBound is None else v.upBound for v in variables], dtype=float
    )
    model.row_lower_, model.row_upper_ = np.array(lower, float), np.array(upper, float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    model.a_matrix_.index_ = np.array(indices, dtype=np.int32)
    model.a_matrix_.value_ = np.array(values, dtype=float)
    whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    model.integrality_ = [whole if v.cat == pulp.LpInteger else real for v in variables]
    return model


CBC_WAYS = (("preprocess off", "primalT 1e-9"), ("primalT 1e-9",))
"""Options to ask CBC with, one after the other. None is safe: either way it calls some problems
infeasible that have a plan, and prints “optimal” solutions that fund parts; rarely both ways the
same one (see tests/data/cbc_*.json). A wrong optimum was seen without the tight tolerance."""


CBC_INFEASIBLE = (
    "proven infeasible", "Problem is infeasible", "says infeasible", "relaxation infeasible",
)  # fmt: skip
"""What its log says then; its solution file does not tell it from having run out of time."""


def solve_with_cbc(
    lp: pulp.LpProblem,
    *,
    seconds: float,
    gap: float,
    listener: Listener,
    folder: Path,
    start: Known | None = None,
) -> Outcome:
    """Minimise with CBC as a process of our own process group; what it can't solve one way it is
    asked again another way. ``start`` may name the whole numbers of a first solution."""
    until = monotonic() + seconds
    for way in CBC_WAYS:
        for variable, value in (start or {}).items():
            variable.setInitialValue(value)
        more = {"timeLimit": max(until - monotonic(), 0.1), "warmStart": start is not None}
        outcome = _ask_cbc(lp, way, gap, listener, folder, more)
        if outcome.state in ("optimal", "limit"):
            break
        listener(Event(is_withdrawn=True))
    return outcome


def _ask_cbc(
    lp: pulp.LpProblem, way: Sequence[str], gap: float, listener: Listener, folder: Path,
    more: dict[str, Any],
) -> Outcome:  # fmt: skip
    log = folder / "cbc.log"
    solver = pulp.COIN_CMD(
        path=cbc_path(), msg=False, gapRel=gap, threads=None, **more,
        options=[*way, f"randomCbcSeed {SEED}"], logPath=str(log),
    )  # fmt: skip
    solver.tmpDir = str(folder)
    done = threading.Event()
    watcher = threading.Thread(target=_watch_log, args=(log, listener, done), daemon=True)
    watcher.start()
    try:
        solver.actualSolve(lp)
    except pulp.PulpSolverError as error:
        return Outcome("failed", f"CBC: {error}", None, None, None)
    finally:
        done.set()
        watcher.join()
    return _cbc_outcome(lp, log.read_text(errors="replace"), gap)


def _cbc_outcome(lp: pulp.LpProblem, said: str, gap: float) -> Outcome:
    states = {
        pulp.LpSolutionOptimal: "optimal",
        pulp.LpSolutionInfeasible: "infeasible",
        pulp.LpSolutionIntegerFeasible: "limit",
        pulp.LpSolutionNoSolutionFound: "limit",
    }
    found = lp.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    if found and not _is_whole(lp):
        return Outcome("failed", "CBC: it funds parts", None, None, None)
    objective = _objective(lp) if found else None
    state = states.get(lp.sol_status, "failed")
    bound = _last_bound(said)
    if not found and any(words in said for words in CBC_INFEASIBLE):
        state = "infeasible"
    if state == "optimal" and not gap:
        bound = objective
    values = _by_index(lp) if found else None
    return Outcome(state, "CBC 2.10", objective, bound, values)


def _is_whole(lp: pulp.LpProblem) -> bool:
    return all(
        abs((v.varValue or 0.0) - round(v.varValue or 0.0)) < PART
        for v in columns(lp)
        if v.cat == pulp.LpInteger
    )


def _by_index(lp: pulp.LpProblem) -> list[float]:
    return [variable.varValue or 0.0 for variable in columns(lp)]


def _objective(lp: pulp.LpProblem) -> float:
    return float(sum(c * (variable.varValue or 0.0) for variable, c in lp.objective.items()))


def _watch_log(log: Path, listener: Listener, done: threading.Event) -> None:
    while not done.wait(0.5):
        bound = _last_bound(log.read_text(errors="replace")) if log.exists() else None
        if bound is not None:
            listener(Event(bound=bound))


_BOUNDS = re.compile(
    r"(?:best possible|Continuous objective value is|Lower bound:)\s+(-?[0-9.]+(?:e[+-]?\d+)?)"
)


def _last_bound(text: str) -> float | None:
    found = [float(number) for number in _BOUNDS.findall(text)]
    return max(found) if found else None

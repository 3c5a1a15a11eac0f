"""Models as arrays of columns and rows, in and out of the solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from app.portfolio.engine.milp.pulp_adapter import column
from app.portfolio.engine.milp.pulp_adapter import columns as all_columns
from app.portfolio.engine.milp.solvers import FEASIBILITY, SEED

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

WHOLE = 1e-6
"""How far from a whole number still counts as one."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a solve says, in minor units of the model.

    ``state``: ``optimal`` (within the gap asked for), ``limit``, ``infeasible`` or ``failed``;
    ``bound``: no plan is worth more; ``positions``: the plan's placements, None without one.
    """

    state: str
    positions: list[int] | None = None
    value: float | None = None
    bound: float | None = None


@dataclass(frozen=True)
class Arrays:
    """Columns and rows as a solver takes them, row by row."""

    cost: Floats
    lower: Floats
    upper: Floats
    whole: Mask
    row_lower: Floats
    row_upper: Floats
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: Floats

    @property
    def row_of(self) -> NDArray[np.int64]:
        """The row of every entry."""
        return np.repeat(np.arange(len(self.row_lower)), np.diff(self.starts))


NOTHING = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kObjectiveBound)

STATES = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kModelEmpty: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    highspy.HighsModelStatus.kTimeLimit: "limit",
}


def arrays_of(lp: Any) -> Arrays:
    """The model's columns and rows."""
    variables = all_columns(lp)
    starts: list[int] = [0]
    columns: list[int] = []
    values: list[float] = []
    lower: list[float] = []
    upper: list[float] = []
    for constraint in lp.constraints():
        columns.extend(map(column, constraint))
        values.extend(constraint.values())
        starts.append(len(columns))
        least, most = constraint.getLb(), constraint.getUb()
        lower.append(-highspy.kHighsInf if least is None else least)
        upper.append(highspy.kHighsInf if most is None else most)
    cost = np.zeros(len(variables))
    for variable, coefficient in lp.objective.items():
        cost[column(variable)] = coefficient
    top = [highspy.kHighsInf if v.upBound is None else v.upBound for v in variables]
    return Arrays(
        cost=cost,
        lower=np.array([v.lowBound for v in variables], dtype=float),
        upper=np.array(top, dtype=float),
        whole=np.array([v.cat == "Integer" for v in variables], dtype=bool),
        row_lower=np.array(lower, dtype=float),
        row_upper=np.array(upper, dtype=float),
        starts=np.array(starts, dtype=np.int32),
        columns=np.array(columns, dtype=np.int32),
        values=np.array(values, dtype=float),
    )


def loaded(arrays: Arrays, *, relaxed: bool) -> Any:
    """A solver holding the model, quiet, on one thread, with a fixed seed."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(arrays.cost), len(arrays.row_lower)
    model.col_cost_ = arrays.cost
    model.col_lower_, model.col_upper_ = arrays.lower, arrays.upper
    model.row_lower_, model.row_upper_ = arrays.row_lower, arrays.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = arrays.starts
    model.a_matrix_.index_ = arrays.columns
    model.a_matrix_.value_ = arrays.values
    if not relaxed:
        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        model.integrality_ = [whole if w else real for w in arrays.whole]
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False), ("threads", 1), ("random_seed", SEED), ("parallel", "off"),
        ("mip_feasibility_tolerance", FEASIBILITY), ("mip_abs_gap", 1e-9),
    ):  # fmt: skip
        solver.setOptionValue(name, value)
    solver.passModel(model)
    return solver


def solved(
    arrays: Arrays, columns: Mapping[int, int], *, seconds: float, gap: float = 0.0
) -> Found:
    """The plan with the least objective; value and bound are the objective's."""
    solver = loaded(arrays, relaxed=False)
    solver.setOptionValue("time_limit", max(0.01, seconds))
    solver.setOptionValue("mip_rel_gap", gap)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    if status in NOTHING or status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        return Found("infeasible")
    if info.primal_solution_status != 2:
        return Found("limit" if status == highspy.HighsModelStatus.kTimeLimit else "failed")
    values = np.array(solver.getSolution().col_value)
    chosen = [position for position, column in columns.items() if values[column] > 0.5]
    state = "optimal" if status == highspy.HighsModelStatus.kOptimal else "limit"
    bound = info.mip_dual_bound if abs(info.mip_dual_bound) < 1e30 else None
    return Found(state, chosen, info.objective_function_value, bound)


def move(solver: Any, before: Arrays, now: Arrays) -> None:
    """Give the solver the rows and columns in which ``now`` differs."""
    rows = np.nonzero((before.row_lower != now.row_lower) | (before.row_upper != now.row_upper))[0]
    if len(rows):
        index = rows.astype(np.int32)
        solver.changeRowsBounds(len(index), index, now.row_lower[rows], now.row_upper[rows])
    columns = np.nonzero((before.lower != now.lower) | (before.upper != now.upper))[0]
    if len(columns):
        index = columns.astype(np.int32)
        solver.changeColsBounds(len(index), index, now.lower[columns], now.upper[columns])
    costs = np.nonzero(before.cost != now.cost)[0]
    if len(costs):
        index = costs.astype(np.int32)
        solver.changeColsCost(len(index), index, now.cost[costs])


def part_of(
    now: Arrays, row_of: NDArray[np.int64], free: Mask, fixed: Floats
) -> tuple[Arrays, float] | None:
    """The model of the free columns alone, and what the others put into the objective; None where
    the others break a row by themselves."""
    inside = free[now.columns]
    count = len(now.row_lower)
    others = ~inside
    used = np.bincount(
        row_of[others], now.values[others] * fixed[now.columns[others]], minlength=count
    )
    sizes = np.bincount(row_of[inside], minlength=count)
    lower, upper = now.row_lower - used, now.row_upper - used
    empty = sizes == 0
    if np.any(empty & ((lower > WHOLE) | (upper < -WHOLE))):
        return None
    kept = ~empty
    place = np.cumsum(free) - 1
    part = Arrays(
        cost=now.cost[free],
        lower=now.lower[free],
        upper=now.upper[free],
        whole=now.whole[free],
        row_lower=lower[kept],
        row_upper=upper[kept],
        starts=np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int32),
        columns=place[now.columns[inside]].astype(np.int32),
        values=now.values[inside],
    )
    return part, float(now.cost[~free] @ fixed[~free])

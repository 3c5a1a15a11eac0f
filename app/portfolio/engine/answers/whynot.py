"""Why an initiative is not funded, and what would bring it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from app.portfolio.engine.answers.changes import Force
from app.portfolio.engine.answers.desk import KEEPER, Desk, Reply, account_of
from app.portfolio.engine.answers.dominance import dominators
from app.portfolio.engine.answers.remedies import Remedy, Search
from app.portfolio.engine.answers.window import StoppedError
from app.portfolio.engine.plan import Plan, PlanStatus
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import Backend


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One initiative left out.

    ``estimate``: what funding it costs at least, by the linear relaxation. When ``is_exact``,
    ``loss`` is what the best plan with it is worth less, None when no plan can hold it; ``enters``
    and ``leaves`` are the others that change place then.
    """

    initiative: str
    name: str
    estimate: int | None
    is_exact: bool = False
    loss: int | None = None
    enters: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    dominated_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyNots:
    """One row per initiative left out, the nearest first. ``value`` is the plan's."""

    value: int | None
    rows: tuple[WhyNot, ...]
    is_complete: bool
    seconds: float


def why_not(
    problem: Problem,
    plan: Plan,
    *,
    only: Sequence[str] | None = None,
    time_limit: float = 120.0,
    on_progress: Callable[[WhyNot], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backend: Backend = KEEPER,
) -> WhyNots:
    """Explain the initiatives that ``plan`` leaves out, or ``only`` some of them.

    ``on_progress`` gets every row twice: estimated at once, exact when it is known.
    """
    began = monotonic()
    rows: dict[str, WhyNot] = {}
    value, complete = plan.value, False

    def tell(row: WhyNot) -> None:
        rows[row.initiative] = row
        if on_progress is not None:
            on_progress(row)

    try:
        with Desk(problem, seconds=time_limit, should_stop=should_stop, backend=backend) as desk:
            if plan.has_plan:
                held = _held(problem, plan)
                _estimate(desk, _left_out(problem, held, only), held.value or 0, tell)
            base = _best(desk, plan)
            value = base.value
            wanted = _left_out(problem, base, only)
            keys = {problem.initiatives[place].key for place in wanted}
            fresh = [p for p in wanted if problem.initiatives[p].key not in rows]
            rows = {key: row for key, row in rows.items() if key in keys}
            if base.account is not None:
                _estimate(desk, fresh, base.account.value, tell)
                complete = _explain(desk, base, wanted, rows, tell)
    except StoppedError:
        pass
    ordered = sorted(rows.values(), key=lambda row: (_rank(row), row.initiative))
    return WhyNots(value, tuple(ordered), complete, monotonic() - began)


def _held(problem: Problem, plan: Plan) -> Reply:
    """The plan as it was handed in, by its own bound."""
    return Reply(problem, account_of(problem, plan), plan.bound, False)


def _best(desk: Desk, plan: Plan) -> Reply:
    """The best plan: the one handed in where that is proven, else what a search finds."""
    if plan.has_plan:
        held = _held(desk.problem, plan)
        if plan.status is PlanStatus.OPTIMAL and held.bound == held.value:
            return held
    return desk.known(start=held.account if plan.has_plan else None)


def _left_out(problem: Problem, base: Reply, only: Sequence[str] | None) -> list[int]:
    return [
        place
        for place, one in enumerate(problem.initiatives)
        if place not in base.funded and (only is None or one.key in only)
    ]


def _rank(row: WhyNot) -> tuple[bool, int]:
    cost = row.loss if row.is_exact else row.estimate
    return (cost is None, cost or 0)


def _estimate(desk: Desk, wanted: list[int], value: int, tell: Callable[[WhyNot], None]) -> None:
    """A first row of each, by the relaxation, against a plan of this ``value``; the processes
    share the work."""
    halves = [wanted[first :: desk.workers] for first in range(desk.workers)]

    def some(places: list[int], window: int) -> list[int | None]:
        keys = [desk.problem.initiatives[place].key for place in places]
        return desk.losses(keys, value=value, window=window)

    for half, estimates in desk.spread([half for half in halves if half], some):
        for place, estimate in zip(halves[half], estimates, strict=True):
            one = desk.problem.initiatives[place]
            tell(WhyNot(one.key, one.name, estimate))


def _explain(
    desk: Desk,
    base: Reply,
    wanted: list[int],
    rows: dict[str, WhyNot],
    tell: Callable[[WhyNot], None],
) -> bool:
    """An exact row of each, the nearest first; whether it came to that."""
    keys = [one.key for one in desk.problem.initiatives]

    def one_row(place: int, window: int) -> WhyNot | None:
        if desk.seconds_left <= 0:
            return None
        return _row(desk, base, place, window, rows[keys[place]].estimate)

    complete = True
    near = sorted(wanted, key=lambda place: _rank(rows[keys[place]]))
    for _, row in desk.spread(near, one_row):
        if row is None:
            complete = False
        else:
            tell(row)
    return complete


def _row(desk: Desk, base: Reply, place: int, window: int, estimate: int | None) -> WhyNot:
    assert base.account is not None
    keys = [one.key for one in desk.problem.initiatives]
    forced = desk.known(Force(keys[place]), window=window)
    loss, enters, leaves = None, frozenset[int](), frozenset[int]()
    if forced.value is not None:
        loss = max(0, base.account.value - forced.value)
        enters = forced.funded - base.funded - {place}
        leaves = base.funded - forced.funded
    return WhyNot(
        initiative=keys[place],
        name=desk.problem.initiatives[place].name,
        estimate=estimate,
        is_exact=True,
        loss=loss,
        enters=tuple(keys[one] for one in sorted(enters)),
        leaves=tuple(keys[one] for one in sorted(leaves)),
        remedies=Search(desk, base, place, window).remedies(forced),
        dominated_by=dominators(base.account, place),
    )

"""``solve``: greedy list, solver process, recount, verdict."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import floor, inf
from time import monotonic

from app.portfolio.engine.beside import LARGE, MOST_PATIENCE, PATIENCE, Beside, Ranked, helpers_for
from app.portfolio.engine.candidates import candidate_positions
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.chords import Curve, Overlap, Place, understatement
from app.portfolio.engine.collecting import without_collecting
from app.portfolio.engine.counting import Account
from app.portfolio.engine.greedy import GreedyList
from app.portfolio.engine.job import Job, Message
from app.portfolio.engine.merit import merit
from app.portfolio.engine.plan import Plan, PlanStatus, Progress, relative_gap
from app.portfolio.engine.problem import Placement, Problem
from app.portfolio.engine.reporting import Verdict, plan_from
from app.portfolio.engine.sandbox import CBC, HIGHS, MOVES, Backend, Sandbox
from app.portfolio.engine.stake import stake
from app.portfolio.engine.starting import warm_up

FINENESS = (1e-3, 1e-4)
"""How much of the plan's value the overlap segments may understate, as a share; coarse segments
find good plans sooner, fine ones prove more."""
ROUGH, VAST = 1e-2, 5_000
"""The same for our own search, among more than so many placements."""

LAST_WORDS, RACER_WORDS = 0.5, 0.35
"""Seconds in which who is interrupted has to tell its plan: alone, and beside others."""

LATEST = 0.8
"""Seconds after its limit in which a solver has to end by itself; then its processes are ended."""

TICK = 0.2
"""Seconds between looks at the pipe, the clock and the stop signal."""


def solve(
    problem: Problem,
    *,
    time_limit: float,
    gap: float = 0.0,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backends: Sequence[Backend] = (HIGHS, CBC),
    beside: Sequence[Backend] = (MOVES, CBC),
    start: Sequence[Placement] = (),
    patience: float = MOST_PATIENCE,
) -> Plan:
    """The best plan found within ``time_limit`` seconds, recounted exactly.

    ``gap`` is the relative gap to be content with (0: prove the optimum). ``on_progress`` is
    called at least once a second; when ``should_stop`` turns true the best plan so far is
    returned within a second. Later ``backends`` are asked only if an earlier one fails; those
    ``beside`` look for good plans meanwhile, in processes of their own. ``start`` is a plan to
    begin with, such as that of the run before; it need not be allowed.
    ``patience``: seconds to wait for the ranked list beyond that, where there is no plan.
    """
    warm_up()
    ranked = Ranked(problem)
    run = _Run(problem, time_limit, gap, on_progress, should_stop, beside, ranked, patience)
    with without_collecting():
        run.prepare(start)
    for backend in backends:
        if run.search(backend):
            break
    return run.plan()


@dataclass
class _Run:
    problem: Problem
    time_limit: float
    gap: float
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool] | None
    beside: Sequence[Backend]
    ranked: Ranked
    patience: float = MOST_PATIENCE
    began: float = field(default_factory=monotonic)
    phase: str = "building"
    solver: str = ""
    best: Account | None = None
    greedy: GreedyList | None = None
    bounds: dict[str, int] = field(default_factory=dict)
    positions: tuple[int, ...] = ()
    levels: tuple[dict[Place, Curve], ...] = ()
    rough: dict[Place, Curve] | None = None
    understated: float = 0.0
    status: PlanStatus = PlanStatus.ERROR
    ties_settled: bool = False
    conflict: tuple[str, ...] = ()
    failures: list[str] = field(default_factory=list)
    proven: Message | None = None
    _told: float = 0.0
    _knew: bool = False

    def prepare(self, start: Sequence[Placement]) -> None:
        """The plans to start from, and segments fine enough for the money at stake."""
        self.tell()
        self._adopt([self.problem.position_of.get(placement, -1) for placement in start])
        if len(self.problem.placements) < LARGE:
            self.ranked.make()
            self._take_ranked()
        self.positions = candidate_positions(self.problem)
        overlap = Overlap(self.problem, self.positions)
        known = self.best is not None and self.best.value > 0
        at_stake = self.best.value if self.best and known else stake(self.problem, overlap)
        shares = sorted({max(share, self.gap / 4) for share in FINENESS}, reverse=True)
        found = [overlap.curves(share * at_stake) for share in shares]
        needed = understatement(found[0]) > 2 * understatement(found[-1])
        self.levels = tuple(found if needed else found[-1:])
        self.understated = understatement(self.levels[0])
        if len(self.positions) > VAST:
            self.rough = overlap.curves(ROUGH * at_stake)
        self.tell()

    def _take_ranked(self) -> bool:
        """Adopt the best ranked list so far; True if it is the best plan then."""
        found = self.ranked.found()
        if found is None or found is self.greedy:
            return False
        self.greedy = found
        if self.best is None or merit(found.account) < merit(self.best):
            self.best = found.account
        return self.best is found.account

    @property
    def seconds(self) -> float:
        return monotonic() - self.began

    def search(self, backend: Backend) -> bool:
        """Run one backend to its end; False if it failed and another one should be asked."""
        left = self.time_limit - self.seconds
        if left <= 0:
            self.status = PlanStatus.TIME_LIMIT
            return True
        self.solver = self.solver or backend.name
        self.phase = "searching"
        job = Job(
            problem=self.problem,
            positions=self.positions,
            levels=self.levels,
            backend=backend.name,
            seconds=left,
            gap=self.gap,
            start=self._best_positions(),
            until=self.began + self.time_limit,
            rough=self.rough,
        )
        self.proven = None
        try:
            packed = pickle.dumps(job)
            with (
                Beside(helpers_for(job, packed, self.beside, self._best_positions)) as helpers,
                Sandbox(job, backend, packed) as sandbox,
            ):
                self.ranked.begin()
                is_answered = self._follow(sandbox, backend, helpers)
        except OSError as error:
            self.failures.append(f"{backend.name}: {error.strerror or error}")
            return False
        if self.proven is not None:
            # Ended while settling ties, by whatever cause: the proof before stands.
            return self._conclude(self.proven, backend)
        return is_answered

    def _follow(self, sandbox: Sandbox, backend: Backend, helpers: Beside) -> bool:
        """Read messages until the end, the clock or the stop signal."""
        hard_limit = self.time_limit + LATEST
        while not sandbox.is_finished:
            for message in sandbox.read(TICK, *helpers.sandboxes):
                if message["kind"] == "end":
                    self.proven = None
                    return self._conclude(message, backend)
                if self._take(message, backend.name):
                    helpers.hint(message["positions"])
            for message in helpers.read(is_over=self.proven is not None):
                if self._take(message, "beside"):
                    sandbox.hint(message["positions"])
            if self._take_ranked() and self.best is not None:
                self._pass_on(self.best, sandbox, helpers)
            self.tell()
            if self.should_stop is not None and self.should_stop():
                self._stop(sandbox, backend, helpers)
                return True
            if self._is_close_enough():
                self.status = PlanStatus.WITHIN_GAP
                return True
            if self.seconds > hard_limit:
                self.status = PlanStatus.TIME_LIMIT
                return True
        if self.proven is None:
            self.failures.append(f"{backend.name}: {sandbox.last_words()}")
            self.bounds.pop(backend.name, None)
        return False

    @property
    def bound(self) -> int | None:
        """The best of all bounds told by who has not failed."""
        return min(self.bounds.values(), default=None)

    def _best_positions(self) -> tuple[int, ...]:
        chosen = self.best.chosen if self.best else ()
        return tuple(self.problem.position_of[placement] for placement in chosen)

    def _pass_on(self, account: Account, sandbox: Sandbox, helpers: Beside) -> None:
        positions = [self.problem.position_of[placement] for placement in account.chosen]
        sandbox.hint(positions)
        helpers.hint(positions)

    def _is_close_enough(self) -> bool:
        """Whether the gap asked for is reached by what several searches have found together."""
        if not self.gap or self.best is None or self.bound is None:
            return False
        reached = relative_gap(self.best.value, self.bound)
        return reached is not None and self.bound >= self.best.value and reached <= self.gap

    def _stop(self, sandbox: Sandbox, backend: Backend, helpers: Beside) -> None:
        """Keep the best plan received; CBC tells its plan only when it is interrupted."""
        self.status = PlanStatus.STOPPED
        if backend.name != "cbc":
            for message in helpers.last_messages(RACER_WORDS):
                self._take(message, "beside")
            return
        sandbox.interrupt()
        until = monotonic() + LAST_WORDS
        while monotonic() < until and not sandbox.is_finished:
            for message in sandbox.read(0.1):
                if message["kind"] == "end":
                    self._adopt(message.get("positions"))
                    return

    def _take(self, message: Message, source: str) -> bool:
        """Note what a search says; True if it is a plan better than those before."""
        if message["kind"] == "plan":
            before = self.best
            self._adopt(message["positions"])
            return self.best is not before
        if message["kind"] == "proven":
            self.proven = message
        elif message["kind"] == "withdrawn":
            self.bounds.pop(source, None)
        elif message["kind"] == "bound":
            self._tighten(message["value"], message["level"], source)
        elif message["kind"] == "stage":
            confirming = message["name"] == "infeasible"
            self.phase = "confirming" if confirming else "settling ties"
        return False

    def _adopt(self, positions: Sequence[int] | None) -> Account | None:
        """Recount a proposed plan; keep it if it breaks nothing and is better."""
        places = self.problem.placements
        if positions is None or not all(
            isinstance(p, int) and 0 <= p < len(places) for p in positions
        ):
            return None
        account = Account(self.problem, tuple(places[p] for p in sorted(set(positions))))
        if breaches(account):
            return None
        if self.best is None or merit(account) < merit(self.best):
            self.best = account
        return account

    def _tighten(self, model_bound: float | None, level: int | None, source: str) -> None:
        """The model's bound, made to hold for exact values."""
        if model_bound is None or not abs(model_bound) < 1e30:
            return
        curves = self.rough if level is None and self.rough else self.levels[level or 0]
        missing = understatement(curves)
        bound = floor(model_bound + missing + 1e-9 * abs(model_bound) + 1e-6)
        self.bounds[source] = min(bound, self.bounds.get(source, bound))

    def _conclude(self, end: Message, backend: Backend) -> bool:
        """Believe the solver's last word only as far as the recount agrees."""
        self.solver = str(end.get("solver") or backend.name)
        self.understated = understatement(self.levels[end.get("level", 0)])
        doubt = self._doubt(end)
        if doubt:
            self.failures.append(f"{backend.name}: {doubt}")
            self.bounds.pop(backend.name, None)
            return False
        if end["state"] == "infeasible":
            self.status = PlanStatus.INFEASIBLE
            self.conflict = tuple(end.get("misses", ()))
            return True
        self._tighten(end.get("bound"), end.get("level", 0), backend.name)
        self.ties_settled = bool(end.get("ties_settled"))
        self.status = PlanStatus.TIME_LIMIT
        if end["state"] == "optimal":
            self.status = PlanStatus.WITHIN_GAP if self.gap else PlanStatus.OPTIMAL
        if self.status is PlanStatus.OPTIMAL and end.get("is_exact") and self.best:
            self.understated, self.bounds = 0.0, {backend.name: self.best.value}
        return True

    def _doubt(self, end: Message) -> str:
        """Why the solver's answer cannot be true; empty if nothing speaks against it."""
        state = end.get("state")
        if state not in ("optimal", "infeasible", "limit"):
            return str(end.get("detail", "it failed"))
        if state == "infeasible":
            return "it found no plan where there is one" if self.best else ""
        positions, value = end.get("positions"), end.get("value")
        if positions is None:
            return "it proved an optimum without a plan" if state == "optimal" else ""
        account = self._adopt(positions)
        if account is None:
            return "its plan breaks a limit"
        if value is None:
            return "it did not say what its plan is worth"
        slip = 1.0 + 1e-6 * abs(value)
        # Only a proof has set every share at its best; a plan found on the way may be worth more.
        most = self.understated + slip if state == "optimal" else inf
        if not -slip <= account.value - value <= most:
            return f"it values its plan at {value:,.0f}, the recount at {account.value:,}"
        bound = end.get("bound")
        if state == "optimal" and bound is None:
            return "it proved an optimum without a bound"
        if bound is not None and self.best and self.best.value > bound + self.understated + slip:
            return "there is a better plan than it thinks possible"
        return ""

    def tell(self) -> None:
        """Report progress, twice a second at most, and at once when the first bound is there."""
        is_first, self._knew = self.bound is not None and not self._knew, self.bound is not None
        is_soon = bool(self._told) and monotonic() - self._told < 0.5
        if self.on_progress is None or (is_soon and not is_first):
            return
        self._told = monotonic()
        value = self.best.value if self.best else None
        bound = self.bound if value is None or self.bound is None else max(self.bound, value)
        self.on_progress(
            Progress(
                seconds=self.seconds,
                phase=self.phase,
                value=value,
                bound=bound,
                gap=relative_gap(value, bound),
                funded=len(self.best.chosen) if self.best else 0,
                solver=self.solver,
            )
        )

    def _bound_that_holds(self) -> int | None:
        """The bound, unless a plan we know shows that it is false."""
        if self.bound is None or self.best is None:
            return self.bound
        value = self.best.value
        if value > self.bound + 1 + abs(value) // 10**6:
            self.failures.append(f"{self.solver}: its bound lies below a plan that is allowed")
            return None
        # Where segments lose nothing, what is left above a proven value is rounding.
        slip = max(1, abs(value) // 10**9)
        exact = self.status is PlanStatus.OPTIMAL and not self.understated
        return value if exact and self.bound - value <= slip else max(self.bound, value)

    def plan(self) -> Plan:
        """The verdict on the best plan."""
        is_needed = self.best is None and self.status is not PlanStatus.INFEASIBLE
        patience = PATIENCE if self.status is PlanStatus.STOPPED else self.patience
        self.ranked.wait(is_needed=is_needed, most=patience)
        self._take_ranked()
        if self.status is PlanStatus.INFEASIBLE:
            self.best, self.bounds = None, {}
        bound = self._bound_that_holds()
        reached = relative_gap(self.best.value if self.best else None, bound)
        status = self.status
        if reached is not None and status in (PlanStatus.TIME_LIMIT, PlanStatus.WITHIN_GAP):
            status = PlanStatus.WITHIN_GAP if self.gap and reached <= self.gap else status
            status = PlanStatus.OPTIMAL if reached == 0.0 else status
        verdict = Verdict(
            status=status,
            bound=bound,
            approximation=int(self.understated) + 1 if self.understated else 0,
            ties_settled=self.ties_settled,
            conflict=self.conflict,
            solver=self.solver,
            seconds=self.seconds,
            message="; ".join(self.failures),
        )
        return plan_from(self.problem, self.best, self.greedy, verdict)

"""A solver that lies, crashes or hangs is never believed and never waited for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from app.portfolio.engine import Plan, PlanStatus, parse_problem
from app.portfolio.engine import solve as solve_beside
from app.portfolio.engine.milp.pulp_adapter import cbc_path
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import CBC, HIGHS, PREFIX, Backend, sweep_folders
from tests.factories.problems import problem_file, simple


def solve(problem: Problem, **how: Any) -> Plan:
    """With nobody beside the solver that misbehaves."""
    return solve_beside(problem, beside=(), **how)


FAKE = Path(__file__).with_name("fake_solver.py")


def fake(mode: str) -> Backend:
    return Backend("fake", (sys.executable, str(FAKE), mode))


@pytest.fixture
def problem() -> Problem:
    """A alone is worth 10, B alone 7, both cannot be paid."""
    return parse_problem(problem_file(simple("A", 10, 600), simple("B", 7, 600), quarters=1))


LIES = {
    "crash": "Segmentation fault, so to speak",
    "babble": "ended without a word",
    "breaks a limit": "its plan breaks a limit",
    "overstates": "the recount at 0",
    "understates the best": "there is a better plan than it thinks possible",
    "denies": "it found no plan where there is one",
    "proves nothing": "without a plan",
    "no bound": "without a bound",
}


needs_cbc = pytest.mark.skipif(
    shutil.which(cbc_path()) is None, reason="PuLP 4 brings no CBC, and none is on the path"
)


class TestLies:
    @needs_cbc
    @pytest.mark.parametrize("mode", LIES)
    def test_the_next_solver_is_asked_and_the_lie_is_told(
        self, problem: Problem, mode: str
    ) -> None:
        plan = solve(problem, time_limit=20, backends=(fake(mode), CBC))
        assert (plan.status, plan.value) == (PlanStatus.OPTIMAL, 10)
        assert plan.solver.startswith("CBC")
        assert plan.message == f"fake: {plan.message[6:]}" and LIES[mode] in plan.message

    @pytest.mark.parametrize("mode", LIES)
    def test_with_nobody_left_it_is_an_error_without_a_bound(
        self, problem: Problem, mode: str
    ) -> None:
        plan = solve(problem, time_limit=20, backends=(fake(mode),))
        assert plan.status is PlanStatus.ERROR
        assert plan.bound is None
        assert plan.value == 10, "the ranked list is still true"

    def test_a_solver_that_cannot_be_started_is_a_failure_too(self, problem: Problem) -> None:
        missing = Backend("gone", ("/nonexistent/solver",))
        assert solve(problem, time_limit=20, backends=(missing, HIGHS)).value == 10

    @needs_cbc
    def test_a_solver_out_of_memory_is_followed_by_the_next(self, problem: Problem) -> None:
        starved = Backend("highs", memory_bytes=60 * 2**20)
        plan = solve(problem, time_limit=20, backends=(starved, CBC))
        assert (plan.status, plan.value) == (PlanStatus.OPTIMAL, 10)
        assert plan.message


class TestHanging:
    def test_the_clock_ends_a_solver_that_hangs(self, problem: Problem) -> None:
        began = monotonic()
        plan = solve(problem, time_limit=2, backends=(fake("hang"),))
        assert monotonic() - began < 2 + 3, "a second late, and two for a busy machine"
        assert (plan.status, plan.value) == (PlanStatus.TIME_LIMIT, 10)

    def test_a_bound_below_a_known_plan_is_not_told(self, problem: Problem) -> None:
        plan = solve(problem, time_limit=4, backends=(fake("hang on a false bound"),))
        assert (plan.status, plan.value, plan.bound) == (PlanStatus.TIME_LIMIT, 10, None)
        assert "its bound lies below" in plan.message

    @pytest.mark.parametrize("mode", ["hang after the proof", "crash after the proof"])
    def test_what_was_proven_before_stands(self, problem: Problem, mode: str) -> None:
        plan = solve(problem, time_limit=4, backends=(fake(mode),))
        assert (plan.status, plan.value, plan.bound) == (PlanStatus.OPTIMAL, 10, 10)
        assert (plan.message, plan.ties_settled) == ("", False)

    def test_a_plan_it_had_no_time_to_value_fully_is_no_lie(self, problem: Problem) -> None:
        plan = solve(
            problem, time_limit=20, backends=(fake("out of time with an unfinished plan"),)
        )
        assert (plan.status, plan.value, plan.bound) == (PlanStatus.TIME_LIMIT, 10, 12)
        assert plan.message == ""

    def test_stop_ends_it_at_once(self, problem: Problem) -> None:
        began = monotonic()
        plan = solve(
            problem, time_limit=60, backends=(fake("hang"),),
            should_stop=lambda: monotonic() - began > 1,
        )  # fmt: skip
        assert monotonic() - began < 2
        assert plan.status is PlanStatus.STOPPED


class TestRace:
    """Another solver joins after a while: its plan counts, after our recount, and nothing else."""

    @pytest.fixture
    def trap(self) -> Problem:
        """Ranked lists take A, worth 10; B and C together are worth 14."""
        items = simple("A", 10, 600), simple("B", 7, 500), simple("C", 7, 500)
        return parse_problem(problem_file(*items, quarters=1))

    def raced(self, problem: Problem, mode: str, **how: Any) -> Plan:
        racer = Backend("cbc", (sys.executable, str(FAKE), mode))
        return solve_beside(problem, backends=(fake("hang"),), beside=(racer,), **how)

    def test_adds_the_plan_it_ends_with(self, trap: Problem) -> None:
        seen: list[int | None] = []
        plan = self.raced(
            trap, "races to the best", time_limit=20,
            on_progress=lambda now: seen.append(now.value), should_stop=lambda: 14 in seen,
        )  # fmt: skip
        assert (plan.status, plan.value, plan.bound) == (PlanStatus.STOPPED, 14, None)

    def test_a_stop_takes_the_plan_it_tells_only_then(self, trap: Problem) -> None:
        began = monotonic()
        plan = self.raced(
            trap, "tells when interrupted", time_limit=20,
            should_stop=lambda: monotonic() - began > 4,
        )  # fmt: skip
        assert (plan.status, plan.value) == (PlanStatus.STOPPED, 14)

    def test_neither_its_bound_nor_a_plan_that_breaks_a_limit_counts(self, trap: Problem) -> None:
        began = monotonic()
        plan = self.raced(
            trap, "races with a lie", time_limit=20, should_stop=lambda: monotonic() - began > 3
        )
        assert (plan.value, plan.bound, plan.message) == (10, None, "")


class TestNothingStaysBehind:
    def test_no_folder(self, problem: Problem) -> None:
        solve(problem, time_limit=20)
        solve(problem, time_limit=1, backends=(fake("hang"),))
        own = f"{PREFIX}{os.getpid()}-"
        assert not list(Path(tempfile.gettempdir()).glob(f"{own}*"))

    def test_no_process_when_the_parent_is_killed(self) -> None:
        script = (
            "from app.portfolio.engine import parse_problem, solve\n"
            "from app.portfolio.engine.sandbox import CBC, HIGHS\n"
            "from tests.bench.engine_instances import Size, random_document\n"
            "size = Size(200, 3, 12, 12, pools=30, funds=2, capacities=4)\n"
            "problem = parse_problem(random_document(size, 1))\n"
            "import sys\n"
            "solve(problem, time_limit=120, backends=({'c': CBC, 'h': HIGHS}[sys.argv[1]],))\n"
        )
        for backend in "hc":
            parent = subprocess.Popen([sys.executable, "-c", script, backend])
            wanted = "cbc" if backend == "c" else "milp.child"
            children = _wait_for(lambda p=parent, w=wanted: _below(p.pid, w))
            parent.send_signal(signal.SIGKILL)
            parent.wait()
            assert _wait_for(lambda c=children: [] if any(map(_lives, c)) else [1])
        sweep_folders()
        assert not list(Path(tempfile.gettempdir()).glob(f"{PREFIX}{parent.pid}-*"))


def _wait_for(find: object, seconds: float = 30) -> list[int]:
    until = monotonic() + seconds
    while monotonic() < until:
        found: list[int] = find()  # type: ignore[operator]
        if found:
            return found
        sleep(0.1)
    return []


def _below(pid: int, wanted: str) -> list[int]:
    """Processes below ``pid`` at any depth, once one of them runs ``wanted``."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int(
                (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            )
        except (OSError, IndexError):
            continue
    found, frontier = [], {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier}
        found += sorted(frontier)
    lines = [_command(child) for child in found]
    return found if any(wanted in line for line in lines) else []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _lives(pid: int) -> bool:
    return bool(_command(pid))

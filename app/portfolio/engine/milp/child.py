"""The solver process: limits itself, reads one job, answers over a pipe.

Run as ``python -m app.portfolio.engine.milp.child PARENT JOB PIPE CPU_SECONDS WALL_SECONDS BYTES``.
"""

from __future__ import annotations

import ctypes
import json
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.portfolio.engine.job import Message, Report, Task
from app.portfolio.engine.milp.hints import Hints
from app.portfolio.engine.milp.search import Search
from app.portfolio.engine.milp.solvers import highs_is_available

PR_SET_PDEATHSIG = 1


def search(job: Any, report: Report, folder: Path) -> None:
    """Do a search."""
    Search(job, report, folder, Hints(sys.stdin)).run()


def main(arguments: list[str], work: Callable[[Any, Report, Path], None] = search) -> int:
    """Do one job, by ``work``; whatever goes wrong is told in an ``end`` message."""
    parent, path, pipe = int(arguments[0]), Path(arguments[1]), int(arguments[2])
    _limit(parent, *(int(number) for number in arguments[3:6]))
    with os.fdopen(pipe, "w", buffering=1, encoding="utf-8") as out:

        def report(message: Message) -> None:
            out.write(json.dumps(message) + "\n")
            out.flush()

        job: Task = pickle.loads(path.read_bytes())
        if (job.backend == "highs" or work is not search) and not highs_is_available():
            report({"kind": "end", "state": "failed", "detail": "HiGHS is not installed"})
            return 1
        if job.backend == "cbc":
            # CBC is a process below this one: end by a signal that lets us take it along.
            _die_with_parent(signal.SIGTERM)
        try:
            work(job, report, path.parent)
        except MemoryError:
            report({"kind": "end", "state": "failed", "detail": "the memory limit was reached"})
            return 1
    return 0


def _limit(parent: int, cpu_seconds: int, wall_seconds: int, size: int) -> None:
    """Die with the parent, at the CPU, wall-clock or memory limit; a solver below us too."""
    signal.signal(signal.SIGTERM, _take_all_along)
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    _die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    with suppress(ValueError, OSError):  # macOS knows the limit but does not take it
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)


def _die_with_parent(by: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, by)


def _take_all_along(_signal: int, _frame: object) -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

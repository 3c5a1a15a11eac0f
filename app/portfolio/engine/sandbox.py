"""A limited operating-system process of its own for each search."""

from __future__ import annotations

import json
import os
import pickle
import select
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from app.portfolio.engine.job import Message, Task
from app.portfolio.engine.starting import Start, start_process

PREFIX = "waymark-solve-"
CHILD = (sys.executable, "-m", "app.portfolio.engine.milp.child")
GRACE = 3
"""Seconds a search may take past its time, to start up and to hand over."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A solver and the command that runs it."""

    name: str
    command: tuple[str, ...] = CHILD
    memory_bytes: int = 6 * 2**30
    processes: int | None = None
    """How many of it one desk may keep; None: as many as it takes by itself."""


HIGHS = Backend("highs")
CBC = Backend("cbc")
MOVES = Backend("moves", (sys.executable, "-m", "app.portfolio.engine.milp.moves"))
"""Our own search for good plans, run beside a solver that proves."""


class Sandbox:
    """Starts the search on entry; on exit the whole process group and its folder are gone."""

    def __init__(self, job: Task, backend: Backend, packed: bytes | None = None) -> None:
        """``packed`` is the job pickled, for who hands the same job to several."""
        self.job = job
        self._packed = packed
        self.backend = backend
        self.is_finished = False
        self._rest = b""

    def __enter__(self) -> Sandbox:
        sweep_folders()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        with ExitStack() as undone:
            undone.callback(shutil.rmtree, self.folder, ignore_errors=True)
            path = self.folder / "job.pickle"
            path.write_bytes(self._packed or pickle.dumps(self.job))
            self._pipe, messages = _pair(undone)
            hints, self._hints = _pair(undone)
            os.set_blocking(self._hints, False)
            with open(self.folder / "errors.txt", "wb") as errors:
                start = Start(path, self.folder, self._limits, hints, messages, errors.fileno())
                self._process = start_process(self.backend.command, start)
            undone.pop_all()
        os.close(messages)
        os.close(hints)
        return self

    @property
    def _limits(self) -> tuple[int, int, int]:
        """CPU seconds, wall seconds, bytes."""
        wall = int(self.job.seconds) + 2 * GRACE + 5
        return wall * 2, wall, self.backend.memory_bytes

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.end()
        self._leave()

    def _leave(self) -> None:
        os.close(self._pipe)
        os.close(self._hints)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self, timeout: float, *others: Sandbox) -> list[Message]:
        """Messages that arrived within ``timeout`` seconds, or until one of ``others`` has some;
        ``is_finished`` after the last."""
        ready, _, _ = select.select([self, *others], [], [], timeout)
        if self not in ready:
            return []
        content = os.read(self._pipe, 1 << 20)
        if not content:
            self.is_finished = True
        *lines, self._rest = (self._rest + content).split(b"\n")
        return [message for line in lines if (message := _message(line)) is not None]

    def fileno(self) -> int:
        """What to wait on for messages."""
        return self._pipe

    def hint(self, positions: Sequence[int]) -> None:
        """Tell the search of a plan found elsewhere; it may be too busy to listen."""
        with suppress(OSError):
            os.write(self._hints, json.dumps(list(positions)).encode() + b"\n")

    def interrupt(self) -> None:
        """Ask the solver to end with what it has."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGINT)

    def last_words(self) -> str:
        """The end of what the process wrote to its error stream, for the log."""
        content = (self.folder / "errors.txt").read_text(errors="replace").strip()
        return content.splitlines()[-1][:300] if content else "it ended without a word"


def _pair(undone: ExitStack) -> tuple[int, int]:
    """Both ends of a pipe, to be closed if what follows fails."""
    ends = os.pipe()
    for end in ends:
        undone.callback(os.close, end)
    return ends


def _message(line: bytes) -> Message | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and "kind" in message else None


def sweep_folders() -> None:
    """Remove what searches of processes that no longer live have left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and Path("/proc").exists():
            shutil.rmtree(folder, ignore_errors=True)

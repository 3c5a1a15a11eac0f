"""Starts and ends solver processes: ours by forking a server that has everything loaded, any
other as a command."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[3]
SERVER = "app.portfolio.engine.fork_server"
FORKED = {
    (sys.executable, "-m", f"app.portfolio.engine.{module}")
    for module in ("milp.child", "milp.moves", "answers.child")
}
"""The commands whose modules the server has loaded."""
ANSWER_SECONDS = 20.0
"""How long a fork, or the end of a process, may take on the most crowded machine."""
END_SECONDS = 5.0
"""How long a server may take to end by itself."""
SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Start:
    """What a solver process gets: the file of its job, its folder, limits (CPU seconds, wall
    seconds, bytes) and, as descriptors, where hints come from, where messages and errors go."""

    job: Path
    folder: Path
    limits: Sequence[int]
    hints: int
    messages: int
    errors: int

    @property
    def environment(self) -> dict[str, str]:
        """Nothing but what a solver needs: no secrets, no database, no further threads."""
        return _environment() | {"TMPDIR": str(self.folder)}


class Process(Protocol):
    """A solver process that runs, with a process group of its own."""

    @property
    def pid(self) -> int: ...

    def end(self) -> None:
        """Kill it and everything below it, and wait for it."""


def start_process(command: Sequence[str], start: Start) -> Process:
    """Start a command, or fork it if it is a module of ours. Raises OSError."""
    if sys.platform == "linux" and tuple(command) in FORKED:
        return _Forked(command[-1], start)
    return _Spawned(command, start)


class _Spawned:
    """Any command, called with PARENT JOB PIPE CPU_SECONDS WALL_SECONDS BYTES."""

    def __init__(self, command: Sequence[str], start: Start) -> None:
        arguments = [os.getpid(), start.job, start.messages, *start.limits]
        self._process = subprocess.Popen(
            [*command, *map(str, arguments)],
            stdin=start.hints, stdout=start.errors, stderr=start.errors, cwd=start.folder,
            env=start.environment, pass_fds=[start.messages], start_new_session=True,
        )  # fmt: skip
        self.pid = self._process.pid

    def end(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


class _Forked:
    """A module of ours, forked from the server."""

    def __init__(self, module: str, start: Start) -> None:
        request = {
            "do": "start", "module": module, "job": str(start.job), "folder": str(start.folder),
            "limits": [str(limit) for limit in start.limits], "environment": start.environment,
        }  # fmt: skip
        self._server, answer = _servers.ask(request, [start.hints, start.messages, start.errors])
        if "error" in answer:
            raise OSError(answer["error"])
        self.pid: int = answer["pid"]

    def end(self) -> None:
        try:
            self._server.ask({"do": "end", "pid": self.pid}, [])
        except OSError:  # a server that has died took its children along, and a mute one has to
            _servers.leave(self._server)


class _Server:
    """The server as its owner sees it."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._is_lost = False
        self._lock = Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(ANSWER_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", SERVER, str(theirs.fileno())],
                stdin=subprocess.DEVNULL, env=_environment(), pass_fds=[theirs.fileno()],
                start_new_session=True,
            )  # fmt: skip

    @property
    def is_mine(self) -> bool:
        """Whether this process started it, rather than one that this process was forked from."""
        return self._owner == os.getpid()

    def ask(self, request: dict[str, Any], fds: Sequence[int]) -> dict[str, Any]:
        """The answer. Raises OSError if the server is gone or gives none; after that it is of no
        use any more, because an answer that comes late would be taken for the next one's."""
        with self._lock:
            if self._is_lost:
                raise ConnectionError("the solver server is gone")
            self._is_lost = True
            socket.send_fds(self._control, [json.dumps(request).encode()], fds)
            content = self._control.recv(1 << 16)
            if not content:
                raise ConnectionError("the solver server is gone")
            self._is_lost = False
        answer: dict[str, Any] = json.loads(content)
        return answer

    def close(self) -> None:
        """Close the socket, on which the server ends, and see to it that it does."""
        self._control.close()
        if not self.is_mine:
            return
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Servers:
    """One server for each process that solves, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._server: _Server | None = None

    def ask(self, request: dict[str, Any], fds: Sequence[int]) -> tuple[_Server, dict[str, Any]]:
        """Ask the server, or a new one where it has ended; raises OSError if that fails too."""
        server = self.present()
        try:
            return server, server.ask(request, fds)
        except OSError:
            self.leave(server)
            server = self.present()
            return server, server.ask(request, fds)

    def present(self) -> _Server:
        """The server, which may have ended meanwhile."""
        with self._lock:
            if self._server is None:
                self._server = _Server()
            return self._server

    def leave(self, failed: _Server) -> None:
        """Use this one no more."""
        with self._lock:
            if self._server is failed:
                self._server = None
                failed.close()

    def forget(self) -> None:
        """In a forked process: leave the server to the process that started it."""
        self._lock = Lock()
        self.end()

    def end(self) -> None:
        """Let go of the server; the next search gets a new one."""
        server, self._server = self._server, None
        if server is not None:
            server.close()


_servers = _Servers()
os.register_at_fork(after_in_child=_servers.forget)


def warm_up() -> None:
    """Start the server, if there is none, without waiting for it: it has a while to get ready
    while its owner prepares the first job."""
    if sys.platform == "linux":
        with suppress(OSError):
            _servers.present()


def end_server() -> None:
    """End the server and wait for it, as at the end of the process; nothing may run in it."""
    _servers.end()


atexit.register(end_server)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | SINGLE | {"PYTHONPATH": str(ROOT)}

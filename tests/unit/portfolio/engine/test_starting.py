"""Solver processes are forked from one server; whatever becomes of it, searches get theirs."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from app.portfolio.engine import parse_problem, starting
from app.portfolio.engine import solve as solve_beside
from app.portfolio.engine.fork_server import ForkServer
from app.portfolio.engine.plan import Plan
from tests.factories.problems import problem_file, simple

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")

SOLVE = """
import os, signal
from tests.unit.portfolio.engine.test_starting import servers_of, solved
solved()
print(*servers_of(os.getpid()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def solved() -> Plan:
    """A alone is worth 10, B alone 7, both cannot be paid."""
    problem = parse_problem(problem_file(simple("A", 10, 600), simple("B", 7, 600), quarters=1))
    return solve_beside(problem, time_limit=20, beside=())


def servers_of(pid: int) -> list[int]:
    """The fork servers a process has."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(") ", 1)[1].split()[1])
            if parent == pid and starting.SERVER in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _solved_below(queue: multiprocessing.Queue[tuple[int | None, int]]) -> None:
    queue.put((solved().value, len(servers_of(os.getpid()))))


class TestServer:
    def test_is_one_for_many_searches(self) -> None:
        solved()
        first = servers_of(os.getpid())
        solved()
        assert servers_of(os.getpid()) == first and len(first) == 1

    def test_is_started_anew_when_it_was_killed(self) -> None:
        solved()
        (server,) = servers_of(os.getpid())
        os.kill(server, signal.SIGKILL)
        assert solved().value == 10
        assert servers_of(os.getpid()) != [server]

    def test_stays_with_its_owner_when_that_forks(self) -> None:
        solved()
        (mine,) = servers_of(os.getpid())
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        child = context.Process(target=_solved_below, args=(queue,))
        child.start()
        assert queue.get(timeout=60) == (10, 1)
        child.join()
        assert servers_of(os.getpid()) == [mine]
        assert solved().value == 10

    def test_ends_with_its_owner(self) -> None:
        owner = subprocess.run(
            [sys.executable, "-c", SOLVE], stdout=subprocess.PIPE, check=False,
            env=os.environ | {"PYTHONPATH": os.getcwd()},
        )  # fmt: skip
        assert owner.returncode == -signal.SIGKILL
        server = Path("/proc") / owner.stdout.decode().strip()
        until = monotonic() + 20
        while server.exists() and monotonic() < until:
            sleep(0.05)
        assert server.name.isdigit() and not server.exists()

    def test_that_hangs_is_replaced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(starting, "END_SECONDS", 0.5)
        solved()
        starting._servers.present()._control.settimeout(1.0)
        (server,) = servers_of(os.getpid())
        os.kill(server, signal.SIGSTOP)
        assert solved().value == 10
        assert servers_of(os.getpid()) != [server]
        assert not (Path("/proc") / str(server)).exists()

    def test_without_room_for_another_process_says_so_and_goes_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_room() -> int:
            raise BlockingIOError(errno.EAGAIN, "no room")

        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ends = [os.open(os.devnull, os.O_RDWR) for _ in range(3)]
        monkeypatch.setattr(os, "fork", no_room)
        with mine, theirs:
            ForkServer(theirs)._start({}, ends)
            assert json.loads(mine.recv(1000)) == {"error": "no room"}
        for end in ends:
            with pytest.raises(OSError):
                os.fstat(end)

    def test_ends_quietly_when_its_owner_is_gone_before_the_answer(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "fork", lambda: 1 << 30)
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, open(os.devnull, "rb") as nothing:
            socket.send_fds(mine, [b'{"do": "start"}'], [nothing.fileno()] * 3)
            mine.close()
            ForkServer(theirs).serve()

    def test_that_gave_no_answer_in_time_is_asked_no_more(self) -> None:
        solved()
        server = starting._servers.present()
        os.kill(server._process.pid, signal.SIGSTOP)
        server._control.settimeout(0.2)
        with pytest.raises(OSError):
            server.ask({"do": "end", "pid": -1}, [])
        os.kill(server._process.pid, signal.SIGCONT)
        with pytest.raises(ConnectionError):
            server.ask({"do": "end", "pid": -2}, [])
        assert solved().value == 10

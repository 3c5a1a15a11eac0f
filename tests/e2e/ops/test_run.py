"""`make run`: web server and worker start together, say so when they answer, and end together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.databases import SqliteDatabases
from tests.support.demo import seeded_file
from tests.support.sources import ROOT

PATIENCE_SECONDS = 120


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """One `python -m ops.run` over a copy of the demo company."""

    def __init__(self, folder: Path, database: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._said = folder / "said"
        settings = {
            "DATABASE_URL": f"sqlite:///{shutil.copyfile(database, folder / 'demo.db')}",
            "QUEUE_URL": f"sqlite:///{folder / 'queue.db'}",
            "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2,
            "PORT": str(port),
        }
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ops.run"],
                cwd=ROOT,
                env={**os.environ, **settings},
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in listed.split()]

    def wait_until(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)


@pytest.fixture
def start(
    tmp_path: Path,
    sqlite_databases: SqliteDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[int], Running]]:
    started: list[Running] = []

    def start(port: int) -> Running:
        file = seeded_file(tmp_path_factory, sqlite_databases)
        started.append(Running(tmp_path, file, port))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(timeout=PATIENCE_SECONDS)


class TestRun:
    def test_answers_when_it_says_so_and_ends_when_told(
        self, start: Callable[[int], Running]
    ) -> None:
        running = start(_free_port())
        running.wait_until(f"ready at {running.address}")
        with urllib.request.urlopen(f"{running.address}/sign-in", timeout=30) as page:
            assert "demo" in page.read().decode().lower()
        assert "@halden.example" in running.said()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=PATIENCE_SECONDS) == 0

    @pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which only Linux has")
    def test_ends_as_a_whole_when_the_worker_dies(self, start: Callable[[int], Running]) -> None:
        running = start(_free_port())
        running.wait_until("is ready")
        server, worker = running.children()
        os.kill(worker, signal.SIGKILL)
        assert running.process.wait(timeout=PATIENCE_SECONDS) == 1
        assert "The worker ended" in running.said()
        assert not Path(f"/proc/{server}").exists()

    def test_says_when_the_port_is_taken(self, start: Callable[[int], Running]) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            running = start(taken.getsockname()[1])
            assert running.process.wait(timeout=PATIENCE_SECONDS) == 1
        assert "Choose another: make run PORT=" in running.said()

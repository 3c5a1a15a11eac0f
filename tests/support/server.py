"""Waymark as it is run: gunicorn with several workers on 127.0.0.1, and browsers that ask it."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from flask import Flask
from gunicorn.app.wsgiapp import WSGIApplication
from sqlalchemy.orm import Session

from app.accounts.models import Person
from tests.support import served
from tests.support.postgres import die_with_parent
from tests.support.sign_in import sign_in

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
START_SECONDS = 300
ASK_SECONDS = 120
NO_ANSWER = 0
"""In place of a status where the connection was refused or broke off."""
_TICKS = os.sysconf("SC_CLK_TCK")


class _Copy:
    """A copy of this process that does something else; asked about as a started program is."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            try:
                if obey := die_with_parent():
                    obey()
                work()
            finally:
                os._exit(1)

    def poll(self) -> int | None:
        if self._code is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if done else None
        return self._code

    def wait(self, timeout: float = math.inf) -> int:
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("a copy of this process", timeout)
            time.sleep(0.02)
        return code

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


class WebServer:
    """A gunicorn of our own; killed workers come back by themselves, a killed one by `start`.

    ``preload``: the application is built once, in a copy of this process that has loaded it, before
    the workers are forked; that is far sooner. This process then may have one thread only, and no
    connection to the database that is served.
    """

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        workers: int = 4,
        now: str = "",
        preload: bool = False,
        **wanted: Any,
    ) -> None:
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        self._is_preloaded = preload
        self._arguments = [
            "--bind", f"{HOST}:{self.port}", "--workers", str(workers),
            *(["--preload"] if preload else []), "tests.support.served:app",
        ]  # fmt: skip
        self._log = folder / "server.log"
        asked = {"url": url, "folder": str(folder), "now": now, **wanted}
        self._environment = os.environ | {served.VARIABLE: json.dumps(asked), "LOG_LEVEL": "ERROR"}
        self._process: subprocess.Popen[bytes] | _Copy | None = None

    def start(self) -> float:
        """Start it and wait until it is ready; gives the seconds."""
        with self._log.open("ab") as log:
            if self._is_preloaded:
                self._process = _Copy(partial(self._serve, log))
            else:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "gunicorn", *self._arguments], cwd=ROOT,
                    env=self._environment, stdout=log, stderr=log, start_new_session=True,
                    preexec_fn=die_with_parent(),
                )  # fmt: skip
        return self.wait_ready()

    def _serve(self, log: IO[bytes]) -> None:
        """Become gunicorn."""
        os.setsid()
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
        os.environ.update(self._environment)
        os.chdir(ROOT)
        served.app = served.make_app(json.loads(self._environment[served.VARIABLE]))
        sys.argv = ["gunicorn", *self._arguments]
        WSGIApplication("%(prog)s", prog="gunicorn").run()

    def wait_ready(self) -> float:
        """Seconds until `/readyz` answers 200; raises TimeoutError with what was logged."""
        began = time.monotonic()
        while status_of(self.port, "/readyz") != 200:
            if time.monotonic() - began > START_SECONDS or self._is_over():
                raise TimeoutError(f"The server is not ready:\n{self.logged()[-3000:]}")
            time.sleep(0.02)
        return time.monotonic() - began

    def status(self, path: str) -> int:
        """The status a stranger gets."""
        return status_of(self.port, path)

    def logged(self) -> str:
        """All that the server wrote to its log."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def processes(self) -> list[int]:
        """The master and its workers."""
        return [self._process.pid, *children_of(self._process.pid)] if self._process else []

    def kill_workers(self) -> int:
        """Kill every worker at once; gives how many."""
        workers = self.processes()[1:]
        for one in workers:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        return len(workers)

    def kill(self) -> None:
        """Kill master and workers at once."""
        if self._process is not None:
            for one in self.processes():
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it in order, by force where that takes long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=40)
            self._process = None
        except subprocess.TimeoutExpired:
            self.kill()

    def cpu_seconds(self) -> float:
        """What the processes that live have used of the processor."""
        return sum(map(_cpu_of, self.processes()))

    def _is_over(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def __enter__(self) -> WebServer:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def children_of(process: int) -> list[int]:
    """The processes that another one has started."""
    with suppress(OSError):
        found = Path(f"/proc/{process}/task/{process}/children").read_text()
        return [int(one) for one in found.split()]
    return []


def _cpu_of(process: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def status_of(port: int, path: str) -> int:
    """The status a stranger gets, or `NO_ANSWER`."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return NO_ANSWER
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    location: str
    body: bytes
    seconds: float
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a signed-in browser sends along."""

    person_id: int
    cookie: str
    token: str


def let_in(app: Flask, session: Session, person: Person) -> Pass:
    """Sign a person in at the moment the application's clock stands at."""
    client: Any = app.test_client()
    sign_in(client, session, person, now=app.config["FIXED_NOW"])
    token = client.csrf_token()
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    return Pass(person.id, f"{cookie.key}={cookie.value}", token)


class Browser:
    """One connection of somebody signed in; never raises where the server goes away."""

    def __init__(self, port: int, mine: Pass) -> None:
        self._port, self._mine = port, mine
        self._connection: HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, form: Mapping[str, Any]) -> Answer:
        return self._ask(
            "POST", path, urlencode({"csrf_token": self._mine.token, **form}, doseq=True)
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        began = time.monotonic()
        headers = {"Cookie": self._mine.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self._connection is None:
                self._connection = HTTPConnection(HOST, self._port, timeout=ASK_SECONDS)
            self._connection.request(method, path, body, headers)
            got = self._connection.getresponse()
            content = got.read()
        except (OSError, HTTPException):
            self.close()
            return Answer(NO_ANSWER, "", b"", time.monotonic() - began)
        if got.will_close:
            self.close()
        found = got.headers
        return Answer(
            got.status, found.get("Location", ""), content, time.monotonic() - began,
            found.get("Retry-After", ""),
        )  # fmt: skip

"""What a request costs: CPU of the answering process, time, queries and bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.accounts.models import Person
from tests.support.sign_in import sign_in

WARM_UP = 3
ROUNDS = 15
NO_QUERIES = ("PRAGMA", "BEGIN")


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of one page; ``first`` is the CPU of the first request of the process."""

    cpu_ms: float
    elapsed_ms: float
    first_ms: float
    queries: int
    kilobytes: float


class Visitor:
    """A signed-in browser that asks the application straight, without a server between."""

    def __init__(self, app: Flask, person: Person) -> None:
        self._app = app
        client: Any = app.test_client()
        with app.app_context(), Session(self._engine()) as session:
            sign_in(client, session, person, now=app.config["FIXED_NOW"])
        cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        self._headers = {"Cookie": f"{cookie.key}={cookie.value}"}

    def cost_of(self, address: str, *, rounds: int = ROUNDS) -> Cost:
        """Ask for a page many times. Raises RuntimeError where it is not shown."""
        environ = EnvironBuilder(path=address, headers=self._headers).get_environ()
        first, _, _ = self._ask(environ)
        for _ in range(WARM_UP - 1):
            self._ask(environ)
        with _counted(self._engine()) as statements:
            _, _, size = self._ask(environ)
        asked = [self._ask(environ) for _ in range(rounds)]
        return Cost(
            cpu_ms=median(cpu for cpu, _, _ in asked),
            elapsed_ms=median(elapsed for _, elapsed, _ in asked),
            first_ms=first,
            queries=len(statements),
            kilobytes=size / 1000,
        )

    def _ask(self, environ: dict[str, Any]) -> tuple[float, float, int]:
        """CPU and time in milliseconds, and bytes."""
        cpu, clock = process_time(), perf_counter()
        body, status, _ = run_wsgi_app(self._app, environ, buffered=True)
        size = sum(map(len, body))
        cost = 1000 * (process_time() - cpu), 1000 * (perf_counter() - clock)
        if not status.startswith("200"):
            raise RuntimeError(f"{environ['PATH_INFO']} answered {status}")
        return *cost, size

    def _engine(self) -> Any:
        with self._app.app_context():
            return self._app.extensions["sqlalchemy"].engine


@contextmanager
def _counted(engine: Any) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(NO_QUERIES):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)

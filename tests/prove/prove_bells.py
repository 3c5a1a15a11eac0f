"""From a change's commit to a worker's claim, over each kind of queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from app.db.session import transaction
from app.jobs.engine import RunningJob
from app.jobs.services import enqueue
from app.worker import Worker
from tests.prove.gate import Gate, Size, databases, seconds
from tests.support.application import build_app, let_go
from tests.support.breaking import broken
from tests.support.databases import Databases, SqliteDatabases
from tests.support.redis import RedisServer, find_program

ROUNDS = 50
FEW = 5
POLL = 30.0
"""Seconds between looks without a ring, so that every claim here follows one."""
SHORT_POLL = 2.0
"""The same for the control, in which no claim follows a ring."""


def gates(size: Size) -> Iterator[Gate]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        found = {one.kind: one for one in stack.enter_context(databases(folder))}
        ways = {"SQLite": ("sqlite", f"sqlite:///{folder / 'queue.db'}")}
        if "postgresql" in found:
            ways["PostgreSQL"] = ("postgresql", found["postgresql"].url)
        if program := find_program():
            redis = RedisServer(program)
            stack.callback(redis.stop)
            ways["Redis"] = ("postgresql" if "postgresql" in found else "sqlite", redis.url)
        for name, (kind, queue) in ways.items():
            yield _gate(name, _waits(found[kind], queue, folder, size.of(ROUNDS)))


def controls(size: Size) -> Iterator[Gate]:
    """A bell that nobody hears: the worker finds the job at its next look by itself only."""
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        folder = Path(name)
        queue = f"sqlite:///{folder / 'queue.db'}"
        with broken("app.jobs.engine.bell.JobBell.ring", lambda _bell: None):
            waited = _waits(SqliteDatabases(folder), queue, folder, size.of(FEW), poll=SHORT_POLL)
        yield _gate("SQLite", waited)


def _gate(name: str, waited: list[float]) -> Gate:
    return Gate(f"enqueue to claim over {name} ≤ 0.5 s", seconds(waited), max(waited) <= 0.5)


def _waits(
    one: Databases, queue: str, folder: Path, rounds: int, *, poll: float = POLL
) -> list[float]:
    one.reset()
    app = build_app(one.url, folder, QUEUE_URL=queue, FIXED_NOW=None, WORKER_POLL_SECONDS=poll)
    began: list[float] = []
    claimed = threading.Event()

    def note(_job: RunningJob) -> None:
        began.append(time.monotonic())
        claimed.set()

    worker = Worker(app, handlers={"nothing": note})
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        return [_wait(app, began, claimed) for _ in range(rounds)]
    finally:
        worker.ending.set()
        thread.join()
        let_go(app)


def _wait(app: Flask, began: list[float], claimed: threading.Event) -> float:
    time.sleep(0.3)  # the worker is idle again
    claimed.clear()
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        with transaction(session):
            enqueue(session, kind="nothing", payload={}, actor=None, now=datetime.now(UTC))
            asked = time.monotonic()
    if not claimed.wait(POLL * 2):
        raise TimeoutError("Nobody claimed the job.")
    return began[-1] - asked

"""The bell that wakes workers: over a small SQLite file, over PostgreSQL or over Redis.

Jobs live in the database; losing a ring only costs a poll.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar

import psycopg
from huey.storage import BaseStorage, RedisStorage, SqliteStorage
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.engine import make_url

logger = logging.getLogger("waymark.jobs")

_NAME = "waymark"
_CONNECT_SECONDS = 2
_Answer = TypeVar("_Answer")


class Wire(Protocol):
    """What carries rings from process to process; any error of it is a lost ring."""

    def ring(self) -> None:
        """Wake whoever waits."""

    def wait(self, seconds: float) -> bool:
        """Whether anybody rang since the last call or within ``seconds``; many rings are one."""

    def close(self) -> None:
        """Let go of connections."""


class JobBell:
    """Tells sleeping workers that there is a job; knows nothing of what the job is."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = Lock()
        self._wire: Wire | None = None
        self._is_away = False

    def ring(self) -> None:
        """Wake a worker. A queue that is away is logged only: the change is saved by now, and
        workers look by themselves as well."""
        self._tried(lambda wire: wire.ring(), "rung")

    def wait(self, seconds: float) -> bool:
        """Whether anybody rang since the last call, or within ``seconds``."""
        began = time.monotonic()
        was_rung = self._tried(lambda wire: wire.wait(seconds), "read")
        if was_rung is None:
            # Nothing to wait on, so that a worker would ask in a circle.
            time.sleep(max(0.0, began + seconds - time.monotonic()))
        return bool(was_rung)

    def close(self) -> None:
        """Let go of connections; the next ring opens them anew."""
        with self._lock:
            wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def _tried(self, do: Callable[[Wire], _Answer], what: str) -> _Answer | None:
        try:
            with self._lock:
                wire = self._wire = self._wire or _open(self.url)
            answer = do(wire)
        except Exception as error:
            if not self._is_away:
                logger.warning("The queue could not be %s: %s", what, error)
            self._is_away = True
            self.close()
            return None
        self._is_away = False
        return answer


def _open(url: str) -> Wire:
    parsed = make_url(url)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        plain = parsed.set(drivername="postgresql")
        return _Notices(plain.render_as_string(hide_password=False))
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        # No write-ahead log: the system's SQLite has the reset bug that app/db/sqlite.py names.
        storage = SqliteStorage(name=_NAME, filename=str(path), journal_mode="delete", fsync=False)
        return _Storage(storage)
    # Without retries: nobody who saves waits for a queue that is away.
    pool = ConnectionPool.from_url(
        url, socket_connect_timeout=_CONNECT_SECONDS, retry=Retry(NoBackoff(), 0)
    )
    return _RedisStorage(RedisStorage(name=_NAME, connection_pool=pool))


class _Storage:
    """Rings kept in a huey storage until a worker takes them."""

    def __init__(self, storage: BaseStorage) -> None:
        self._storage = storage

    def ring(self) -> None:
        self._storage.enqueue(b"wake")

    def wait(self, seconds: float) -> bool:
        time.sleep(seconds)
        if self._storage.dequeue() is None:
            return False
        self._storage.flush_queue()
        return True

    def close(self) -> None:
        self._storage.close()


class _RedisStorage(_Storage):
    """The same where a ring comes by itself instead of being looked for."""

    def wait(self, seconds: float) -> bool:
        self._storage.read_timeout = seconds
        if self._storage.dequeue() is None:
            return False
        self._storage.flush_queue()
        return True

    def close(self) -> None:
        self._storage.pool.disconnect()


class _Notices:
    """Rings as NOTIFY on PostgreSQL: nothing is stored, and every idle worker hears each."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = Lock()
        self._speaking: psycopg.Connection | None = None
        self._listening: psycopg.Connection | None = None

    def ring(self) -> None:
        with self._lock:
            if self._speaking is None:
                self._speaking = self._connect()
            self._speaking.execute(f"NOTIFY {_NAME}")

    def wait(self, seconds: float) -> bool:
        if self._listening is None:
            self._listening = self._connect()
            self._listening.execute(f"LISTEN {_NAME}")
            return True  # a ring before this was heard by nobody
        was_rung = False
        for _ in self._listening.notifies(timeout=seconds, stop_after=1):
            was_rung = True
        if was_rung:
            for _ in self._listening.notifies(timeout=0):
                pass
        return was_rung

    def close(self) -> None:
        for connection in (self._speaking, self._listening):
            if connection is not None:
                connection.close()
        self._speaking = self._listening = None

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            self._address, autocommit=True, connect_timeout=_CONNECT_SECONDS,
            application_name=f"{_NAME} bell",
        )  # fmt: skip

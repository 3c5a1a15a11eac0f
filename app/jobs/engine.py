"""The bell that wakes workers, and what a running job looks like to its handler.

Jobs live in the database; losing a ring only costs a poll.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from huey.storage import BaseStorage, RedisStorage, SqliteStorage
from sqlalchemy.orm import Session, sessionmaker

logger = logging.getLogger("waymark.jobs")

_SQLITE = "sqlite:///"
_NAME = "waymark"


class JobBell:
    """Tells sleeping workers that there is a job; knows nothing of what the job is."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._opened: BaseStorage | None = None

    def ring(self) -> None:
        """Wake a worker. A queue that is away is logged only: the change is saved by now, and
        workers look by themselves as well."""
        try:
            self._storage().enqueue(b"wake")
        except Exception as error:
            logger.warning("The queue could not be rung: %s", error)

    def was_rung(self) -> bool:
        """Whether anybody rang since the last call; many rings count as one."""
        try:
            storage = self._storage()
            if storage.dequeue() is None:
                return False
            storage.flush_queue()
        except Exception as error:
            logger.warning("The queue could not be read: %s", error)
            return False
        return True

    def _storage(self) -> BaseStorage:
        with self._lock:
            if self._opened is None:
                self._opened = _open(self._url)
            return self._opened


def _open(url: str) -> BaseStorage:
    if not url.startswith(_SQLITE):
        return RedisStorage(name=_NAME, url=url, blocking=False)
    path = Path(url.removeprefix(_SQLITE))
    path.parent.mkdir(parents=True, exist_ok=True)
    # No write-ahead log here: the system's SQLite has the reset bug that app/db/sqlite.py names.
    return SqliteStorage(name=_NAME, filename=str(path), journal_mode="delete", fsync=False)


class RunningJob(Protocol):
    """What a job's handler is given.

    A handler reads ``payload``, calls `progress` and `should_stop` often (both end it by an
    exception when the job was taken away or the worker ends), and writes what it found in one
    ``with job.sessions() as session, transaction(session):`` ending in ``job.finish(session)``.
    Work may be repeated after a kill, so nothing may count before that transaction.
    """

    @property
    def job_id(self) -> int: ...

    @property
    def payload(self) -> Mapping[str, Any]: ...

    @property
    def sessions(self) -> sessionmaker[Session]: ...

    def now(self) -> datetime:
        """This moment."""

    def progress(self, values: Mapping[str, object], *, force: bool = False) -> None:
        """Store how far the job is, at most twice a second unless forced."""

    def should_stop(self) -> bool:
        """Whether somebody asked the job to end early and keep its best."""

    def finish(self, session: Session) -> None:
        """End the job in the handler's own transaction, together with its result."""

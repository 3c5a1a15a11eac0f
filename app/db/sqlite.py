"""SQLite made safe: a fixed library, strict connections and one gate for all writers.

Debian's SQLite 3.40 can corrupt a database when it resets the write-ahead log, so the wheel
``pysqlite3`` brings a later one. SQLite's own busy handler starves writers; a file lock taken
before BEGIN IMMEDIATE and held over COMMIT lets them in one by one.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pysqlite3
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url

from app.errors import UnavailableError

WRITE_OPTION = "waymark_write"
GATE_SECONDS = 20
BUSY_MILLISECONDS = 5_000


def engine_options(url: str) -> dict[str, Any]:
    """Arguments for create_engine() that fit the database behind ``url``.

    Errors keep statements without their values: these are e-mails and hashes of secrets, and
    errors are logged.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {"url": parsed, "module": pysqlite3, "hide_parameters": True}
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return {"url": parsed, "pool_pre_ping": True, "hide_parameters": True}


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: object) -> None:
    if not isinstance(connection, pysqlite3.Connection):
        return
    connection.isolation_level = None  # BEGIN is ours, see _begin
    # SQLite's own lower() leaves all letters but A to Z as they are: Ärzte would not be found.
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get(WRITE_OPTION)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writer_gate(url: URL) -> AbstractContextManager[object]:
    """Let one writer of a SQLite file in at a time; other databases need no gate.

    Raises UnavailableError when the gate stays shut for GATE_SECONDS.
    """
    path = gate_path(url)
    return nullcontext() if path is None else _Gate(path)


def gate_path(url: URL) -> Path | None:
    """The file whose lock is the gate of a SQLite file; it lies beside it."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).with_name(Path(url.database).name + ".gate")


class _Gate:
    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path, timeout=GATE_SECONDS, thread_local=False)

    def __enter__(self) -> None:
        try:
            self._lock.acquire(poll_interval=0.005)
        except Timeout as error:
            raise UnavailableError(
                "The database is busy with another change. Nothing was saved; try again."
            ) from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()

"""SQLite made safe: a fixed library, strict connections, and one gate that every writer passes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from flask import Flask, redirect
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import sqlite
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.errors import UnavailableError
from app.extensions import csrf, db
from app.web.guards import public
from tests.support.databases import Databases
from tests.support.sources import ROOT

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

WRITERS, WRITES = 4, 30
WRITER = """
import sys
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from app.db.session import transaction
from app.db.sqlite import engine_options

with Session(create_engine(**engine_options(sys.argv[1]))) as session:
    sys.stdin.readline()
    for _ in range(int(sys.argv[2])):
        with transaction(session):
            n = session.scalar(text("SELECT n FROM counted"))
            session.execute(text("UPDATE counted SET n = :n"), {"n": n + 1})
"""
HOLDER = """
import sys, time
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from app.db.session import transaction
from app.db.sqlite import engine_options

with Session(create_engine(**engine_options(sys.argv[1]))) as session, transaction(session):
    session.execute(text("UPDATE counted SET n = 99"))
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def counted(session: Session) -> Session:
    with transaction(session):
        session.execute(text("CREATE TABLE counted (n INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO counted VALUES (0)"))
    return session


def _start(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class TestConnections:
    def test_use_a_library_that_keeps_its_log_whole(self, engine: Engine) -> None:
        with engine.connect() as connection:
            version = connection.scalar(text("SELECT sqlite_version()"))
        assert tuple(int(part) for part in str(version).split(".")) >= (3, 51, 3)

    def test_are_strict(self, engine: Engine) -> None:
        wanted = {
            "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0,
            "busy_timeout": sqlite.BUSY_MILLISECONDS,
        }  # fmt: skip
        with engine.connect() as connection:
            found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in wanted}
        assert found == wanted


class TestGate:
    def test_lets_writers_of_many_processes_in_one_by_one(
        self, counted: Session, database: Databases
    ) -> None:
        writers = [_start(WRITER, database.url, str(WRITES)) for _ in range(WRITERS)]
        for one in writers:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        seen = [0]
        while any(one.poll() is None for one in writers):
            counted.rollback()
            seen.append(counted.scalar(text("SELECT n FROM counted")) or 0)  # never has to wait
        assert [one.wait() for one in writers] == [0] * WRITERS
        assert seen == sorted(seen)
        counted.rollback()
        assert counted.scalar(text("SELECT n FROM counted")) == WRITERS * WRITES
        for one in writers:
            one.communicate()

    def test_opens_when_its_holder_is_killed_and_nothing_of_it_stays(
        self, counted: Session, database: Databases
    ) -> None:
        holder = _start(HOLDER, database.url)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
        with transaction(counted):
            assert counted.scalar(text("SELECT n FROM counted")) == 0
            counted.execute(text("UPDATE counted SET n = 1"))

    def test_stays_shut_for_a_second_writer_who_is_told_to_try_again(
        self,
        counted: Session,
        database: Databases,
        make_app: Callable[..., Flask],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(sqlite, "GATE_SECONDS", 0.05)
        app = make_app()

        def writes() -> Response:
            with transaction(db.session):
                db.session.execute(text("UPDATE counted SET n = 2"))
            return redirect("/", 303)  # type: ignore[return-value]

        app.add_url_rule("/writes", view_func=csrf.exempt(public(writes)), methods=["POST"])
        other = create_engine(**engine_options(database.url))
        with transaction(counted):
            with (
                Session(other) as second,
                pytest.raises(UnavailableError, match="busy"),
                transaction(second),
            ):
                pass
            answer = app.test_client().post("/writes")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert app.test_client().post("/writes").status_code == 303
        other.dispose()

"""A customer is taken out of every log, and nothing says who it was."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.journeys.models import InteractionErasure, InteractionMonth, InteractionSuppression
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.unit.interactions.logs import ROW, mapping, row, rows

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Run = Callable[..., Any]
commands = import_module("app.cli.interactions")
"""The module, which shares its name with the group of commands in it."""


LOGS = {
    "one.csv": (ROW, row(id="2", who="customer-4711"), row(id="3", who="customer-4711")),
    "two.csv": (row(id="4"), row(id="5", who="customer-4711", why="Bill")),
}


@pytest.fixture
def run(app: Flask, session: Session, cast: Cast, tmp_path: Path) -> Run:
    """Run a command as the CX lead, with the files of LOGS and their mapping at hand."""
    app.config["INTERACTIONS_FOLDER"] = str(tmp_path / "interactions")
    with transaction(session):
        make_journey(session, cast.owner)
    (tmp_path / "own.json").write_text(mapping().model_dump_json(exclude_defaults=True))
    for name, lines in LOGS.items():
        (tmp_path / name).write_text(rows(*lines))
    runner = app.test_cli_runner()

    def asked(*command: str) -> Any:
        return runner.invoke(args=["interactions", *command, "--as", cast.lead.email])

    return asked


def _take_in(run: Run, folder: Path, *names: str) -> None:
    for name in names:
        taken = run("import", str(folder / name), "--mapping", str(folder / "own.json"))
        assert taken.exit_code == 0, taken.output


def _contacts(session: Session) -> int:
    session.rollback()  # or it would look at the time before
    return sum(one.contacts for one in session.scalars(select(InteractionMonth)))


def _erased(session: Session) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.action == "interactions.erased")
    return list(session.scalars(query.order_by(AuditEvent.number)))


class TestErase:
    def test_that_broke_off_is_reported_and_ended_by_the_next(
        self, app: Flask, session: Session, run: Run, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        _take_in(run, tmp_path, *LOGS)

        def die(*_: object, **__: object) -> None:
            raise SystemExit(137)

        with monkeypatch.context() as patched:
            patched.setattr(commands, "end_erasure", die)
            assert run("erase", "--customer", "customer-4711").exit_code == 137
        assert (_contacts(session), _erased(session)) == (5, [])
        looked = app.test_cli_runner().invoke(args=["doctor"])
        assert "WRONG  2 erasures that were begun and not ended" in looked.output

        assert "3 rows in 2 logs were erased" in run("erase", "--finish").output
        assert "0 rows in 0 logs" in run("erase", "--customer", "customer-4711").output
        assert _contacts(session) == 2
        assert [b'"rows":2' in one.content for one in _erased(session)] == [True, False]
        assert not any(b"4711" in one.content for one in session.scalars(select(AuditEvent)))
        assert "ok     no erasure left open" in app.test_cli_runner().invoke(args=["doctor"]).output

    def test_keeps_the_customer_out_of_later_logs(
        self, session: Session, run: Run, tmp_path: Path
    ) -> None:
        assert run("erase", "--customer", "customer-4711").exit_code == 0
        assert len(list(session.scalars(select(InteractionSuppression)))) == 1
        assert run("erase", "--customer", "customer-4711").exit_code == 0
        own = ("--mapping", str(tmp_path / "own.json"))
        for dry in (("--dry-run",), ()):
            told = run("import", str(tmp_path / "one.csv"), *own, *dry).output
            assert "2 rows are of customers who were erased; they are left out." in told
        assert _contacts(session) == 1

    @pytest.mark.parametrize("meanwhile", ["import", "undo"])
    def test_looks_again_where_a_log_came_in_or_went_while_the_customer_was_looked_for(
        self, session: Session, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        meanwhile: str,
    ) -> None:  # fmt: skip
        _take_in(run, tmp_path, "one.csv")
        looked_for = commands.find_customer

        def look(*asked: Any) -> Any:
            found = looked_for(*asked)
            if meanwhile == "import":
                _take_in(run, tmp_path, "two.csv")
            else:
                assert run("undo", "1").exit_code == 0
            return found

        with monkeypatch.context() as patched:
            patched.setattr(commands, "find_customer", look)
            refused = run("erase", "--customer", "customer-4711")
        assert (refused.exit_code != 0, "Nothing was erased" in refused.output) == (True, True)
        session.rollback()
        assert list(session.scalars(select(InteractionErasure))) == []
        again = run("erase", "--customer", "customer-4711").output
        assert ("3 rows in 2 logs" if meanwhile == "import" else "0 rows in 0 logs") in again

    def test_left_open_ends_with_its_log(
        self, session: Session, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _take_in(run, tmp_path, "two.csv")
        with monkeypatch.context() as patched:
            patched.setattr(commands, "erase_rows", lambda *_: 1 / 0)
            run("erase", "--customer", "customer-4711")
        assert len(list(session.scalars(select(InteractionErasure)))) == 1
        assert run("undo", "1").exit_code == 0
        session.rollback()
        assert list(session.scalars(select(InteractionErasure))) == []


class TestCommands:
    def test_try_a_file_out_and_name_words_without_a_place(
        self, session: Session, run: Run, tmp_path: Path
    ) -> None:
        lines = (ROW, row(id="2", through="Fax"), row(id="3", through="Post"))
        (tmp_path / "three.csv").write_text(rows(*lines, row(id="4", score="?")))
        own = ("--mapping", str(tmp_path / "own.json"))
        tried = run("import", str(tmp_path / "three.csv"), *own, "--dry-run", "--leave-out-errors")
        assert "row 5, score" in tried.output
        assert "“Fax” means no channel: 1 contact would count nowhere." in tried.output
        assert "3 rows for 3 contacts would be taken in" in tried.output
        assert run("import", str(tmp_path / "three.csv"), *own, "--dry-run").exit_code != 0
        assert _contacts(session) == 0

    def test_do_nothing_for_somebody_who_is_deactivated(
        self, session: Session, cast: Cast, run: Run, tmp_path: Path
    ) -> None:
        with transaction(session):
            cast.lead.is_active = False
        own = ("--mapping", str(tmp_path / "own.json"))
        for command in (
            ("import", str(tmp_path / "one.csv"), *own, "--dry-run"),
            ("erase", "--customer", "K1"),
            ("sources", "add", "postgresql://host/log", "--table", "t", *own),
        ):
            refused = run(*command)
            assert (refused.exit_code, "is deactivated" in refused.output) == (4, True)

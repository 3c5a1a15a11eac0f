"""A warehouse's table is counted where it lies, with the figures of the same file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.interactions.engine.counting import count_log
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountReport, CountRequest
from app.interactions.engine.warehouse import count_warehouse
from app.interactions.services import add_warehouse, new_warehouse
from app.journeys.models import InteractionSource
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.support.pages import table, text
from tests.support.postgres import PostgresServer
from tests.unit.interactions.logs import NOW, mapping, read, row, rows

CONTACTS = (
    ("1", "2026-05-04 10:00", "K1", "Phone", "Bill", "Today", "Solved", "yes", "4.20", "6", "8"),
    ("2", "2026-05-20 10:00", "K1", "Phone", "Bill", "Today", "Left", "no", "0.80", "1.5", "3"),
    ("3", "2026-07-01 00:30", "K2", "Fax", "Claim", "Today", "Escalated", "", "1.10", "2", "10"),
    ("4", "2026-12-24 16:00", "K3", "Phone", "Bill", "Today", "Solved", "yes", "1.10", "2", "10"),
)
TYPES = (
    'id text, "when" timestamp, who text, through text, why text, wanted text, result text,'
    " ok text, cost numeric, length numeric, score integer"
)


@pytest.fixture
def address(postgres_server: PostgresServer) -> str:
    postgres_server.create("log_warehouse")
    with postgres_server.connect("log_warehouse") as connection:
        connection.execute(f"CREATE TABLE contacts ({TYPES})")
        marks = ", ".join(["%s"] * 11)
        for contact in CONTACTS:
            connection.execute(f"INSERT INTO contacts VALUES ({marks})", contact)
    return postgres_server.url("log_warehouse").replace("+psycopg", "")


def _of_file(folder: Path) -> CountReport:
    names = ("id", "when", "who", "through", "why", "wanted", "result", "ok", "cost", "length",
             "score")  # fmt: skip
    lines = [row(**dict(zip(names, contact, strict=True))) for contact in CONTACTS]
    read(folder, rows(*lines), mapping=mapping(zone="Europe/Berlin"))
    return count_log(CountRequest(folder=str(folder / "log")))


class TestCountWarehouse:
    def test_gives_the_figures_of_the_same_file(self, address: str, tmp_path: Path) -> None:
        own = mapping(zone="Europe/Berlin")
        report = count_warehouse(
            CountRequest(address=address, table="contacts", mapping=own, now=NOW)
        )
        # A warehouse holds the whole log; where a system's files end is asked of files alone.
        assert report == _of_file(tmp_path).model_copy(update={"left_out": 0, "until": None})
        (moment,) = report.moments
        assert (report.rows, moment.reason, moment.lost_alone) == (4, "Bill", 1)

    def test_covers_the_days_and_rows_there_are_however_many_contacts_they_stand_for(
        self, postgres_server: PostgresServer, address: str
    ) -> None:
        with postgres_server.connect("log_warehouse") as connection:
            connection.execute("CREATE TABLE sums (at date, through text, n integer)")
            connection.execute(
                "INSERT INTO sums SELECT day, 'Phone', 5000 FROM (VALUES"
                " (date '2026-01-01'), ('2026-12-01'), ('2026-12-31')) AS days (day)"
            )
            connection.execute("INSERT INTO sums VALUES ('2025-01-01', 'Phone', 0)")
        gone = dict.fromkeys(
            ("id", "customer", "reason", "expected", "outcome", "met", "cost", "minutes", "score",
             "lost", "escalated")
        )  # fmt: skip
        own = mapping(when={"column": "at"}, contacts="n", **gone)
        report = count_warehouse(CountRequest(address=address, table="sums", mapping=own, now=NOW))
        assert (report.rows, sum(line.contacts for line in report.lines)) == (3, 15_000)
        assert (report.first_on, report.last_on) == (date(2026, 1, 1), date(2026, 12, 31))
        assert (report.left_out, report.issues[0].column) == (0, "n")
        assert report.issues[0].message.startswith("1 row left out: no contacts")

    def test_counts_what_is_left_out_and_why(
        self, postgres_server: PostgresServer, address: str
    ) -> None:
        wrong = (("9", *CONTACTS[0][1:8], "4.20", "6", "11"), CONTACTS[1])
        with postgres_server.connect("log_warehouse") as connection:
            for contact in wrong:
                marks = ", ".join(["%s"] * len(contact))
                connection.execute(f"INSERT INTO contacts VALUES ({marks})", contact)
        asked = CountRequest(address=address, table="contacts", mapping=mapping(), now=NOW)
        report = count_warehouse(asked)
        assert (report.rows, report.left_out) == (4, 2)
        assert sum(line.contacts for line in report.lines) == 4
        assert [(one.column, one.message.partition(",")[0]) for one in report.issues] == [
            ("score", "1 row: this lies outside the scale of 0 to 10."),
            ("id", "1 row: the id stands in an earlier row already; an id names one contact."),
        ]

    def test_heeds_the_setting_for_personal_data(
        self, postgres_server: PostgresServer, address: str
    ) -> None:
        with postgres_server.connect("log_warehouse") as connection:
            connection.execute("UPDATE contacts SET why = 'Call 0170 1234567' WHERE id = '3'")
        asked = CountRequest(address=address, table="contacts", mapping=mapping(), now=NOW)
        with pytest.raises(FileRefusedError, match="reason seems to hold a phone number in 1"):
            count_warehouse(asked)
        report = count_warehouse(asked.model_copy(update={"personal_data": "mask"}))
        assert {line.reason for line in report.lines} == {"Bill", "Call …"}

    def test_says_what_the_warehouse_says(self, address: str) -> None:
        asked = CountRequest(address=address, table="nothing", mapping=mapping(), now=NOW)
        with pytest.raises(FileRefusedError, match="no table “nothing”"):
            count_warehouse(asked)
        with pytest.raises(FileRefusedError, match="does not answer"):
            count_warehouse(asked.model_copy(update={"address": "postgresql://127.0.0.1:1/none"}))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestAddWarehouse:
    def test_keeps_no_password_and_takes_a_table_once(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        def add(address: str) -> InteractionSource:
            with transaction(session):
                source = new_warehouse(
                    session, address, "contacts", mapping(), actor=cast.lead, now=now
                )
                add_warehouse(session, source, actor=cast.lead)
                return source

        for secret in (
            "postgresql://me:secret@host/log",
            "postgresql://host/log?password=x",
            "snowflake://host/log?token=x",
        ):
            with pytest.raises(InvalidError, match="no password"):
                add(secret)
        assert add("postgresql://host/log").address == "postgresql://host/log#contacts"
        with pytest.raises(ConflictError):
            add("postgresql://host/log")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestSources:
    @pytest.fixture
    def run(self, app: Flask, session: Session, cast: Cast, tmp_path: Path) -> Callable[..., Any]:
        with transaction(session):
            make_journey(session, cast.owner)
        (tmp_path / "own.json").write_text(mapping().model_dump_json(exclude_defaults=True))
        runner = app.test_cli_runner()
        return lambda *command: runner.invoke(args=["interactions", *command])

    def test_are_not_added_when_the_warehouse_does_not_answer(
        self, session: Session, cast: Cast, run: Callable[..., Any], tmp_path: Path
    ) -> None:
        refused = self._add(run, cast, tmp_path, tmp_path / "slip.db")
        assert refused.exit_code == 2
        assert "There is no file" in refused.output
        assert "The source was not added." in refused.output
        assert session.scalars(select(InteractionSource)).all() == []
        assert not (tmp_path / "slip.db").exists()

    def test_that_fail_later_say_so_and_do_not_keep_others_from_being_counted(
        self, session: Session, cast: Cast, run: Callable[..., Any], tmp_path: Path,
        client_for: Callable[[Any], Any],
    ) -> None:  # fmt: skip
        for name in ("one.db", "two.db"):
            self._make(tmp_path / name)
            added = self._add(run, cast, tmp_path, tmp_path / name)
            assert added.exit_code == 0, added.output
        (tmp_path / "one.db").rename(tmp_path / "away.db")

        counted = run("count")
        assert counted.exit_code == 1
        assert "1 of 2 sources was not counted:\n  1, contacts: There is no file" in counted.output
        assert "contacts: 1 month, 1 contact at touchpoints" in counted.output
        assert "not reached 2027-02-15 09:00 UTC: There is no file" in run("list").output
        listed = table(client_for(cast.lead).get("/interactions"), "Sources of interactions")
        assert listed.rows[0]["State"] == "Counted"
        assert listed.rows[1]["State"].startswith("Not reached 15 Feb 2027, 09:00 UTC: There is no")
        shown = client_for(cast.lead).get("/interactions/1")
        assert "still counts" in text(shown)

        (tmp_path / "away.db").rename(tmp_path / "one.db")
        assert run("count", "1").exit_code == 0
        session.rollback()
        assert session.get_one(InteractionSource, 1).failed_at is None
        (tmp_path / "one.db").unlink()
        assert run("count", "1").exit_code == 2
        assert run("undo", "1", "--as", cast.lead.email).exit_code == 0
        assert run("count").exit_code == 0

    def _add(self, run: Callable[..., Any], cast: Cast, folder: Path, file: Path) -> Any:
        return run(
            "sources", "add", f"duckdb://{file}", "--table", "contacts",
            "--mapping", str(folder / "own.json"), "--as", cast.lead.email,
        )  # fmt: skip

    def _make(self, file: Path) -> None:
        with duckdb.connect(str(file)) as made:
            made.execute(f"CREATE TABLE contacts ({TYPES})")
            made.execute(f"INSERT INTO contacts VALUES ({', '.join('?' * 11)})", CONTACTS[0])

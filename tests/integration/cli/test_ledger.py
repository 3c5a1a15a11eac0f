"""The ledger on the command line: balances, actuals from a file, and a check that can fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.approvals.models import Commitment
from app.db.session import transaction
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of, spend

Run = Callable[..., Any]


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *arguments: app.test_cli_runner().invoke(args=["ledger", *arguments])


@pytest.fixture
def commitment_id(session: Session, cast: Cast, now: datetime) -> int:
    """CX-101 with its first hurdle passed and €10.00 of it spent."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment_id = make_commitments(session, cast, now, world)["CX-101"].id
    first = tranches_of(session, commitment_id)[0]
    with transaction(session):
        measure(session, first, 17, actor=cast.manager, now=now)
        decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now)
    with transaction(session):
        spend(session, commitment_id, 10_00, actor=cast.cfo, now=now)
    return commitment_id


class TestBalance:
    @pytest.mark.parametrize("by", ["cycle", "fund", "quarter", "initiative"])
    def test_has_the_same_total_however_it_is_grouped(
        self, run: Run, session: Session, commitment_id: int, by: str
    ) -> None:
        *lines, total = json.loads(run("balance", "--by", by, "--json").output)
        approved = session.scalars(select(Commitment.amount_minor)).all()
        assert total["approved"] == sum(approved) and total["spent"] == 10_00
        for name in ("approved", "released", "reserved", "on_hold", "freed", "spent"):
            assert total[name] == sum(line[name] for line in lines)
        assert "€680,000.00" in run("balance").output


class TestSpend:
    @pytest.fixture
    def rows(self, session: Session, now: datetime, commitment_id: int, tmp_path: Path) -> Path:
        account = account_of(session, commitment_id)
        fund = next(iter(account.funds.values()))
        path = tmp_path / "actuals.csv"
        path.write_text(
            "initiative,fund,paid_on,amount,reference,quarter\n"
            f"CX-101,{fund},{now.date()},12.34,R-1,{account.start}\n"
        )
        return path

    def test_books_a_file_once_after_a_dry_run(
        self, run: Run, session: Session, cast: Cast, commitment_id: int, rows: Path
    ) -> None:
        before = account_of(session, commitment_id).left_minor
        dry = run("spend", str(rows), "--as", cast.cfo.email, "--dry-run")
        assert "1 payments of €12.34 would be booked" in dry.output
        session.rollback()
        assert account_of(session, commitment_id).left_minor == before
        assert "booked as file" in run("spend", str(rows), "--as", cast.cfo.email).output
        session.rollback()
        assert account_of(session, commitment_id).left_minor == before - 12_34
        again = run("spend", str(rows), "--as", cast.cfo.email)
        assert again.exit_code == 5 and "booked already" in again.output
        assert run("check").exit_code == 0

    def test_names_what_is_wrong_and_who_may_not(
        self, run: Run, cast: Cast, commitment_id: int, rows: Path
    ) -> None:
        assert run("spend", str(rows), "--as", cast.lead.email).exit_code == 4
        rows.write_text(rows.read_text().replace("12.34", "9bn"))
        wrong = run("spend", str(rows), "--as", cast.cfo.email)
        assert wrong.exit_code == 2 and "line 2, amount: CX-101 has €" in wrong.output


def tamper(session: Session, trigger: str, statement: str) -> None:
    """Change the ledger as somebody with the database's own rights could."""
    table = statement.split()[1 if statement.startswith("UPDATE") else 2]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    with transaction(session):
        session.execute(
            text(
                f"DROP TRIGGER guard_{trigger}"
                if is_sqlite
                else f"ALTER TABLE {table} DISABLE TRIGGER USER"
            )
        )
        session.execute(text(statement))


class TestCheck:
    def test_agrees_with_what_services_wrote(self, run: Run, commitment_id: int) -> None:
        found = run("check")
        assert found.exit_code == 0 and "agree" in found.output

    @pytest.mark.parametrize(
        ("trigger", "statement", "said"),
        [
            ("spend_details_kept_delete", "DELETE FROM spend_details", "what this spend was for"),
            (
                "commitment_spend_kept_update",
                "UPDATE commitment_spend SET amount_minor = amount_minor + 1",
                "is planned by fund and quarter",
            ),
            (
                "ledger_transfers_kept_update",
                "UPDATE ledger_transfers SET amount_minor = 1 WHERE kind = 'release'",
                "its passed hurdles released",
            ),
            (
                "tranches_fixed",
                "UPDATE tranches SET amount_minor = amount_minor + 5",
                "its open hurdles hold",
            ),
        ],
    )
    def test_finds_what_was_changed_behind_its_back(
        self, run: Run, session: Session, commitment_id: int,
        trigger: str, statement: str, said: str,
    ) -> None:  # fmt: skip
        tamper(session, trigger, statement)
        found = run("check")
        assert found.exit_code == 1 and said in found.output

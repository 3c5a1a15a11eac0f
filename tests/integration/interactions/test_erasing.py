"""A customer is taken out of every log, and nothing says who it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.journeys.models import InteractionMonth
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.unit.interactions.logs import ROW, mapping, row, rows

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class TestErase:
    def test_rewrites_the_log_counts_it_and_records_no_key(
        self, app: Flask, session: Session, cast: Cast, tmp_path: Path
    ) -> None:
        app.config["INTERACTIONS_FOLDER"] = str(tmp_path / "interactions")
        with transaction(session):
            make_journey(session, cast.owner)
        (tmp_path / "own.json").write_text(mapping().model_dump_json(exclude_defaults=True))
        (tmp_path / "log.csv").write_text(
            rows(ROW, row(id="2", who="customer-4711"), row(id="3", who="customer-4711"))
        )
        runner = app.test_cli_runner()

        def run(*command: str) -> str:
            result = runner.invoke(args=["interactions", *command, "--as", cast.lead.email])
            assert result.exit_code == 0, result.output
            return result.output

        run("import", str(tmp_path / "log.csv"), "--mapping", str(tmp_path / "own.json"))
        assert "2 rows in 1 logs were erased" in run("erase", "--customer", "customer-4711")
        assert "0 rows in 0 logs" in run("erase", "--customer", "customer-4711")
        session.expire_all()
        assert [one.contacts for one in session.scalars(select(InteractionMonth))] == [1]
        events = list(session.scalars(select(AuditEvent).order_by(AuditEvent.number)))
        assert "interactions.erased" in [event.action for event in events]
        assert not any(b"4711" in event.content for event in events)

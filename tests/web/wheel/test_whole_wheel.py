"""The wheel turns once on real input: from a registry's file to released money, by pages alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, LedgerTransfer, Tranche
from app.approvals.rules import TrancheState, TransferKind
from app.audit.queries import check_chain
from app.calendar.models import Cycle
from app.db.session import transaction
from app.initiatives.models import Criterion
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund, make_team
from tests.support.pages import form_values, heading, text

ClientFor = Callable[[Any], Any]
EXTRACT = Path(__file__).parents[2] / "data" / "us_it_dashboard_extract.csv"
IMPORT = "/initiatives/import"
WHEN_IT_WAS_PLANNED = datetime(2011, 2, 15, 9, tzinfo=UTC)


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    """Forty quarters from 2011 with a budget that cannot pay for everything."""
    with transaction(session):
        cycle = make_cycle(
            session, currency="USD", first_quarter=Quarter(2011, 1), quarter_count=40
        )
        make_fund(session, cycle, "it", per_quarter_minor=30_000_000_00, carry_over="0.5")
        make_team(session, cycle)
    return cycle


def send(browser: Any, page: str, to: str, **values: Any) -> Any:
    """Open a page, fill one of its forms in and send it; gives the page it leads to."""
    shown = browser.get(page)
    assert shown.status_code == 200, text(shown)
    forms = [str(form.get("action")) for form in shown.soup.find_all("form")]
    typed = form_values(shown, to if to in forms else "") | values
    answer = browser.post(to, data=typed)
    assert answer.status_code == 303, text(answer)
    return answer.location


def import_extract(browser: Any, cycle: Cycle) -> str:
    values = form_values(browser.get(IMPORT), IMPORT) | {
        "mapping": "us-it-dashboard",
        "cycle": str(cycle.id),
        "file": (io.BytesIO(EXTRACT.read_bytes()), "projects.csv"),
    }
    values.pop("own_mapping", None)
    preview = browser.post(IMPORT, data=values, content_type="multipart/form-data")
    chosen = form_values(preview, f"{IMPORT}/commit") | {"leave_out": "y"}
    answer = browser.post(f"{IMPORT}/commit", data=chosen)
    assert answer.status_code == 303, text(answer)
    return str(answer.location)


class TestTheWheel:
    def test_turns_from_a_file_to_released_money(
        self,
        app: Flask,
        client_for: ClientFor,
        cast: Cast,
        cycle: Cycle,
        session: Session,
        run_jobs: Callable[[], int],
    ) -> None:
        today = app.config["FIXED_NOW"]
        app.config["FIXED_NOW"] = WHEN_IT_WAS_PLANNED
        lead, cfo = client_for(cast.lead), client_for(cast.cfo)
        imported = import_extract(lead, cycle)
        send(lead, imported, f"{imported}/submit")
        send(cfo, imported, f"{imported}/certify")
        send(lead, imported, f"{imported}/nominate")

        scenario = send(
            lead, f"/scenarios/new?cycle={cycle.id}", "/scenarios/new", name="Balanced",
            cycle=str(cycle.id),
        )  # fmt: skip
        shown = send(lead, scenario, f"{scenario}/runs")
        run = f"/runs/{parse_qs(urlsplit(shown).query)['run'][0]}"
        assert run_jobs() == 1
        result = lead.get(run)
        assert "Proven optimal" in text(result) or "Within" in text(result)

        proposal = send(lead, f"{run}/proposal", f"{run}/proposal", note="First turn.")
        assert heading(cfo.get(proposal))
        send(cfo, proposal, f"{proposal}/decision", decision="approve", reason="Within budget.")
        session.rollback()
        committed = session.scalar(select(func.sum(Commitment.amount_minor)))
        held = session.scalar(select(func.sum(Tranche.amount_minor)))
        assert committed == held
        assert committed

        tranche = session.scalars(
            select(Tranche)
            .join(Criterion, Criterion.milestone_id == Tranche.milestone_id)
            .where(Tranche.amount_minor > 0)
            .order_by(Tranche.position, Tranche.due_on, Tranche.id)
        ).first()
        assert tranche is not None
        criterion = session.scalars(
            select(Criterion).where(Criterion.milestone_id == tranche.milestone_id)
        ).one()
        app.config["FIXED_NOW"] = today
        cfo = client_for(cast.cfo)
        gate = f"/gates/{tranche.id}"
        send(
            client_for(cast.manager), gate, f"{gate}/evidence", criterion=str(criterion.id),
            value=str(criterion.threshold), measured_on="2027-02-14", source="Agency report",
        )  # fmt: skip
        send(cfo, gate, f"{gate}/decision", action="release", reason="On budget.")

        session.rollback()
        assert session.get_one(Tranche, tranche.id).state is TrancheState.RELEASED
        released = session.scalar(
            select(func.sum(LedgerTransfer.amount_minor)).where(
                LedgerTransfer.kind == TransferKind.RELEASE
            )
        )
        assert released == tranche.amount_minor
        roadmap = client_for(cast.viewer).get("/roadmap")
        assert "passed" in text(roadmap).lower()
        assert check_chain(session, anchor=None).faults == ()

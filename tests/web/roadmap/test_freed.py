"""Stop, see what came free, ask what it buys now, send that to the CFO: on one page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, LedgerTransfer, Tranche
from app.approvals.rules import TransferKind
from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.services import claim
from app.portfolio.models import Run
from app.portfolio.queries import get_run
from app.portfolio.queries.answers import load_answer
from app.roadmap.queries.comparing import KIND
from app.roadmap.rules import HurdleAction
from app.roadmap.services.comparing import work_out_comparison
from tests.factories.accounts import Cast
from tests.factories.portfolio import SOLVER_MEMORY, HandJob, carry_out
from tests.factories.roadmap import decide
from tests.support.pages import buttons, form_values, links, table, text

ClientFor = Callable[[Any], Any]
MINUS = "\u2212"


@pytest.fixture
def page(session: Session, cast: Cast, now: datetime, tranches: list[Tranche]) -> str:
    """Where the money of CX-101 is looked at after it was stopped."""
    with transaction(session):
        decide(
            session, tranches[0], HurdleAction.STOP, actor=cast.cfo, now=now, reason="No callers"
        )
    return f"/gates/{tranches[0].id}/freed"


def compare(session: Session, now: datetime) -> None:
    """Work out what could be bought without the freed money."""
    with transaction(session):
        job = claim(session, worker="hand", kinds=frozenset({KIND}), now=now)
    assert job is not None
    hand = HandJob(session, job, now)
    session.rollback()
    work_out_comparison(hand, memory_bytes=SOLVER_MEMORY, processes=1)
    session.expire_all()


class TestFreed:
    def test_shows_the_money_asks_what_it_buys_and_sends_that_on(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime, page: str,
        commitments: dict[str, Commitment],
    ) -> None:  # fmt: skip
        lead = client_for(cast.lead)
        seen = lead.get(page)
        *cells, total = table(seen, "Where it is free again").rows
        assert total["Freed"] == "€215,000.00" and len(cells) >= 2
        assert "€215,000.00 is free again" in text(seen)

        address = f"{page}/run"
        answer = lead.post(address, data=form_values(seen, address))
        assert answer.status_code == 303
        run_id = session.scalar(select(func.max(Run.id)))
        assert answer.location == f"{page}?run={run_id}"
        assert "Waiting" in text(lead.get(answer.location))
        again = lead.post(address, data=form_values(seen, address))
        assert again.location == answer.location
        carry_out(session, now)
        assert "is being worked out. Look again soon." in text(lead.get(page))
        compare(session, now)

        seen = lead.get(page)
        found = load_answer(get_run(session, run_id or 0))
        assert found is not None
        added = table(seen, "Added")
        assert added.column("Key") == [row["initiative"] for row in found.result["funded"]]
        assert table(seen, "Dropped").column("Key") == ["CX-101"]
        unchanged = set(commitments) - {"CX-101"}
        assert set(table(seen, "Unchanged").column("Key")) == unchanged
        assert not set(added.column("Key")) & set(commitments)
        gains = sum(row["value_allocated"] for row in found.result["funded"])
        told = session.scalars(select(Job.progress).where(Job.kind == KIND)).one() or {}
        adds = max(0, gains - int(str(told["value"])))
        assert int(str(told["value"])) <= gains and int(str(told["bound"])) >= int(
            str(told["value"])
        )
        assert "Without the freed money" in text(seen) and "Freed money adds" in text(seen)
        nothing = "The freed money adds nothing: as much could be bought without it."
        assert (nothing in text(seen)) is (not adds)
        difference = adds - commitments["CX-101"].value_minor
        words = f"{MINUS if difference < 0 else '+'}€{abs(difference) / 100:,.2f}"
        assert words in text(seen)
        assert links(seen)["Send to the CFO"] == f"/runs/{run_id}/proposal"
        assert len(seen.queries) <= 12
        assert "Send to the CFO" not in links(client_for(cast.cfo).get(page))

    def test_is_refused_to_who_starts_no_runs_and_where_nothing_was_freed(
        self, client_for: ClientFor, cast: Cast, page: str, tranches: list[Tranche],
        commitments: dict[str, Commitment], session: Session,
    ) -> None:  # fmt: skip
        manager = client_for(cast.manager)
        assert "A CX lead or Finance starts runs." in text(manager.get(page))
        assert not buttons(manager.get(page))["What would it buy now"]
        other = session.scalars(
            select(Tranche.id).where(Tranche.commitment_id == commitments["CX-102"].id)
        ).first()
        assert manager.get(f"/gates/{other}/freed").status_code == 404
        # A hurdle that ended with an earlier one leads to the same money.
        assert manager.get(f"/gates/{tranches[2].id}/freed").status_code == 200


class TestCapitalFreed:
    def test_counts_the_ledger_to_the_cent_with_the_list_behind_it(
        self, client_for: ClientFor, session: Session, cast: Cast, page: str
    ) -> None:
        client = client_for(cast.viewer)
        exact = session.scalar(
            select(func.sum(LedgerTransfer.amount_minor)).where(
                LedgerTransfer.kind == TransferKind.FREE
            )
        )
        assert exact == 215_000_00
        seen = client.get("/ledger/freed")
        *lines, total = table(seen, "What it is made of").rows
        assert [line["Freed"] for line in lines] == ["€86,000.00", "€64,500.00", "€64,500.00"]
        assert total["Freed"] == "€215,000.00" and "No callers" in text(seen)
        assert "All of it can be planned again." in text(seen)
        home = text(client.get("/"))
        assert "Capital freed" in home and "€215,000.00 in all cycles" in home

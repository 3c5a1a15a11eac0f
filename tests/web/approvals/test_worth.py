"""What an approved plan is worth reads alike wherever it stands: without what was left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.approvals.models import Proposal
from app.approvals.services import approve_proposal
from app.db.session import transaction
from app.values.money import parse_money
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world, verdict_on
from tests.support.pages import table

ClientFor = Callable[..., Any]


def approved_without(session: Session, cast: Cast, now: datetime, *keys: str) -> Proposal:
    """The small portfolio's plan, approved without the items of these keys."""
    with transaction(session):
        proposal = make_proposal(session, cast, now, make_world(session, cast, now))
    out = [item.id for item in proposal.items if item.initiative.key in keys]
    reason = "Too early" if out else ""
    with transaction(session):
        verdict = verdict_on(proposal, reason=reason, struck=out)
        approve_proposal(session, proposal, verdict, actor=cast.cfo, now=now)
    session.expire_all()
    return proposal


def cents(words: str) -> int:
    return parse_money(words.lstrip("€"), "EUR").minor


class TestAnApprovedPlan:
    def test_is_worth_the_same_on_its_page_in_the_list_in_a_case_and_in_its_file(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime
    ) -> None:
        proposal = approved_without(session, cast, now, "CX-102", "CX-103")
        client = client_for(cast.viewer)

        items = table(client.get(f"/proposals/{proposal.id}"), "Items of the proposal").rows
        (item,) = (row for row in items if row["Initiative"].startswith("CX-101"))
        page = client.get("/initiatives/CX-101/case")
        values = table(page, "Values, Full")
        assert values.row("Allocated")["Amount"] == item["Allocated"]
        assert values.row("Marginal, the rest fixed")["Amount"] == item["Marginal"]
        assert len(page.queries) <= 12

        (line,) = table(client.get("/proposals"), "Proposals").rows
        assert line["Value"] == items[-1]["Allocated"]

        book = load_workbook(BytesIO(client.get("/initiatives/CX-101/case.xlsx").data))
        said = {row[0].value: row[1].value for row in book["full"].iter_rows(max_col=2)}
        assert said["Allocated"] == cents(item["Allocated"])
        assert said["Marginal, the rest fixed"] == cents(item["Marginal"])

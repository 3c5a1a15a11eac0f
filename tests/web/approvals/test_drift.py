"""The page beside a proposal that says what moved since it was frozen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.approvals.models import ProposalItem
from app.db.session import transaction
from app.initiatives.models import OptionSpend
from app.portfolio.models import Scenario
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world
from tests.support.pages import links, table, text

ClientFor = Callable[..., Any]


class TestDrift:
    def test_says_that_nothing_moved_and_then_only_what_did_with_a_way_to_it(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            made = make_proposal(session, cast, now, world).id
        client = client_for(cast.cfo)
        page = client.get(links(client.get(f"/proposals/{made}"))["Then and today"])
        assert "every input is as it was frozen" in text(page)
        with transaction(session):
            item = session.scalars(select(ProposalItem).order_by(ProposalItem.position)).first()
            assert item is not None
            session.execute(
                update(OptionSpend)
                .where(OptionSpend.option_id == item.option_id, OptionSpend.quarter_index == 0)
                .values(amount_minor=OptionSpend.amount_minor + 1_00)
            )
            session.execute(update(Scenario).values(version=Scenario.version + 1))
        page = client.get(f"/proposals/{made}/drift")
        rows = table(page, "What changed").rows
        assert {row["Kind"] for row in rows} == {"Spend"}
        assert all(row["Change"] == "+€1.00" for row in rows)
        assert any(link.startswith("/initiatives/CX-") for link in links(page).values())
        assert len(page.queries) <= 12

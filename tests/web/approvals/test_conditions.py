"""Conditions of an approval on its pages: typed, shown, settled, and in the way of a release."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, ConditionSettlement, Decision, Proposal
from app.approvals.queries import get_proposal
from app.approvals.rules.limits import ConditionDraft
from app.approvals.services import Verdict, approve_proposal
from app.db.session import transaction
from app.initiatives.models import Initiative
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world
from tests.factories.roadmap import measure, tranches_of
from tests.support.pages import buttons, error_on, form_values, links, notice, table, text

ClientFor = Callable[..., Any]


@pytest.fixture
def proposal(session: Session, cast: Cast, now: datetime) -> Proposal:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_proposal(session, cast, now, world)


@pytest.fixture
def approved(session: Session, cast: Cast, now: datetime, proposal: Proposal) -> str:
    """The address of a proposal approved on one condition, about CX-101, due before today."""
    asked = (ConditionDraft("Vendor signed", proposal.items[0].id, now.date().replace(day=1)),)
    verdict = Verdict(proposal.digest, "", "1" * 32, frozenset(), asked)
    with transaction(session):
        fresh = get_proposal(session, proposal.id)
        earlier = now - timedelta(days=30)
        approve_proposal(session, fresh, verdict, actor=cast.cfo, now=earlier)
    return f"/proposals/{proposal.id}"


def settle_link(page: Any) -> str:
    return links(page)["Settle"]


class TestTyping:
    def test_keeps_conditions_with_the_approval(
        self, client_for: ClientFor, cast: Cast, proposal: Proposal
    ) -> None:
        client, address = client_for(cast.cfo), f"/proposals/{proposal.id}"
        sent = form_values(client.get(address), f"{address}/decision")
        sent |= {"decision": "approve", "conditions-0-text": "Works council agreed"}
        answer = client.post(f"{address}/decision", data=sent)
        rows = table(client.get(answer.location), "Conditions of the approval").rows
        assert rows[0]["Condition"] == "Works council agreed"
        assert rows[0]["For"] == "The whole plan"

    def test_says_at_the_row_what_is_missing_and_keeps_it(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal: Proposal
    ) -> None:
        client, address = client_for(cast.cfo), f"/proposals/{proposal.id}"
        sent = form_values(client.get(address), f"{address}/decision")
        sent |= {"decision": "approve", "conditions-0-due_on": "2027-04-01"}
        page = client.post(f"{address}/decision", data=sent)
        assert page.status_code == 422
        assert "Say what has to be met." in page.text and "2027-04-01" in page.text
        assert session.scalar(select(func.count(Decision.id))) == 0

    def test_takes_no_day_that_is_over(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal: Proposal
    ) -> None:
        client, address = client_for(cast.cfo), f"/proposals/{proposal.id}"
        sent = form_values(client.get(address), f"{address}/decision")
        sent |= {"decision": "approve", "conditions-0-text": "Vendor signed"}
        page = client.post(f"{address}/decision", data=sent | {"conditions-0-due_on": "2020-01-01"})
        assert page.status_code == 422
        assert "This day is over: choose 15 Feb 2027 or later." in page.text
        assert session.scalar(select(func.count(Decision.id))) == 0


class TestSettling:
    def test_is_done_once_with_how_it_is_known(
        self, client_for: ClientFor, cast: Cast, session: Session, approved: str
    ) -> None:
        client = client_for(cast.cfo2)
        page = client.get(approved)
        assert "Late" in table(page, "Conditions of the approval").rows[0]["State"]
        address = settle_link(page)
        sent = form_values(client.get(address), f"{address}/settlement")
        empty = client.post(f"{address}/settlement", data=sent)
        assert empty.status_code == 422 and "Say how" in str(error_on(empty, "How it is known"))
        for _ in range(2):
            answer = client.post(f"{address}/settlement", data=sent | {"note": "Signed 3 Feb"})
            assert answer.status_code == 303
        page = client.get(approved)
        assert "The condition is settled." in str(notice(page))
        assert "Signed 3 Feb (Cem Finance" in text(page) and "Settle" not in links(page)
        again = client_for(cast.cfo).post(
            f"{address}/settlement", data={"note": "Me too", "once": "4" * 32}
        )
        assert again.status_code == 409
        assert session.scalar(select(func.count(ConditionSettlement.condition_id))) == 1

    def test_is_not_offered_to_whom_it_is_about(
        self, client_for: ClientFor, cast: Cast, session: Session, approved: str
    ) -> None:
        assert "Settle" not in links(client_for(cast.lead).get(approved))
        client = client_for(cast.cfo2)
        address = settle_link(client.get(approved))
        with transaction(session):
            one = session.scalars(select(Initiative).where(Initiative.key == "CX-101")).one()
            one.owner_id = cast.cfo2.id
        page = client.get(address)
        assert buttons(page)["Settle"] is False
        assert "you own, owned or proposed" in text(page)

    def test_lets_the_money_be_released(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, approved: str
    ) -> None:
        commitment_id = session.scalars(
            select(Commitment.id).join(Commitment.initiative).where(Initiative.key == "CX-101")
        ).one()
        tranche = tranches_of(session, commitment_id)[0]
        with transaction(session):
            measure(session, tranche, 17, actor=cast.manager, now=now)
        client = client_for(cast.cfo)
        page = client.get(f"/gates/{tranche.id}")
        assert "A condition of the approval is still open: “Vendor signed”" in text(page)
        assert links(page)["Conditions of the approval"] == approved
        assert len(page.queries) <= 12
        address = settle_link(client.get(approved))
        sent = form_values(client.get(address), f"{address}/settlement") | {"note": "Signed"}
        client.post(f"{address}/settlement", data=sent)
        page = client.get(f"/gates/{tranche.id}")
        assert any(label.startswith("Release") for label in buttons(page))

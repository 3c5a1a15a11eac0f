"""Pages of approval limits: an admin sets them, and a plan above them takes two signatures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.models import ApprovalLimit, Commitment, Decision
from app.approvals.queries import get_proposal
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world
from tests.factories.limits import limit
from tests.support.pages import buttons, error_on, form_values, notice, table, text

ClientFor = Callable[..., Any]
LIMITS = "/people/limits"


@pytest.fixture
def proposal_id(session: Session, cast: Cast, now: datetime) -> int:
    """It asks for 680,000 euros."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_proposal(session, cast, now, world).id


def approve(client: Any, address: str, **changes: str) -> Any:
    """Press the button that approves, with what the page put into its form."""
    post = f"{address.split('?')[0]}/decision"
    sent = form_values(client.get(address), post)
    return client.post(post, data=sent | {"decision": "approve"} | changes)


class TestLimitsPage:
    def test_says_who_approves_any_sum_alone(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        page = client_for(cast.cfo).get(LIMITS)
        rows = table(page, "Limits in EUR").rows
        assert {row["Approver"] for row in rows} == {"Carla Finance", "Cem Finance"}
        assert all("approves any sum alone" in row["Limit"] for row in rows)
        assert "Set the limit" not in buttons(page)

    def test_sets_one_and_keeps_the_ones_before(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        client = client_for(cast.admin)
        for typed in ({"amount": "250,000"}, {"amount": "", "is_lifted": "y"}):
            sent = form_values(client.get(LIMITS), f"{LIMITS}?currency=EUR")
            sent |= {"person_id": str(cast.cfo.id), "reason": "Signing policy"} | typed
            for _ in range(2):
                assert client.post(f"{LIMITS}?currency=EUR", data=sent).status_code == 303
        page = client.get(LIMITS)
        history = table(page, "Limits that were set").rows
        assert [row["Limit"] for row in history] == ["none: approves any sum alone", "€250,000.00"]
        assert session.scalar(select(func.count(ApprovalLimit.id))) == 2

    @pytest.mark.parametrize(
        ("typed", "label", "said"),
        [
            ({"amount": ""}, "Limit", "Enter the limit"),
            ({"amount": "-1"}, "Limit", "not below zero"),
            ({"amount": "5", "is_lifted": "y"}, "Limit", "Leave the limit empty"),
            ({"amount": "5", "reason": ""}, "Reason", "Say why"),
        ],
    )
    def test_asks_for_what_is_missing(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int,
        typed: dict[str, str], label: str, said: str,
    ) -> None:  # fmt: skip
        sent = {"person_id": str(cast.cfo.id), "reason": "Policy", "once": "1" * 32} | typed
        page = client_for(cast.admin).post(LIMITS, data=sent)
        assert page.status_code == 422
        assert said in str(error_on(page, label))
        assert session.scalar(select(func.count(ApprovalLimit.id))) == 0


class TestTwoSignatures:
    def test_are_asked_for_and_the_second_one_commits(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, proposal_id: int
    ) -> None:
        limit(session, cast, now)
        address = f"/proposals/{proposal_id}"
        first, second = client_for(cast.cfo), client_for(cast.cfo2)
        page = first.get(address)
        assert "Above your approval limit of €100,000.00" in text(page)
        assert buttons(page)["Sign €680k"]
        answer = approve(first, address, reason="As agreed in the board")
        page = first.get(answer.location)
        assert "Signed. Nothing is committed" in str(notice(page))
        assert buttons(page)["Approve"] is False and "You signed" in text(page)
        assert session.scalar(select(func.count(Decision.id))) == 0
        page = second.get(address)
        words = text(page)
        assert "Signed first by Carla Finance" in words and "As agreed in the board" in words
        assert "so your approval decides" in words
        answer = approve(second, address)
        page = second.get(answer.location)
        assert "Approved and committed." in str(notice(page))
        assert "Signed first by Carla Finance" in text(page)
        assert session.scalar(select(func.count(Commitment.id))) == 3

    def test_show_the_second_what_the_first_left_out_and_asked_for(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, proposal_id: int
    ) -> None:
        limit(session, cast, now)
        items = get_proposal(session, proposal_id).items
        first, second = client_for(cast.cfo), client_for(cast.cfo2)
        terms = {
            "reason": "Not before the platform", "conditions-0-text": "Vendor signed",
            "conditions-0-item_id": str(items[1].id), "conditions-0-due_on": "2027-04-01",
        }  # fmt: skip
        address = f"/proposals/{proposal_id}"
        answer = approve(first, f"{address}?without={items[0].id}", **terms)
        assert answer.status_code == 303
        page = second.get(address)
        assert "without CX-101; on condition for CX-102 “Vendor signed”" in text(page)
        assert "Approve without 1 item" in buttons(page)
        other = approve(second, address, **{"conditions-0-text": "Something else"}, reason="Why")
        assert other.status_code == 409
        assert "signed other terms" in other.text and "Something else" in other.text
        assert approve(second, address, reason="Agreed").status_code == 303
        assert session.scalar(select(func.count(Commitment.id))) == 2

    def test_can_be_looked_past_with_everything_put_back(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, proposal_id: int
    ) -> None:
        limit(session, cast, now, cast.cfo)
        struck = get_proposal(session, proposal_id).items[0].id
        address = f"/proposals/{proposal_id}"
        approve(client_for(cast.cfo), f"{address}?without={struck}", reason="Later")
        page = client_for(cast.cfo2).get(f"{address}?without=")
        assert "Approve €680k" in buttons(page)
        assert "Approve without 1 item" in buttons(client_for(cast.cfo2).get(address))

"""Pages say that a start is over before anybody presses a button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_proposal
from tests.support.pages import buttons, text

ClientFor = Callable[..., Any]


class TestSubmitPage:
    def test_says_what_can_not_start_any_more(
        self, app: Flask, client_for: ClientFor, cast: Cast, now: datetime, world: World
    ) -> None:
        app.config["FIXED_NOW"] = now + timedelta(days=60)  # 16 April 2027
        page = client_for(cast.lead).get(f"/runs/{world.run_id}/proposal")
        assert "CX-103 was to start in Q1 2027, which is over." in text(page)
        assert "Run the scenario again" in text(page)


class TestProposalPage:
    def test_says_what_can_not_start_any_more_and_offers_no_approval(
        self, app: Flask, session: Session, client_for: ClientFor, cast: Cast, now: datetime,
        world: World,
    ) -> None:  # fmt: skip
        with transaction(session):
            made = make_proposal(session, cast, now, world).id
        address = f"/proposals/{made}"
        before = client_for(cast.cfo).get(address)
        assert "which is over" not in text(before)
        app.config["FIXED_NOW"] = now + timedelta(days=60)
        page = client_for(cast.cfo).get(address)
        assert (
            "CX-103 was to start in Q1 2027, which is over. Leave it out, or return the proposal"
            in text(page)
        )
        assert not any(one.startswith("Approve €") for one in buttons(page))

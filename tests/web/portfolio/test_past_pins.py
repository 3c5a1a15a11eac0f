"""A pin whose start is over says so wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.portfolio.queries import get_scenario
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import PinDraft, place_pin
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio
from tests.support.client import StrictClient
from tests.support.pages import error_on, form_values, table, text

ClientFor = Callable[..., StrictClient]

SAID = "Q1 2027 is over, so nothing can start then any more."


class TestPins:
    def test_say_that_their_start_is_over(
        self, app: Flask, session: Session, client_for: ClientFor, cast: Cast, portfolio: Portfolio,
        now: datetime,
    ) -> None:  # fmt: skip
        pin = PinDraft("CX-101", PinKind.FIX, None, Quarter(2027, 1), "Agreed")
        with transaction(session):
            one = get_scenario(session, portfolio.scenario.id)
            place_pin(session, one, pin, expected_version=one.version, actor=cast.lead, now=now)
        address = f"/scenarios/{portfolio.scenario.id}"
        assert SAID not in text(client_for(cast.lead).get(address))
        app.config["FIXED_NOW"] = now + timedelta(days=60)  # 16 April 2027
        lead = client_for(cast.lead)
        assert SAID in text(lead.get(address))
        assert SAID in table(lead.get(f"{address}/pins"), "Pins").rows[0]["Pin"]

    def test_on_a_start_that_is_over_are_refused_at_the_field(
        self, app: Flask, client_for: ClientFor, cast: Cast, portfolio: Portfolio, now: datetime
    ) -> None:
        app.config["FIXED_NOW"] = now + timedelta(days=60)
        lead, address = client_for(cast.lead), f"/scenarios/{portfolio.scenario.id}/pins"
        sent = form_values(lead.get(address), address) | {
            "initiative": "CX-101", "kind": "fix", "start": "2027-Q1", "reason": "Agreed",
        }  # fmt: skip
        page = lead.post(address, data=sent)
        assert page.status_code == 422
        assert error_on(page, "Start") == f"{SAID} Choose this quarter or a later one."

"""From a hot spot one button starts a proposal with everything that is known filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.models import Initiative
from app.journeys.models import Journey
from app.journeys.queries import get_journey
from app.journeys.services import record_baseline
from tests.factories.accounts import Cast
from tests.factories.interactions import make_month, make_source
from tests.factories.journeys import baseline_draft, make_baseline, make_journey, measured
from tests.support.pages import error_on, form_values, links, text, value_of

ClientFor = Callable[[Any], Any]
BUTTON = "Propose initiative here"


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    """Measured once; unmet calls in use are logged."""
    with transaction(session):
        journey = make_journey(session, cast.lead)
        make_baseline(session, journey)
        source = make_source(session, cast.lead, name="calls.csv")
        make_month(session, source, journey.touchpoints[2].id, contacts=400, unmet=100)
    return journey


def _from_map(client: Any, at: int) -> Any:
    page = client.get(f"/journeys/motor-claim?at={at}")
    return client.get(links(page)[BUTTON])


def _filled(page: Any) -> dict[str, Any]:
    action = page.soup.find("form", class_="form")["action"]
    return form_values(page, action)


class TestButton:
    def test_fills_in_touchpoint_behaviour_and_baseline_of_the_driver(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        use = journey.touchpoints[2].id

        page = _from_map(client_for(cast.lead), use)

        assert _filled(page)["touchpoints"] == str(use)
        assert _filled(page)["journey_id"] == str(journey.id)
        assert "“Where is my claim?” (Use, contact centre)" in value_of(
            page, "Who does what differently"
        )
        assert value_of(page, "Baseline") == "25"
        assert value_of(page, "Target") == ""
        assert value_of(page, "Source of the baseline") == (
            "Contact log, Feb 2026 to Jan 2027: 100 of 400 judged contacts (calls.csv)"
        )
        assert len(page.queries) <= 12

    def test_takes_the_satisfaction_of_the_baseline_where_nothing_is_logged(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = _from_map(client_for(cast.lead), journey.touchpoints[0].id)

        assert (value_of(page, "Baseline"), value_of(page, "Target")) == ("5.5", "7.5")
        assert value_of(page, "Source of the baseline").startswith("Baseline 1: ")

    def test_takes_the_day_of_a_figure_that_a_newer_baseline_kept(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        first, second = (one.id for one in journey.touchpoints[:2])
        figures = {first: measured(), second: measured(satisfaction=7)}
        draft = baseline_draft(figures, measured_on=date(2027, 2, 10))
        with transaction(session):
            record_baseline(
                session, get_journey(session, journey.key), draft, after_number=1,
                actor=cast.lead, now=datetime(2027, 2, 11, 9, tzinfo=UTC),
            )  # fmt: skip
        client = client_for(cast.lead)

        days = [value_of(_from_map(client, at), "Measured on") for at in (first, second)]

        assert days == ["2027-01-15", "2027-02-10"]

    def test_shows_only_to_those_who_may_propose(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        page = client_for(cast.viewer).get("/journeys/motor-claim")

        assert BUTTON not in links(page)

    @pytest.mark.parametrize(
        "asked", ["reason=Nobody+said+this", "who=martians&reason=x", "at=0", f"at={10**30}"]
    )
    def test_is_missing_for_what_the_log_does_not_know(
        self, client_for: ClientFor, cast: Cast, journey: Journey, asked: str
    ) -> None:
        at = journey.touchpoints[2].id
        address = f"/initiatives/from-spot/{journey.id}?{asked}&at={at}"

        assert client_for(cast.lead).get(address).status_code == 404
        assert client_for(cast.lead).get("/initiatives/from-spot/99999").status_code == 404


class TestSending:
    def test_makes_a_draft_with_touchpoint_and_behaviour(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client, use = client_for(cast.lead), journey.touchpoints[2].id
        page = _from_map(client, use)
        values = _filled(page) | {
            "title": "Tracker",
            "lens": "process",
            "unit": "Claims",
            "target": "10",
        }

        sent = client.post(f"/initiatives/from-spot/{journey.id}", data=values)
        again = client.post(f"/initiatives/from-spot/{journey.id}", data=values)

        made = session.scalars(select(Initiative)).one()
        assert sent.headers["Location"] == f"/initiatives/{made.key}/questions/goals"
        assert again.headers["Location"] == sent.headers["Location"]
        behaviours = text(client.get(f"/initiatives/{made.key}/behaviours"))
        assert "25 → 10 %" in behaviours
        assert "Tracker" in links(client.get(f"/journeys/motor-claim?at={use}"))

    def test_asks_for_a_target_unless_the_behaviour_is_left_out(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        page = _from_map(client, journey.touchpoints[2].id)
        values = _filled(page) | {"title": "Tracker", "lens": "process", "unit": "Claims"}

        refused = client.post(f"/initiatives/from-spot/{journey.id}", data=values)
        taken = client.post(
            f"/initiatives/from-spot/{journey.id}", data=values | {"description": ""}
        )

        assert refused.status_code == 422
        assert "Enter what it is to become" in (error_on(refused, "Target") or "")
        assert taken.status_code == 303

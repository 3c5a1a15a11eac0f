"""The Milestones tab of an initiative says what the gate says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.db.session import transaction
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.roadmap import decide, measure
from tests.support.pages import table, text

ClientFor = Callable[[Any], Any]
PAGE = "/initiatives/CX-101/milestones"


class TestMilestones:
    def test_names_value_day_and_state_of_a_measured_hurdle(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        first, second = tranches[:2]
        with transaction(session):
            measure(session, first, 17, actor=cast.manager, now=now)
            decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now)
            measure(session, second, 12, actor=cast.manager, now=now)
        page = client_for(cast.viewer).get(PAGE)
        words = text(page)
        assert "(met) 17" in words
        assert "(not met) 12" in words
        assert "measured 15 Feb 2027" in words
        assert "Passed" in words
        assert "(not measured yet)" in words  # the third
        (row,) = table(page, "Measurements of Hurdle 1").rows
        assert row["Measured on"] == "15 Feb 2027"
        assert row["Source"] == "Contact statistics"
        assert row["Recorded by"] == cast.manager.name
        assert f'href="/gates/{first.id}"' in page.text
        assert len(page.queries) <= 12

    def test_shows_the_day_in_force_beside_the_planned_one(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        words = text(client_for(cast.viewer).get(PAGE))
        assert tranches[0].due_on == tranches[0].baseline_due_on
        due = f"{tranches[0].due_on:%-d %b %Y}"
        assert f"due {due} (planned 1 Apr 2027; agreed for the approved start)" in words

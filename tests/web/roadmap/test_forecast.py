"""The review shows what the money still brings, and what it would bring elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.calendar.models import Cycle
from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.roadmap.models import Evidence, HurdleDecision
from app.roadmap.services.forecasting import work_out_other_use
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.portfolio import SOLVER_MEMORY, HandJob
from tests.factories.roadmap import begin, bind_criteria, tranches_of
from tests.support.pages import buttons, form_values, table, text

ClientFor = Callable[[Any], Any]
ALONE = {"HX-Request": "true"}
MEASURED = {
    "value": "20", "sample": "500", "measured_on": "2027-02-10", "source": "Pilot in the north",
    "standard_error": "4", "among": "exposed", "design": "controlled", "since": "2027-02-01",
    "link": "https://reports.example/pilot",
}  # fmt: skip


@pytest.fixture
def tranche(session: Session, cast: Cast, now: datetime) -> Tranche:
    """The first tranche of CX-101, whose criteria measure its behaviour."""
    with transaction(session):
        world = make_world(session, cast, now)
        bind_criteria(session)
    session.expire_all()
    with transaction(session):
        commitments = make_commitments(session, cast, now, world)
        begin(session, commitments["CX-101"].id, actor=cast.manager, now=now)
    return tranches_of(session, commitments["CX-101"].id)[0]


@pytest.fixture
def gate(tranche: Tranche) -> str:
    return f"/gates/{tranche.id}"


def record(client: Any, gate: str, **changes: str) -> Any:
    form = form_values(client.get(gate), f"{gate}/evidence")
    del form["csrf_token"]
    return client.post(f"{gate}/evidence", data=form | MEASURED | changes, follow_redirects=True)


def work_out(session: Session, now: datetime) -> None:
    job = session.scalars(select(Job).where(Job.kind == "roadmap.other_use")).one()
    with transaction(session):
        job.state, job.worker = JobState.RUNNING, "hand"
    work_out_other_use(HandJob(session, job, now), memory_bytes=SOLVER_MEMORY, processes=1)
    session.expire_all()


class TestReview:
    def test_shows_case_measurement_and_both(
        self, client_for: ClientFor, cast: Cast, gate: str, session: Session
    ) -> None:
        page = record(client_for(cast.manager), gate)

        # Half of the way from 10 % to 30 %, and 4 of its 20 points: half of 10 % ± 2.
        shares = table(page, "Share removed of claims/serve").column("Removes")
        assert shares == [
            "10.0 % ± 2.0 assumed",
            "5.0 % ± 2.0",
            "7.5 % ± 1.4",
        ]
        stored = session.scalars(select(Evidence)).one()
        assert stored.link == "https://reports.example/pilot" and stored.window_from is not None
        words = text(page)
        assert "Forward return" in words and "Hurdle rate" in words
        assert "not worked out yet: the hurdle rate stands alone" in words

    def test_asks_for_the_error_that_an_effect_needs(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        page = record(client_for(cast.manager), gate, standard_error="0")
        assert page.status_code == 422
        assert "Enter more than 0; no measurement is without error." in text(page)

    def test_offers_the_other_use_to_those_who_run_the_optimizer(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        assert "Work out the other use" in buttons(client_for(cast.cfo).get(gate))
        viewer = client_for(cast.viewer)
        assert "Work out the other use" not in buttons(viewer.get(gate))
        assert viewer.post(f"{gate}/other-use").status_code == 403


class TestOtherUse:
    def test_is_worked_out_and_shown(
        self, client_for: ClientFor, cast: Cast, gate: str, session: Session, now: datetime
    ) -> None:
        client = client_for(cast.cfo)
        form = form_values(client.get(gate), f"{gate}/other-use")
        page = client.post(f"{gate}/other-use", data=form, follow_redirects=True)
        assert "Waiting for a worker" in text(page)
        assert "Waiting for a worker" in text(
            client.get(f"{gate}/other-use/progress", headers=ALONE, loose=True)
        )
        work_out(session, now)
        over = client.get(f"{gate}/other-use/progress", headers=ALONE, loose=True)
        assert over.headers["HX-Refresh"] == "true"
        words = text(client.get(gate))
        assert "Best other use" in words and "in the scenario Balanced" in words

    def test_known_since_the_page_was_opened_is_told_before_deciding(
        self, client_for: ClientFor, cast: Cast, gate: str, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            session.execute(update(Cycle).values(hurdle_rate=0))
        record(client_for(cast.manager), gate, value="30", standard_error="1")
        client = client_for(cast.cfo)
        page = client.get(gate)
        client.post(f"{gate}/other-use", data=form_values(page, f"{gate}/other-use"))
        work_out(session, now)
        decision = form_values(page, f"{gate}/decision")
        late = client.post(f"{gate}/decision", data=decision | {"action": "release"})
        assert late.status_code == 409 and "worked out anew" in text(late)


class TestOverride:
    def test_of_a_stop_shows_its_price_before_it_is_confirmed(
        self, client_for: ClientFor, cast: Cast, gate: str, session: Session
    ) -> None:
        with transaction(session):
            session.execute(update(Cycle).values(hurdle_rate=0))
        record(client_for(cast.manager), gate, value="30", standard_error="1")
        words = text(client_for(cast.cfo).get(f"{gate}/stop"))
        assert "The figures recommend to release" in words
        assert "Against the figures; expected to lose" in words

    def test_shows_its_price_and_keeps_it(
        self, client_for: ClientFor, cast: Cast, gate: str, session: Session
    ) -> None:
        with transaction(session):
            session.execute(update(Cycle).values(hurdle_rate=500))
        record(client_for(cast.manager), gate, value="30", standard_error="1")
        client = client_for(cast.cfo)
        page = client.get(gate)
        assert "Against the figures; expected to lose" in text(page)
        form = form_values(page, f"{gate}/decision")
        form |= {"action": "release", "reason": "Strategic"}
        assert client.post(f"{gate}/decision", data=form).status_code == 303
        stored = session.scalars(select(HurdleDecision)).one()
        assert stored.override_minor is not None and stored.override_minor > 0
        shown = text(client.get(gate))
        assert "against the figures (stop), expected to lose" in shown

"""What findings are worked out from is read as it is stored, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.services import deactivate_person
from app.approvals.models import Commitment
from app.db.session import transaction
from app.initiatives.models import Initiative, TargetBehaviour
from app.initiatives.rules import InitiativeState
from app.initiatives.services import add_unit, answer_questions
from app.journeys.models import Stage
from app.journeys.queries import acting_on, claims_on_pools, get_need
from app.journeys.services import retire_need
from app.reporting.queries import list_hot_spots
from app.reviews.queries.findings import load_portfolio_facts, load_worst_touchpoints
from app.reviews.rules.findings import InitiativeFacts, PortfolioFacts
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.calendar import make_cycle
from tests.factories.initiatives import (
    NOW,
    make_candidate,
    make_company,
    make_complete,
    make_submitted,
)
from tests.factories.journeys import make_baseline, make_journey, measured
from tests.factories.needs import make_need
from tests.factories.roadmap import decide, tranches_of


def look(
    session: Session, today: date, *, cycle_id: int | None = None, limit_days: int = 200
) -> PortfolioFacts:
    session.expire_all()
    return load_portfolio_facts(session, cycle_id=cycle_id, today=today, limit_days=limit_days)


def by_key(facts: PortfolioFacts) -> dict[str, InitiativeFacts]:
    return {one.key: one for one in facts.initiatives}


class TestFacts:
    def test_take_committed_money_and_hurdles_held_or_late(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now, needs=("CX-102", "CX-103"))
        candidates = world.portfolio.candidates
        with transaction(session):
            commitments = make_commitments(session, cast, now, world)
        with transaction(session):
            session.execute(update(Initiative).values(cost_minor=7_00))
        held = commitments["CX-101"]
        first = tranches_of(session, held.id)[0]
        late = next(key for key in commitments if key != "CX-101")
        due = tranches_of(session, commitments[late].id)[0].due_on
        with transaction(session):
            decide(session, first, HurdleAction.HOLD, actor=cast.cfo, now=now, reason="Wait")

        found = by_key(look(session, due + timedelta(days=1)))

        stored = session.get_one(Commitment, held.id)
        assert found["CX-101"].cost.minor == stored.amount_minor
        assert [(h.name, h.is_held) for h in found["CX-101"].hurdles][:1] == [("Hurdle 1", True)]
        waiting = next(key for key in candidates if key not in commitments)
        assert (found[waiting].cost.minor, found[waiting].hurdles) == (7_00, ())
        assert [(h.due_on, h.is_held) for h in found[late].hurdles] == [(due, False)]
        assert found["CX-102"].needs == {candidates["CX-103"].id}
        assert found["CX-101"].pools == {world.portfolio.serve.id}
        assert by_key(look(session, due))[late].hurdles == ()

    def test_judge_one_cycle_and_know_who_serves_whom(
        self, session: Session, cast: Cast, now: datetime, today: date
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            need = make_need(session, company.journey, cast.lead)
            other = make_cycle(session, name="FY28", starts_on=date(2028, 1, 1),
                               ends_on=date(2028, 6, 30))  # fmt: skip
            one = make_candidate(session, cast, company)
            make_submitted(session, cast, company, title="On its way")
            add_unit(session, " Payments ", actor=cast.lead, now=now)
        with transaction(session):
            session.execute(update(TargetBehaviour).values(need_id=need.id))
            deactivate_person(session, cast.owner, actor=cast.admin, now=now)

        facts = look(session, today, cycle_id=company.cycle.id)

        assert [(x.key, x.has_owner, x.criteria) for x in facts.judged] == [(one.key, False, 2)]
        assert [b.serves for b in facts.judged[0].behaviours] == [True]
        assert [name for _, name in facts.units] == ["Payments"]
        assert facts.journeys[0].stake.addressed.minor > 0
        assert facts.stale == ()
        assert look(session, today, limit_days=10).stale[0].key == company.journey.key
        assert look(session, today, cycle_id=other.id).judged == ()
        with transaction(session):
            held = get_need(session, company.journey.id, need.id)
            retire_need(
                session, held, reason="No longer true", expected_version=held.version,
                actor=cast.lead, now=now,
            )  # fmt: skip
        assert [b.serves for b in look(session, today).judged[0].behaviours] == [False]

    @pytest.mark.parametrize("state", InitiativeState)
    def test_count_as_live_what_covers_a_hot_spot_and_addresses_money(
        self, session: Session, cast: Cast, today: date, state: InitiativeState
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            made = make_complete(session, cast, company)
            where = company.journey.touchpoints[0].id
            answer_questions(
                session, made, {}, touchpoint_ids=[where], expected_version=None,
                actor=cast.lead, now=NOW,
            )  # fmt: skip
            made.state = state

        is_live = bool(look(session, today).initiatives)

        (acting,) = acting_on(session, company.journey.id)[where]
        assert acting.is_live == is_live
        assert [spot.is_acted_on for spot in list_hot_spots(session)
                if spot.touchpoint_id == where] == [is_live]  # fmt: skip
        if state not in (InitiativeState.APPROVED, InitiativeState.SUSTAINED):
            assert bool(claims_on_pools(session)) == is_live

    def test_know_where_it_hurts_most_and_is_shown(self, session: Session, cast: Cast) -> None:
        with transaction(session):
            journey = make_journey(session, cast.lead)
            hurts = dict(zip((t.id for t in journey.touchpoints), (5, 6, 4, 7), strict=True))
            figures = {id_: measured(satisfaction=score) for id_, score in hurts.items()}
            make_baseline(session, journey, figures=figures)
            worst, second = sorted(hurts, key=lambda id_: hurts[id_])[:2]

        assert load_worst_touchpoints(session, [journey.id]) == {journey.id: worst}

        stage_id = next(t.stage_id for t in journey.touchpoints if t.id == worst)
        with transaction(session):
            session.get_one(Stage, stage_id).is_hidden = True
        assert load_worst_touchpoints(session, [journey.id]) == {journey.id: second}


class TestCommand:
    def test_tells_the_same_as_the_page(
        self, app: Flask, session: Session, cast: Cast, client_for: Callable[[Any], Any]
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            make_candidate(session, cast, company)
        run = app.test_cli_runner()

        told = run.invoke(args=["findings", "--cycle", "FY27 H1", "--json"])
        missing = run.invoke(args=["findings", "--cycle", "FY99"])
        said = run.invoke(args=["findings"])

        found = {one["kind"]: one for one in json.loads(told.output)["findings"]}
        assert found["needs"]["count"] | {"share": ""} == {
            "value": 3, "of": 3, "unit": "metrics", "share": "",
        }  # fmt: skip
        assert found["needs"]["items"][0]["amount_minor"] == 160_000_00
        assert (missing.exit_code, said.exit_code) == (3, 0)
        assert "ACT  Metrics that serve no customer need: 3 of 3 metrics" in said.output
        assert "3 of 3 metrics" in client_for(cast.viewer).get("/findings").get_data(as_text=True)

"""After its last hurdle an initiative is delivered, sustained and one day retired."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment
from app.approvals.queries.funding import list_committed_choices, load_committed
from app.approvals.rules import CommitmentState
from app.audit.models import AuditEvent
from app.calendar.models import Cycle
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative
from app.initiatives.rules import Action, InitiativeState
from app.initiatives.services import move_initiative
from app.portfolio.models import Scenario
from app.portfolio.queries import count_candidates, get_scenario
from app.portfolio.queries.facts import load_problem_facts
from app.portfolio.rules.eligibility import eligible
from app.portfolio.rules.facts import DeliveredFacts
from app.reporting.queries import list_to_deliver
from app.roadmap.queries.timeline import load_timeline
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.portfolio import make_candidate, tie
from tests.factories.roadmap import decide, measure, tranches_of


@pytest.fixture
def commitment(session: Session, cast: Cast, now: datetime) -> Commitment:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_commitments(session, cast, now, world)["CX-101"]


def release(session: Session, cast: Cast, now: datetime, commitment: Commitment) -> None:
    for tranche in tranches_of(session, commitment.id):
        with transaction(session):
            measure(session, tranche, 17, actor=cast.manager, now=now)
        with transaction(session):
            decide(session, tranche, HurdleAction.RELEASE, actor=cast.cfo, now=now, reason="ok")


def move(
    session: Session, commitment: Commitment, action: Action, actor: Person, now: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    initiative = session.get_one(Initiative, commitment.initiative_id)
    with transaction(session):
        move_initiative(
            session, initiative, action, reason=reason, expected_version=None, actor=actor, now=now
        )


def state(session: Session, commitment: Commitment) -> InitiativeState:
    session.expire_all()
    return session.get_one(Initiative, commitment.initiative_id).state


class TestDelivered:
    def test_waits_until_every_hurdle_is_decided(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        with pytest.raises(InvalidError, match="Hurdle 1” and 2 more are not decided yet"):
            move(session, commitment, Action.DELIVER, cast.manager, now)
        assert list_to_deliver(session, cast.manager, limit=9) == []

    def test_makes_it_sustained_on_record(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        release(session, cast, now, commitment)
        waiting = list_to_deliver(session, cast.manager, limit=9)
        assert [line.key for line in waiting] == ["CX-101"]

        move(session, commitment, Action.DELIVER, cast.manager, now)

        assert state(session, commitment) is InitiativeState.SUSTAINED
        stored = session.get_one(Commitment, commitment.id)
        assert stored.state is CommitmentState.COMPLETED
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        assert event and event.action == "initiative.delivered"
        assert list_to_deliver(session, cast.manager, limit=9) == []
        assert next(o for o in load_timeline(session) if o.key == "CX-101").end_word == "sustained"

    def test_is_said_by_the_owner_as_well_but_by_nobody_else(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        release(session, cast, now, commitment)
        owner = session.get_one(Initiative, commitment.initiative_id).owner
        for person in (cast.cfo, cast.viewer, cast.lead):
            with pytest.raises(NotAllowedError):
                move(session, commitment, Action.DELIVER, person, now)
        move(session, commitment, Action.DELIVER, owner, now)
        with pytest.raises(ConflictError):
            move(session, commitment, Action.DELIVER, owner, now)

    def test_competes_for_no_money_and_acts_on(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        bound = load_committed(session, commitment.cycle_id)
        candidates = count_candidates(session, commitment.cycle_id)
        release(session, cast, now, commitment)
        move(session, commitment, Action.DELIVER, cast.manager, now)

        assert load_committed(session, commitment.cycle_id) == bound
        assert count_candidates(session, commitment.cycle_id) == candidates
        acting = list_committed_choices(session, commitment.cycle_id)
        assert commitment.option_id in {one.option_id for one in acting}


class TestRetired:
    def test_needs_a_reason_and_ends_its_effect(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        release(session, cast, now, commitment)
        with pytest.raises(ConflictError):
            move(session, commitment, Action.RETIRE, cast.manager, now, "Too early")
        move(session, commitment, Action.DELIVER, cast.manager, now)
        with pytest.raises(InvalidError):
            move(session, commitment, Action.RETIRE, cast.manager, now)

        move(session, commitment, Action.RETIRE, cast.manager, now, "The shop is closed")

        assert state(session, commitment) is InitiativeState.RETIRED
        acting = list_committed_choices(session, commitment.cycle_id)
        assert commitment.option_id not in {one.option_id for one in acting}
        assert next(o for o in load_timeline(session) if o.key == "CX-101").end_word == "retired"

    def test_fulfils_what_needs_it_without_acting_on(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        release(session, cast, now, commitment)
        move(session, commitment, Action.DELIVER, cast.manager, now)
        with transaction(session):
            scenario_id, cycle_id = session.execute(select(Scenario.id, Scenario.cycle_id)).one()
            needing = make_candidate(session, cast, session.get_one(Cycle, cycle_id), "CX-190")
            needed = session.get_one(Initiative, commitment.initiative_id)
            tie(session, needing, needed, lag=1)
        move(session, commitment, Action.RETIRE, cast.manager, now, "The shop is closed")
        session.expire_all()

        facts = load_problem_facts(session, get_scenario(session, scenario_id), today=None).facts

        start = commitment.start - facts.quarters.first
        assert facts.delivered == (DeliveredFacts("CX-101", start),)
        assert "CX-101" not in {one.key for one in facts.committed}
        kept, starts, _ = eligible(facts)
        assert "CX-190" in {one.key for one in kept}
        assert min(min(found) for (key, _), found in starts.items() if key == "CX-190") > start

"""Nothing is submitted or approved that was to start in a quarter that is over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Proposal, ProposalItem
from app.approvals.queries import get_proposal
from app.approvals.rules import ProposalState
from app.approvals.services import approve_proposal
from app.db.session import transaction
from app.errors import InvalidError
from app.initiatives.models import Option
from app.portfolio.queries import get_run
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.approvals import (
    World,
    funded_keys,
    make_proposal,
    make_run,
    make_world,
    verdict_on,
)

MARCH = datetime(2027, 3, 31, 9, 0, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, 9, 0, tzinfo=UTC)
"""The first day of the second quarter."""


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    """Two of what can be chosen start in the second quarter, the others in the first."""
    with transaction(session):
        made = make_world(session, cast, now)
        late = [made.portfolio.candidates[key].id for key in ("CX-101", "CX-102")]
        session.execute(
            update(Option)
            .where(Option.initiative_id.in_(late))
            .values(earliest_start=Quarter(2027, 2))
        )
        session.expire_all()
        run = make_run(session, made.scenario.id, actor=cast.lead, now=now)
    return World(made.portfolio, run.id)


@pytest.fixture
def proposal(session: Session, cast: Cast, now: datetime, world: World) -> Proposal:
    with transaction(session):
        return make_proposal(session, cast, now, world)


class TestSubmitting:
    def test_is_refused_with_every_item_whose_quarter_is_over(
        self, session: Session, cast: Cast, world: World
    ) -> None:
        with pytest.raises(InvalidError) as refused, transaction(session):
            make_proposal(session, cast, APRIL, world)
        early = set(funded_keys(get_run(session, world.run_id))) - {"CX-101", "CX-102"}
        assert set(refused.value.fields) == early
        assert refused.value.fields["CX-105"] == ("CX-105 was to start in Q1 2027, which is over.")
        assert "Run the scenario again and submit that." in refused.value.message

    def test_is_no_drift_as_long_as_the_quarter_lasts(
        self, session: Session, cast: Cast, world: World
    ) -> None:
        with transaction(session):
            assert make_proposal(session, cast, MARCH, world).state is ProposalState.SUBMITTED

    def test_of_what_starts_later_goes_on_when_a_quarter_is_over(
        self, session: Session, cast: Cast, world: World, now: datetime
    ) -> None:
        with transaction(session):
            session.execute(update(Option).values(earliest_start=Quarter(2027, 2)))
            session.expire_all()
            run = make_run(session, world.scenario.id, actor=cast.lead, now=now)
        with transaction(session):
            later = World(world.portfolio, run.id)
            assert make_proposal(session, cast, APRIL, later).state is ProposalState.SUBMITTED


class TestApproving:
    def test_is_refused_with_every_item_whose_quarter_is_over(
        self, session: Session, cast: Cast, proposal: Proposal
    ) -> None:
        with pytest.raises(InvalidError) as refused, transaction(session):
            fresh = get_proposal(session, proposal.id)
            approve_proposal(session, fresh, verdict_on(proposal), actor=cast.cfo, now=APRIL)
        assert "CX-105 was to start in Q1 2027, which is over." in refused.value.message
        assert "CX-101" not in refused.value.message
        assert "Leave it out, or return the proposal" in refused.value.message
        assert session.scalar(select(func.count(Commitment.id))) == 0

    def test_without_them_is_possible(
        self, session: Session, cast: Cast, proposal: Proposal
    ) -> None:
        with transaction(session):
            fresh = get_proposal(session, proposal.id)
            early = [one.id for one in fresh.items if one.start < Quarter(2027, 2)]
            assert len(early) < len(fresh.items)
            verdict = verdict_on(fresh, reason="Too late for these", struck=early)
            approve_proposal(session, fresh, verdict, actor=cast.cfo, now=APRIL)
        kept = session.scalar(
            select(func.count(ProposalItem.id)).where(ProposalItem.is_struck.is_(False))
        )
        assert session.scalar(select(func.count(Commitment.id))) == kept

"""How much of each pool live initiatives claim, on their way to a decision and after it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.approvals.rules import CommitmentState
from app.db.session import transaction
from app.initiatives.models import Initiative, Option
from app.initiatives.rules import InitiativeState
from app.journeys.queries import claims_on_pools
from app.journeys.rules import intensity
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_commitments, make_world


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    with transaction(session):
        return make_world(session, cast, now)


def _full_claims(session: Session) -> dict[int, float]:
    """Σ g·a of every initiative's last option by pool, added up one by one."""
    found: dict[int, float] = {}
    query = select(Initiative).options(
        selectinload(Initiative.options).selectinload(Option.effects)
    )
    for initiative in session.scalars(query):
        for effect in initiative.options[-1].effects if initiative.options else ():
            strength = intensity(effect.removal_share, effect.grade.haircut)
            found[effect.pool_id] = found.get(effect.pool_id, 0.0) + strength
    return found


class TestClaims:
    def test_count_the_full_option_before_a_decision(self, session: Session, world: World) -> None:
        found = claims_on_pools(session)

        assert {id_: live for id_, (_, live) in found.items()} == pytest.approx(
            _full_claims(session)
        )
        assert {decided for decided, _ in found.values()} == {0.0}

    def test_count_the_approved_option_afterwards_and_each_initiative_once(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        before = claims_on_pools(session)
        with transaction(session):
            commitments = make_commitments(session, cast, now, world)

        after = claims_on_pools(session)

        assert any(decided > 0 for decided, _ in after.values())
        for id_, (decided, live) in after.items():
            assert decided <= live
            assert live <= before[id_][1] + 1e-9
        assert commitments

    def test_leave_out_what_is_stopped(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            for commitment in make_commitments(session, cast, now, world).values():
                commitment.state = CommitmentState.STOPPED
            for initiative in session.scalars(select(Initiative)):
                initiative.state = InitiativeState.STOPPED

        assert claims_on_pools(session) == {}

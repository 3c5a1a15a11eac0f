"""What a judged hurdle shows is loaded together, however much there is of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.db.session import transaction
from app.initiatives.models import Criterion, Milestone
from app.initiatives.rules import Direction
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.measuring import Measuring
from app.roadmap.rules.posterior import Among, Design
from app.roadmap.services import record_evidence
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import begin, bind_criteria, decide, tranches_of
from tests.support.pages import text

ClientFor = Callable[[Any], Any]
PILOT = Measuring(error=Decimal(4), among=Among.EXPOSED, design=Design.CONTROLLED)


@pytest.fixture
def tranche(session: Session, cast: Cast, now: datetime) -> Tranche:
    """A held hurdle with three criteria that measure its behaviour, each measured twice."""
    with transaction(session):
        world = make_world(session, cast, now)
        for milestone in session.scalars(select(Milestone)):
            session.add_all(_criterion(milestone, number) for number in (2, 3))
        session.flush()
        bind_criteria(session)
    session.expire_all()
    with transaction(session):
        commitments = make_commitments(session, cast, now, world)
    found = tranches_of(session, commitments["CX-101"].id)[0]
    with transaction(session):
        begin(session, found.commitment_id, actor=cast.manager, now=now)
    of = select(Criterion).where(Criterion.milestone_id == found.milestone_id)
    for criterion in session.scalars(of).all():
        for value, actor in ((18, cast.manager), (20, cast.manager)):
            with transaction(session):
                record_evidence(
                    session, found, criterion, value=Decimal(value), sample=500,
                    measured_on=now.date(), source="Pilot", note="", how=PILOT, actor=actor,
                    now=now,
                )  # fmt: skip
    with transaction(session):
        decide(session, found, HurdleAction.HOLD, actor=cast.cfo, now=now, reason="Wait for more")
    return found


def _criterion(milestone: Milestone, number: int) -> Criterion:
    return Criterion(
        milestone_id=milestone.id, metric=f"Solved at once, region {number}", unit="%",
        direction=Direction.AT_LEAST, threshold=Decimal(15), is_must_meet=True,
    )  # fmt: skip


class TestChain:
    def test_never_says_that_nothing_is_measured_beside_a_measurement(
        self, client_for: ClientFor, cast: Cast, session: Session, tranche: Tranche
    ) -> None:
        """The next hurdle measures nothing itself, but its behaviour was measured at the first."""
        following = tranches_of(session, tranche.commitment_id)[1]
        words = text(client_for(cast.cfo).get(f"/gates/{following.id}"))
        assert "measured at another hurdle" in words


class TestQueries:
    @pytest.mark.parametrize(
        ("page", "words"),
        [
            ("", "Forward return"),
            ("/pack", "Forward return"),
            ("/stop", "The figures recommend"),
            ("/rescope", "smaller"),
        ],
    )
    def test_stay_few(
        self, client_for: ClientFor, cast: Cast, tranche: Tranche, page: str, words: str
    ) -> None:
        shown = client_for(cast.cfo).get(f"/gates/{tranche.id}{page}")
        assert words in text(shown)
        assert len(shown.queries) <= 12, "\n\n".join(shown.queries)

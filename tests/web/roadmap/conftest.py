"""Three funded initiatives with three hurdles each."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Tranche
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import begin, tranches_of


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    """What the round committed, by the initiative's key."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_commitments(session, cast, now, world)


@pytest.fixture
def begun(session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]) -> None:
    """The work of all of them has begun, so that measurements show what it did."""
    with transaction(session):
        for one in commitments.values():
            begin(session, one.id, actor=cast.manager, now=now)


@pytest.fixture
def tranches(session: Session, commitments: dict[str, Commitment]) -> list[Tranche]:
    """The three tranches of CX-101, due in July and October 2027 and January 2028."""
    return tranches_of(session, commitments["CX-101"].id)

"""Commitments with hurdles in every state, for whatever reads them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment
from app.db.session import transaction
from app.initiatives.models import Criterion
from app.roadmap.models import Evidence
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import decide, measure, tranches_of

RELEASE, HOLD, STOP = HurdleAction.RELEASE, HurdleAction.HOLD, HurdleAction.STOP


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_commitments(session, cast, now, world)


@pytest.fixture
def under_way(
    session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
) -> None:
    """Hurdles passed, waived, stopped, held, measured by people and by a registry."""
    first, second, third = (tranches_of(session, commitments[key].id) for key in commitments)
    by = {"actor": cast.cfo, "now": now}
    with transaction(session):
        measure(session, first[0], 17, actor=cast.manager, now=now)
        measure(session, first[1], 30, actor=cast.manager, now=now)
        measure(session, second[0], 1, actor=cast.manager, now=now)
    with transaction(session):
        decide(session, first[0], RELEASE, **by)
        decide(session, second[0], RELEASE, reason="We trust them", **by)
        decide(session, third[0], HOLD, **by)
    with transaction(session):
        decide(session, second[1], STOP, reason="No more", **by)
        criterion = session.scalars(
            select(Criterion).where(Criterion.milestone_id == third[1].milestone_id)
        ).one()
        for day, value in ((9, "1"), (8, "99")):
            session.add(
                Evidence(
                    criterion_id=criterion.id, value=Decimal(value), sample=900,
                    measured_on=date(2027, 2, day), source="Registry",
                    recorded_by_id=cast.lead.id, recorded_at=now,
                )
            )  # fmt: skip

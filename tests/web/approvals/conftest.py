"""A company whose proposal waits for the CFO."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_proposal, make_world


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    with transaction(session):
        return make_world(session, cast, now)


@pytest.fixture
def proposal_id(session: Session, cast: Cast, now: datetime, world: World) -> int:
    with transaction(session):
        return make_proposal(session, cast, now, world).id

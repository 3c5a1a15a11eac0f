"""Who asks for a page behind the last is led to the last, and never told that there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.meetings import make_meeting
from tests.factories.roadmap import tranches_of

LISTS = ("/initiatives?q=c", "/roadmap?show=all", "/gates?when=all", "/meetings?q=f", "/audit?q=")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestPages:
    def test_lead_from_behind_the_last_to_the_last(
        self,
        client_for: Callable[[Any], Any],
        session: Session,
        cast: Cast,
        now: datetime,
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        session.expire_all()
        with transaction(session):
            made = make_commitments(session, cast, now, world)
        with transaction(session):
            gates = tranches_of(session, made["CX-101"].id)
            make_meeting(session, gates, actor=cast.manager, now=now)
        for address in LISTS:
            client = client_for(cast.admin if address.startswith("/audit") else cast.manager)
            behind = client.get(f"{address}&page=99999")
            assert behind.status_code == 303, address
            last = client.get(behind.headers["Location"])
            assert last.status_code == 200
            assert behind.headers["Location"] == f"{address}&page=1"

"""Who a provider says somebody is gets linked once, however often they arrive at one moment."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.engine import Claims
from app.accounts.models import Identity, Person
from app.accounts.services import link_identity
from app.audit.models import AuditEvent
from app.errors import NotAllowedError
from tests.factories.accounts import Cast
from tests.support.databases import Databases
from tests.support.races import at_once, roomy_engine

ISSUER = "https://id.test"


class TestLinkIdentity:
    def test_lets_both_in_of_two_first_sign_ins_at_one_moment(
        self, session: Session, database: Databases, cast: Cast, now: datetime
    ) -> None:
        claims = Claims(ISSUER, "s-1", cast.lead.email, has_second_factor=False)
        engine = roomy_engine(database.url, 8)
        found = at_once(engine, [partial(link_identity, claims=claims, now=now)] * 8)
        engine.dispose()
        assert [one.id if isinstance(one, Person) else one for one in found] == [cast.lead.id] * 8
        assert session.scalars(select(Identity.subject)).all() == ["s-1"]
        assert session.scalars(select(AuditEvent.action)).all() == ["person.identity_linked"]

    def test_lets_one_in_of_two_subjects_who_claim_one_address(
        self, session: Session, database: Databases, cast: Cast, now: datetime
    ) -> None:
        acts = [
            partial(
                link_identity,
                claims=Claims(ISSUER, f"s-{number}", cast.lead.email, has_second_factor=False),
                now=now,
            )
            for number in range(8)
        ]
        engine = roomy_engine(database.url, 8)
        found = at_once(engine, acts)
        engine.dispose()
        assert sum(isinstance(one, Person) for one in found) == 1
        assert sum(isinstance(one, NotAllowedError) for one in found) == 7
        assert len(session.scalars(select(Identity)).all()) == 1

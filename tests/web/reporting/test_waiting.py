"""Home and gate calendar say what a hurdle or a proposal really waits for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.approvals.queries import get_proposal
from app.approvals.rules.limits import ConditionDraft
from app.approvals.services import Verdict, approve_proposal, set_limit
from app.db.session import transaction
from app.initiatives.models import Initiative, InitiativeHandover
from app.values.money import Money
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world
from tests.factories.roadmap import measure
from tests.support.pages import text

ClientFor = Callable[[Any], Any]


class TestWaiting:
    def test_names_first_signatures_open_conditions_and_former_owners(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
            set_limit(
                session, cast.cfo, Money(1_000_00, "EUR"), currency="EUR", reason="Policy",
                actor=cast.admin, now=now - timedelta(days=1),
            )  # fmt: skip
        with transaction(session):
            made = make_proposal(session, cast, now, world).id
        terms = (ConditionDraft("Works council agreed"),)
        for key, person in (("1", cast.cfo), ("2", cast.cfo2)):
            with transaction(session):
                proposal = get_proposal(session, made)
                verdict = Verdict(proposal.digest, "As asked", key * 32, conditions=terms)
                approve_proposal(session, proposal, verdict, actor=person, now=now)
            session.expire_all()
            if person is cast.cfo:
                home = text(client_for(cast.cfo2).get("/"))
                assert f"signed first by {cast.cfo.name}" in home and "second signature" in home
        first = session.scalars(select(Tranche).order_by(Tranche.id)).first()
        assert first is not None
        with transaction(session):
            measure(session, first, 17, actor=cast.manager, now=now)
            session.execute(update(Tranche).where(Tranche.id == first.id).values(due_on=now.date()))
            owned = session.scalars(select(Initiative.id).where(Initiative.key == "CX-101")).one()
            session.add(
                InitiativeHandover(
                    initiative_id=owned, from_owner_id=cast.cfo.id, to_owner_id=cast.owner.id,
                    reason="New role", handed_over_by_id=cast.lead.id, handed_over_at=now,
                )
            )  # fmt: skip
        session.expire_all()
        page = client_for(cast.cfo).get("/")
        assert "condition open" in text(page) and "somebody else decides" in text(page)
        assert len(page.queries) <= 12
        assert "somebody else decides" not in text(client_for(cast.cfo2).get("/"))
        gates = client_for(cast.cfo).get("/gates")
        assert "1 condition of the approval open" in text(gates) and len(gates.queries) <= 12

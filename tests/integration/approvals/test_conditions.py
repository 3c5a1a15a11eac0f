"""Conditions of an approval: settled by other hands, and no release before."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, ConditionSettlement, Decision, Proposal, Tranche
from app.approvals.queries import get_condition, get_proposal, list_conditions
from app.approvals.rules import TrancheState
from app.approvals.rules.limits import ConditionDraft
from app.approvals.services import Verdict, approve_proposal, settle_condition
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative
from app.initiatives.queries import load_money_deciders
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world
from tests.factories.roadmap import decide, measure, tranches_of


@pytest.fixture
def proposal(session: Session, cast: Cast, now: datetime) -> Proposal:
    """Approved; the first condition is on CX-101, the second on the whole plan."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        made = make_proposal(session, cast, now, world)
        asked = (
            ConditionDraft("Vendor signed", made.items[0].id),
            ConditionDraft("Works council agreed"),
        )
        verdict = Verdict(made.digest, "", "1" * 32, frozenset(), asked)
        approve_proposal(session, made, verdict, actor=cast.cfo, now=now)
    return get_proposal(session, made.id)


def settle(
    session: Session,
    proposal: Proposal,
    place: int,
    actor: Person,
    now: datetime,
    *,
    note: str = "Contract of 3 February",
    key: str | None = None,
) -> None:
    decision_id = session.scalars(select(Decision.id)).one()
    ids = [one.id for one in list_conditions(session, decision_id)]
    with transaction(session):
        condition = get_condition(session, proposal.id, ids[place])
        once_key = key or f"{actor.id:0>31}{place}"
        settle_condition(session, condition, note=note, once_key=once_key, actor=actor, now=now)


def first_tranche(session: Session, cast: Cast, key: str, now: datetime) -> Tranche:
    """The first tranche of an initiative, measured well."""
    commitment_id = session.scalars(
        select(Commitment.id).join(Commitment.initiative).where(Initiative.key == key)
    ).one()
    tranche = tranches_of(session, commitment_id)[0]
    with transaction(session):
        measure(session, tranche, 17, actor=cast.manager, now=now)
    return tranche


class TestRelease:
    def test_waits_for_the_conditions_of_its_item_and_of_the_plan(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        tranche = first_tranche(session, cast, "CX-101", now)
        for place, words in enumerate(("Vendor signed", "Works council agreed")):
            with pytest.raises(ConflictError, match=words), transaction(session):
                decide(session, tranche, HurdleAction.RELEASE, actor=cast.cfo, now=now)
            settle(session, proposal, place, cast.cfo2, now)
        with transaction(session):
            decide(session, tranche, HurdleAction.RELEASE, actor=cast.cfo, now=now)
        assert tranche.state is TrancheState.RELEASED

    def test_does_not_wait_for_conditions_of_another_item(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        tranche = first_tranche(session, cast, "CX-102", now)
        settle(session, proposal, 1, cast.cfo2, now)
        with transaction(session):
            decide(session, tranche, HurdleAction.RELEASE, actor=cast.cfo, now=now)
        assert tranche.state is TrancheState.RELEASED

    def test_alone_waits(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        tranche = first_tranche(session, cast, "CX-101", now)
        with transaction(session):
            decide(session, tranche, HurdleAction.HOLD, actor=cast.cfo, now=now, reason="Wait")
        with transaction(session):
            decide(session, tranche, HurdleAction.STOP, actor=cast.cfo, now=now, reason="No")
        assert tranche.state is TrancheState.FREED


class TestSettleCondition:
    def test_is_recorded_once(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        for _ in range(2):
            settle(session, proposal, 0, cast.cfo2, now)
        with pytest.raises(ConflictError, match="settled already"):
            settle(session, proposal, 0, cast.cfo, now)
        assert session.scalar(select(func.count(ConditionSettlement.condition_id))) == 1
        found = session.scalars(select(AuditEvent).where(AuditEvent.action == "condition.settled"))
        assert [one.subject for one in found] == [f"proposal:{proposal.id}"]

    def test_is_not_for_other_roles_nor_for_hands_in_it(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        for person in (cast.lead, cast.manager, cast.admin, cast.viewer):
            with pytest.raises(NotAllowedError, match="Only Finance"):
                settle(session, proposal, 0, person, now)
        with transaction(session):
            session.execute(
                update(Initiative).where(Initiative.key == "CX-101").values(owner_id=cast.cfo2.id)
            )
        for place in (0, 1):
            with pytest.raises(NotAllowedError, match="you own, owned or proposed"):
                settle(session, proposal, place, cast.cfo2, now)

    def test_says_how_it_is_known(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        with pytest.raises(InvalidError) as caught:
            settle(session, proposal, 0, cast.cfo2, now, note="")
        assert caught.value.field == "note"

    def test_keeps_who_settled_from_owning_it_later(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        item, other = proposal.items[0], proposal.items[1]
        assert cast.cfo2.id not in load_money_deciders(session, item.initiative_id)
        settle(session, proposal, 0, cast.cfo2, now)
        assert cast.cfo2.id in load_money_deciders(session, item.initiative_id)
        assert cast.cfo2.id not in load_money_deciders(session, other.initiative_id)

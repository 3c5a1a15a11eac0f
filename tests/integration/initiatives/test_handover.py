"""Handing an initiative over: only when its owner is gone, and never around four hands."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.accounts.services import deactivate_person, reactivate_person
from app.audit.queries import list_subject_events
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative, InitiativeHandover
from app.initiatives.queries import (
    get_initiative,
    list_handovers,
    list_heirs,
    load_editors,
)
from app.initiatives.rules import Action
from app.initiatives.services import hand_over_initiative, move_initiative
from app.roadmap.models import HurdleDecision
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast, make_person
from tests.factories.approvals import make_commitments, make_world
from tests.factories.initiatives import NOW, Company, make_candidate, make_draft, make_submitted
from tests.factories.roadmap import decide, tranches_of


def hand_over(
    session: Session, key: str, heir: Person, actor: Person, reason: str = "Left"
) -> None:
    with transaction(session):
        hand_over_initiative(
            session, get_initiative(session, key), owner_id=heir.id, reason=reason,
            expected_version=None, actor=actor, now=NOW,
        )  # fmt: skip


@pytest.fixture
def key(session: Session, cast: Cast, company: Company) -> str:
    """A candidate whose owner has left."""
    with transaction(session):
        made = make_candidate(session, cast, company).key
    with transaction(session):
        deactivate_person(session, cast.owner, actor=cast.admin, now=NOW)
    return made


class TestHandOver:
    @pytest.mark.parametrize("who", ["lead", "admin"])
    def test_gives_a_new_owner_and_keeps_who_why_and_from_whom(
        self, session: Session, cast: Cast, key: str, who: str
    ) -> None:
        actor = getattr(cast, who)
        hand_over(session, key, cast.manager, actor, " Omar left the company ")

        stored = get_initiative(session, key)
        assert stored.owner_id == cast.manager.id
        (kept,) = list_handovers(session, stored.id)
        assert (kept.from_owner.name, kept.to_owner.name) == ("Omar Owner", "Mina Manager")
        assert (kept.handed_over_by.name, kept.reason) == (actor.name, "Omar left the company")
        (event,) = list_subject_events(session, f"initiative:{stored.id}", limit=1)
        assert (event.action, event.reason) == ("initiative.handed_over", "Omar left the company")

    @pytest.mark.parametrize("who", ["cfo", "viewer", "stranger"])
    def test_is_for_cx_leads_and_admins(
        self, session: Session, cast: Cast, key: str, who: str
    ) -> None:
        with pytest.raises(NotAllowedError):
            hand_over(session, key, cast.manager, getattr(cast, who))

    def test_waits_until_the_owner_is_gone(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            waits = make_submitted(session, cast, company).key
            draft = make_draft(session, cast, company).key
        with pytest.raises(ConflictError, match="Omar Owner owns it and can sign in"):
            hand_over(session, waits, cast.manager, cast.lead)
        with transaction(session):
            deactivate_person(session, cast.owner, actor=cast.admin, now=NOW)
        with pytest.raises(ConflictError, match="draft"):
            hand_over(session, draft, cast.manager, cast.lead)
        with transaction(session):
            move_initiative(
                session, get_initiative(session, waits), Action.WITHDRAW, reason="No",
                expected_version=None, actor=cast.lead, now=NOW,
            )  # fmt: skip
        with pytest.raises(ConflictError, match="withdrawn"):
            hand_over(session, waits, cast.manager, cast.lead)

    def test_takes_a_reason_and_somebody_who_can_own_it(
        self, session: Session, cast: Cast, key: str
    ) -> None:
        with transaction(session):
            both = make_person(session, "Fia Both", Role.CX_LEAD, Role.FINANCE)
            get_initiative(session, key).certified_by_id = both.id
        for heir, words in (
            (cast.owner, "can sign in"),
            (cast.viewer, "no CX lead or program manager"),
            (both, "certified its figures"),
        ):
            with pytest.raises(InvalidError, match=words) as refused:
                hand_over(session, key, heir, cast.lead)
            assert refused.value.field == "owner_id"
        with pytest.raises(InvalidError, match="reason"):
            hand_over(session, key, cast.manager, cast.lead, "  ")
        offered = [name for _, name in list_heirs(session, get_initiative(session, key))]
        assert offered == ["Lena Lead", "Mina Manager", "Stan Stranger"]


class TestFourHands:
    def test_neither_old_nor_new_owner_decides_and_no_decider_owns(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
            both = make_person(session, "Fia Both", Role.CX_LEAD, Role.FINANCE)
            world.portfolio.candidates["CX-101"].owner = both
            world.portfolio.candidates["CX-101"].certified_by = cast.cfo2
        with transaction(session):
            commitment = make_commitments(session, cast, now, world)["CX-101"]
        with transaction(session):
            deactivate_person(session, both, actor=cast.admin, now=now)
            cast.cfo.grants.append(RoleGrant(role=Role.CX_LEAD, is_in_force=True, granted_at=now))
        with pytest.raises(InvalidError, match="decided about its money"):
            hand_over(session, "CX-101", cast.cfo, cast.lead)

        hand_over(session, "CX-101", cast.manager, cast.lead)
        with transaction(session):
            reactivate_person(session, both, actor=cast.admin, now=now)

        tranche = tranches_of(session, commitment.id)[0]
        with pytest.raises(NotAllowedError, match="own"), transaction(session):
            decide(session, tranche, HurdleAction.HOLD, actor=both, now=now, reason="Wait")
        assert (
            both.id in load_editors(session, [commitment.initiative_id])[commitment.initiative_id]
        )
        with pytest.raises(IntegrityError, match="owned an initiative"), transaction(session):
            _decide_around(session, tranche.id, both.id, now)

    def test_a_handover_stays_on_record(self, session: Session, cast: Cast, key: str) -> None:
        hand_over(session, key, cast.manager, cast.lead)
        with pytest.raises(IntegrityError, match="stays on record"), transaction(session):
            session.query(InitiativeHandover).update({"reason": "Other"})
        assert session.query(Initiative).filter_by(key=key).one().owner_id == cast.manager.id


def _decide_around(session: Session, tranche_id: int, person_id: int, now: datetime) -> None:
    """Write a decision past every service."""
    session.execute(
        insert(HurdleDecision).values(
            tranche_id=tranche_id, action=HurdleAction.HOLD, recommended=HurdleAction.HOLD,
            reason="Wait", grounds="{}", decided_by_id=person_id, decided_at=now,
        )
    )  # fmt: skip

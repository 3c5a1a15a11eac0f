"""What the database itself refuses about limits, signatures and conditions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import (
    ApprovalSignature,
    Commitment,
    Decision,
    DecisionCondition,
    Proposal,
)
from app.approvals.queries import get_proposal
from app.approvals.rules.limits import ConditionDraft, Terms
from app.approvals.services import Verdict, approve_proposal
from app.audit.services import record
from app.db.session import transaction
from app.db.types import UtcDateTime
from tests.factories.accounts import Cast, grant_finance
from tests.factories.approvals import make_proposal, make_world
from tests.factories.limits import limit
from tests.factories.roadmap import measure, tranches_of

Insert = Callable[..., None]
WHOLE = Terms(frozenset(), ())


@pytest.fixture
def waiting(session: Session, cast: Cast, now: datetime) -> Proposal:
    """It asks for 680,000 euros."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_proposal(session, cast, now, world)


def write(session: Session, table: str, **values: Any) -> None:
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    with transaction(session):
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def refused(session: Session, sentence: str, table: str, **values: Any) -> None:
    with pytest.raises(IntegrityError) as caught:
        write(session, table, **values)
    assert sentence in str(caught.value.orig)


def decision(proposal: Proposal, person: Person, **changes: Any) -> dict[str, Any]:
    return {
        "proposal_id": proposal.id, "kind": "approve", "reason": "", "digest": proposal.digest,
        "decided_by_id": person.id, "decided_at": 0, "terms_digest": WHOLE.digest,
    } | changes  # fmt: skip


def signature(proposal: Proposal, person: Person, **changes: Any) -> dict[str, Any]:
    return {
        "proposal_id": proposal.id, "person_id": person.id, "digest": proposal.digest,
        "granted_minor": 680_000_00, "terms_digest": WHOLE.digest, "terms": WHOLE.content,
        "reason": "", "signed_at": 0,
    } | changes  # fmt: skip


def setting(person: Person, by: Person, at: datetime) -> dict[str, Any]:
    stored = UtcDateTime().process_bind_param(at, None)  # type: ignore[arg-type]
    return {
        "person_id": person.id, "currency": "EUR", "amount_minor": 10**12, "reason": "Policy",
        "set_by_id": by.id, "set_at": stored,
    }  # fmt: skip


def signature_id(session: Session) -> int:
    return session.scalars(select(ApprovalSignature.id)).one()


class TestLimits:
    def test_keep_one_approver_from_deciding_above_them(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        limit(session, cast, now, euros=679_999)
        refused(session, "second approver", "decisions", **decision(waiting, cast.cfo))
        write(session, "decisions", **decision(waiting, cast.cfo, kind="return"))

    def test_let_one_approver_decide_up_to_them(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        limit(session, cast, now, euros=680_000)
        write(session, "decisions", **decision(waiting, cast.cfo))

    def test_count_what_is_left_when_it_is_decided_and_nothing_is_struck_later(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        first, second = waiting.items[0].id, waiting.items[1].id
        limit(session, cast, now, euros=465_000)
        refused(session, "second approver", "decisions", **decision(waiting, cast.cfo))
        strike = text("UPDATE proposal_items SET is_struck = :yes WHERE id = :id")
        with transaction(session):
            session.execute(strike, {"yes": True, "id": first})
        write(session, "decisions", **decision(waiting, cast.cfo, kind="approve_without"))
        with pytest.raises(IntegrityError, match="before the decision"), transaction(session):
            session.execute(strike, {"yes": True, "id": second})

    def test_bar_who_sets_them(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        before = now - timedelta(days=300)
        write(session, "approval_limits", **setting(cast.cfo, cast.cfo2, before))
        refused(session, "Who sets", "decisions", **decision(waiting, cast.cfo2))
        write(session, "approval_limits", **setting(cast.cfo, cast.admin, before))
        write(session, "decisions", **decision(waiting, cast.cfo2))

    def test_bar_who_set_them_since_it_was_submitted(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        for by in (cast.cfo2, cast.admin):
            write(session, "approval_limits", **setting(cast.cfo, by, now))
        refused(session, "Who sets", "decisions", **decision(waiting, cast.cfo2))

    def test_are_never_ones_own(self, session: Session, cast: Cast, now: datetime) -> None:
        values = setting(cast.cfo, cast.cfo, now)
        refused(session, "set_by_somebody_else", "approval_limits", **values)


class TestSignatures:
    def test_make_a_second_approver_enough(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        limit(session, cast, now)
        write(session, "approval_signatures", **signature(waiting, cast.cfo))
        first = signature_id(session)
        values = decision(waiting, cast.cfo2, first_signature_id=first)
        write(session, "decisions", **values)

    @pytest.mark.parametrize(
        "changes", [{"terms_digest": "other"}, {"granted_minor": 1}], ids=["terms", "sum"]
    )
    def test_count_under_the_same_terms_alone(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        waiting: Proposal,
        changes: dict[str, Any],
    ) -> None:
        limit(session, cast, now)
        write(session, "approval_signatures", **signature(waiting, cast.cfo, **changes))
        values = decision(waiting, cast.cfo2, first_signature_id=signature_id(session))
        refused(session, "under the same terms", "decisions", **values)

    def test_are_of_another_person_who_signed(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        limit(session, cast, now)
        values = decision(waiting, cast.cfo, first_signature_id=77)
        refused(session, "under the same terms", "decisions", **values)
        write(session, "approval_signatures", **signature(waiting, cast.cfo))
        values = decision(waiting, cast.cfo, first_signature_id=signature_id(session))
        refused(session, "under the same terms", "decisions", **values)

    def test_count_no_longer_once_the_signer_has_a_hand_in_it(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        limit(session, cast, now)
        write(session, "approval_signatures", **signature(waiting, cast.cfo))
        with transaction(session):
            record(
                session, actor=cast.cfo, action="initiative.edited", after={},
                subject=f"initiative:{waiting.items[0].initiative_id}", now=now,
            )  # fmt: skip
        values = decision(waiting, cast.cfo2, first_signature_id=signature_id(session))
        refused(session, "by free hands", "decisions", **values)

    def test_are_of_free_hands_under_what_waits(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        table = "approval_signatures"
        for person in (cast.lead, cast.owner):
            grant_finance(session, person.id)
            refused(session, "cannot sign it", table, **signature(waiting, person))
        refused(session, "as it waits", table, **signature(waiting, cast.cfo, digest="0" * 64))
        write(session, "approval_limits", **setting(cast.cfo, cast.cfo2, now))
        refused(session, "nor who sets limits", table, **signature(waiting, cast.cfo2))


class TestConditions:
    @pytest.fixture
    def approved(self, session: Session, cast: Cast, now: datetime, waiting: Proposal) -> Proposal:
        asked = (ConditionDraft("Vendor signed", waiting.items[0].id), ConditionDraft("Agreed"))
        verdict = Verdict(waiting.digest, "", "1" * 32, frozenset(), asked)
        with transaction(session):
            fresh = get_proposal(session, waiting.id)
            approve_proposal(session, fresh, verdict, actor=cast.cfo, now=now)
        return waiting

    def test_come_with_the_approval(
        self, session: Session, cast: Cast, waiting: Proposal, approved: Proposal
    ) -> None:
        decision_id = session.scalars(select(Decision.id)).one()
        values = {"decision_id": decision_id, "position": 9, "text": "And this"}
        refused(session, "come with the approval", "decision_conditions", **values)

    def test_are_settled_by_other_hands(
        self, session: Session, cast: Cast, approved: Proposal
    ) -> None:
        for person in (cast.lead, cast.owner):
            grant_finance(session, person.id)
        for id_ in session.scalars(select(DecisionCondition.id)).all():
            for person in (cast.lead, cast.owner):
                refused(
                    session, "does not settle", "condition_settlements", condition_id=id_,
                    note="Yes", settled_by_id=person.id, settled_at=0,
                )  # fmt: skip
            write(
                session, "condition_settlements", condition_id=id_, note="Yes",
                settled_by_id=cast.cfo.id, settled_at=0,
            )  # fmt: skip

    def test_keep_money_from_being_released(
        self, session: Session, cast: Cast, now: datetime, approved: Proposal
    ) -> None:
        item = approved.items[0]
        commitment_id = session.scalars(
            select(Commitment.id).where(Commitment.initiative_id == item.initiative_id)
        ).one()
        tranche = tranches_of(session, commitment_id)[0]
        with transaction(session):
            measure(session, tranche, 17, actor=cast.manager, now=now)
        values = {
            "tranche_id": tranche.id, "action": "release", "recommended": "release", "grounds": "",
            "reason": "", "decided_by_id": cast.cfo.id, "decided_at": 0,
        }  # fmt: skip
        for id_ in session.scalars(select(DecisionCondition.id)).all():
            refused(session, "while a condition", "hurdle_decisions", **values)
            write(
                session, "condition_settlements", condition_id=id_, note="Yes",
                settled_by_id=cast.cfo2.id, settled_at=0,
            )  # fmt: skip
        write(session, "hurdle_decisions", **values)


class TestHistory:
    def test_is_never_rewritten_or_removed(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        limit(session, cast, now)
        write(session, "approval_signatures", **signature(waiting, cast.cfo))
        asked = (ConditionDraft("Agreed"),)
        limit(session, cast, now, euros=None)
        with transaction(session):
            verdict = Verdict(waiting.digest, "", "1" * 32, frozenset(), asked)
            fresh = get_proposal(session, waiting.id)
            approve_proposal(session, fresh, verdict, actor=cast.cfo, now=now)
        condition_id = session.scalars(select(DecisionCondition.id)).one()
        write(
            session, "condition_settlements", condition_id=condition_id, note="Yes",
            settled_by_id=cast.cfo.id, settled_at=0,
        )  # fmt: skip
        for table, column in (
            ("approval_limits", "reason"),
            ("approval_signatures", "reason"),
            ("decision_conditions", "text"),
            ("condition_settlements", "note"),
        ):
            assert session.scalar(select(func.count()).select_from(text(table)))
            for sql in (f"UPDATE {table} SET {column} = 'other'", f"DELETE FROM {table}"):
                with pytest.raises(IntegrityError), transaction(session):
                    session.execute(text(sql))

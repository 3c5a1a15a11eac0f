"""Approval limits: alone below, two above, and the second signs the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import (
    ApprovalLimit,
    ApprovalSignature,
    Commitment,
    Decision,
    DecisionCondition,
    Proposal,
)
from app.approvals.queries import get_proposal, list_conditions
from app.approvals.rules import ProposalState
from app.approvals.rules.limits import ConditionDraft
from app.approvals.services import (
    OtherTermsError,
    Verdict,
    approve_proposal,
    return_proposal,
    set_limit,
)
from app.audit.models import AuditEvent
from app.audit.services import record
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.values.money import Money
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world
from tests.factories.limits import limit


@pytest.fixture
def proposal(session: Session, cast: Cast, now: datetime) -> Proposal:
    """It asks for 680,000 euros."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_proposal(session, cast, now, world)


def approve(
    session: Session,
    proposal: Proposal,
    actor: Person,
    now: datetime,
    *,
    struck: tuple[int, ...] = (),
    conditions: tuple[ConditionDraft, ...] = (),
    key: str | None = None,
) -> int | None:
    reason = "Not yet" if struck else ""
    verdict = Verdict(
        proposal.digest, reason, key or f"{actor.id:0>32}", frozenset(struck), conditions
    )
    with transaction(session):
        fresh = get_proposal(session, proposal.id)
        return approve_proposal(session, fresh, verdict, actor=actor, now=now)


def state_of(session: Session, proposal: Proposal) -> ProposalState:
    return session.scalars(select(Proposal.state).where(Proposal.id == proposal.id)).one()


def only_decision(session: Session) -> tuple[int, int | None]:
    """Who decided, and who signed first."""
    decision = session.scalars(select(Decision)).one()
    first = session.get(ApprovalSignature, decision.first_signature_id or 0)
    return decision.decided_by_id, first.person_id if first else None


class TestApprovingAlone:
    def test_stays_as_it_was_where_nobody_set_a_limit(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        assert approve(session, proposal, cast.cfo, now) is not None
        assert only_decision(session) == (cast.cfo.id, None)

    def test_goes_up_to_the_limit_to_the_cent(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        limit(session, cast, now, cast.cfo, euros=680_000)
        assert approve(session, proposal, cast.cfo, now) is not None

    def test_counts_what_remains_and_not_what_was_asked(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        limit(session, cast, now, cast.cfo, euros=465_000)  # 680,000 without the 215,000 of CX-101
        item = next(one for one in proposal.items if one.initiative.key == "CX-101")
        assert approve(session, proposal, cast.cfo, now, struck=(item.id,)) is not None

    def test_returns_any_sum_alone(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        limit(session, cast, now)
        verdict = Verdict(proposal.digest, "Too much at once", "9" * 32)
        with transaction(session):
            fresh = get_proposal(session, proposal.id)
            return_proposal(session, fresh, verdict, actor=cast.cfo, now=now)
        assert state_of(session, proposal) is ProposalState.RETURNED

    def test_follows_the_limit_set_last_in_the_currency(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        limit(session, cast, now, cast.cfo, euros=1)
        limit(session, cast, now, cast.cfo, euros=None)
        with transaction(session):
            set_limit(
                session, cast.cfo, Money(1, "USD"), currency="USD", reason="Small", now=now,
                actor=cast.admin,
            )  # fmt: skip
        assert approve(session, proposal, cast.cfo, now) is not None


class TestApprovingTogether:
    def test_keeps_the_days_of_the_first_signature(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        limit(session, cast, now, cast.cfo, euros=1)
        asked = (ConditionDraft("Vendor signed", None, now.date()),)
        assert approve(session, proposal, cast.cfo, now, conditions=asked) is None
        later = now + timedelta(days=2)
        assert approve(session, proposal, cast.cfo2, later, conditions=asked) is not None

    def test_takes_two_and_commits_with_the_second(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        limit(session, cast, now)
        assert approve(session, proposal, cast.cfo, now) is None
        assert state_of(session, proposal) is ProposalState.SUBMITTED
        assert session.scalar(select(func.count(Commitment.id))) == 0
        assert approve(session, proposal, cast.cfo2, now) is not None
        assert only_decision(session) == (cast.cfo2.id, cast.cfo.id)
        assert session.scalar(select(func.count(Commitment.id))) == 3
        events = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == f"proposal:{proposal.id}")
        ).all()
        assert events.count("proposal.signed") == 1 and events.count("proposal.approved") == 1

    def test_refuses_the_same_person_twice(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        limit(session, cast, now)
        approve(session, proposal, cast.cfo, now)
        assert approve(session, proposal, cast.cfo, now) is None  # the same form, sent twice
        with pytest.raises(ConflictError, match="You signed this already"):
            approve(session, proposal, cast.cfo, now, key="5" * 32)
        assert session.scalar(select(func.count(ApprovalSignature.id))) == 1

    @pytest.mark.parametrize("differs", ["struck", "conditions"])
    def test_refuses_other_terms_and_says_both(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal, differs: str
    ) -> None:
        limit(session, cast, now)
        terms = {
            "struck": {"struck": (proposal.items[0].id,)},
            "conditions": {"conditions": (ConditionDraft("Vendor signed"),)},
        }[differs]
        approve(session, proposal, cast.cfo, now, **terms)
        with pytest.raises(OtherTermsError) as caught:
            approve(session, proposal, cast.cfo2, now)
        said = {"struck": "without CX-101", "conditions": "“Vendor signed”"}[differs]
        assert said in caught.value.message and "Yours: every item" in caught.value.message
        assert session.scalar(select(func.count(Decision.id))) == 0

    def test_leaves_who_is_within_their_limit_free(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        limit(session, cast, now, cast.cfo)
        approve(session, proposal, cast.cfo, now, conditions=(ConditionDraft("Vendor signed"),))
        assert approve(session, proposal, cast.cfo2, now) is not None
        assert only_decision(session) == (cast.cfo2.id, None)
        assert session.scalar(select(func.count(DecisionCondition.id))) == 0

    @pytest.mark.parametrize("since", ["changed an item", "left", "set a limit"])
    def test_does_not_count_a_signature_of_hands_no_longer_free(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal, since: str
    ) -> None:
        limit(session, cast, now)
        approve(session, proposal, cast.cfo, now)
        with transaction(session):
            if since == "changed an item":
                record(
                    session, actor=cast.cfo, action="initiative.option_changed", after={},
                    subject=f"initiative:{proposal.items[0].initiative_id}", now=now,
                )  # fmt: skip
            elif since == "left":
                session.get_one(Person, cast.cfo.id).is_active = False
            else:
                session.execute(limit_row(cast.stranger, by=cast.cfo, at=now))
        assert approve(session, proposal, cast.cfo2, now) is None
        assert session.scalar(select(func.count(Decision.id))) == 0


def limit_row(person: Person, *, by: Person, at: datetime) -> object:
    """A limit that no service would take from somebody in Finance."""
    return insert(ApprovalLimit).values(
        person_id=person.id, currency="EUR", amount_minor=1, reason="Mine", set_by_id=by.id,
        set_at=at,
    )  # fmt: skip


class TestWhoSetsLimits:
    def test_does_not_decide_under_them_after_a_change_of_role(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        long_ago = now - timedelta(days=300)
        with transaction(session):
            session.execute(limit_row(cast.cfo, by=cast.cfo2, at=long_ago))
        with pytest.raises(NotAllowedError, match="you set the approval limit of Carla Finance"):
            approve(session, proposal, cast.cfo2, now)
        limit(session, cast, now, cast.cfo, euros=None)
        assert approve(session, proposal, cast.cfo2, now) is not None

    def test_is_an_admin_for_others_in_finance_with_a_reason(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        amount = Money(5, "EUR")
        for actor, person, reason, error in (
            (cast.cfo, cast.cfo2, "Policy", NotAllowedError),
            (cast.admin, cast.admin, "Policy", NotAllowedError),
            (cast.admin, cast.lead, "Policy", InvalidError),
            (cast.admin, cast.cfo, "", InvalidError),
        ):
            with pytest.raises(error), transaction(session):
                set_limit(
                    session, person, amount, currency="EUR", reason=reason, actor=actor, now=now
                )
        assert session.scalar(select(func.count(ApprovalLimit.id))) == 0


class TestConditionsOfAnApproval:
    def test_are_kept_with_the_decision(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        item = proposal.items[1]
        asked = (
            ConditionDraft("Vendor signed", item.id, date(2027, 4, 1)),
            ConditionDraft("Works council agreed"),
        )
        decision_id = approve(session, proposal, cast.cfo, now, conditions=asked)
        assert decision_id is not None
        kept = list_conditions(session, decision_id)
        assert [(one.text, one.item_id, one.due_on) for one in kept] == [
            (one.text, one.item_id, one.due_on) for one in asked
        ]

    def test_are_about_what_is_granted(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        struck = proposal.items[0].id
        for asked, field in (
            (ConditionDraft("Vendor signed", struck), "conditions-0-item_id"),
            (ConditionDraft("Vendor signed", 10_000), "conditions-0-item_id"),
            (ConditionDraft(""), "conditions-0-text"),
            (ConditionDraft("Agreed", None, now.date() - timedelta(1)), "conditions-0-due_on"),
        ):
            with pytest.raises(InvalidError) as caught:
                approve(session, proposal, cast.cfo, now, struck=(struck,), conditions=(asked,))
            assert caught.value.field == field

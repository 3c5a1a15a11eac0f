"""An initiative goes from draft to candidate by the table, and every refusal says why."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.audit.models import AuditEvent
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative, InitiativeMove
from app.initiatives.queries import list_by_state
from app.initiatives.rules import Action, InitiativeState
from app.initiatives.services import (
    edit_initiative,
    mark_approved,
    mark_stopped,
    move_initiative,
    move_many,
)
from tests.factories.accounts import Cast
from tests.factories.initiatives import (
    Company,
    initiative_draft,
    make_candidate,
    make_certified,
    make_company,
    make_complete,
    make_draft,
    make_submitted,
)
from tests.factories.journeys import make_journey


def move(session: Session, initiative: Initiative, action: Action, **more: Any) -> None:
    values: dict[str, Any] = {
        "expected_version": None,
        "now": datetime.fromisoformat("2027-02-15T09:00Z"),
    }
    with transaction(session):
        move_initiative(session, initiative, action, **values | more)


class TestSubmit:
    def test_a_complete_draft_goes_to_finance_and_the_move_is_kept(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)

        move(session, made, Action.SUBMIT, actor=cast.owner)

        assert made.state is InitiativeState.SUBMITTED
        kept = session.scalars(select(InitiativeMove)).one()
        assert (kept.from_state, kept.to_state) == (
            InitiativeState.DRAFT, InitiativeState.SUBMITTED,
        )  # fmt: skip
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        assert last is not None
        assert (last.action, last.subject) == ("initiative.submitted", f"initiative:{made.id}")

    def test_names_everything_that_is_missing(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)

        with pytest.raises(InvalidError) as refused:
            move(session, made, Action.SUBMIT, actor=cast.owner)

        for words in ("sponsor", "“Goals”", "option", "milestone"):
            assert words in refused.value.message
        assert made.state is InitiativeState.DRAFT

    def test_tranches_have_to_add_up_to_the_whole_money(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
            session.refresh(made, ["milestones"])
            made.milestones[1].tranche_share = Decimal("0.5")

        with pytest.raises(InvalidError, match="add up to 90"):
            move(session, made, Action.SUBMIT, actor=cast.owner)

    def test_a_stranger_with_the_same_role_may_not(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)

        with pytest.raises(NotAllowedError, match="Only its owner"):
            move(session, made, Action.SUBMIT, actor=cast.stranger)


class TestCertify:
    def test_finance_signs_the_figures(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_submitted(session, cast, company)

        move(session, made, Action.CERTIFY, actor=cast.cfo)

        assert made.state is InitiativeState.CERTIFIED
        assert made.certified_by_id == cast.cfo.id

    def test_an_owner_in_finance_does_not_certify_their_own(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_submitted(session, cast, company, owner_id=cast.cfo.id)

        with pytest.raises(NotAllowedError, match="You own it"):
            move(session, made, Action.CERTIFY, actor=cast.cfo)

        move(session, made, Action.CERTIFY, actor=cast.cfo2)
        assert made.certified_by_id == cast.cfo2.id

    def test_is_barred_by_an_uncertified_pool_with_its_name(
        self, session: Session, cast: Cast
    ) -> None:
        with transaction(session):
            company = make_company(session, cast, certified=False)
            made = make_submitted(session, cast, company)

        with pytest.raises(InvalidError, match="pool “Motor claim, serve” is not certified"):
            move(session, made, Action.CERTIFY, actor=cast.cfo)

    def test_a_return_needs_a_reason_and_leads_back_to_draft(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_submitted(session, cast, company)

        with pytest.raises(InvalidError, match="reason"):
            move(session, made, Action.RETURN, actor=cast.cfo)
        move(session, made, Action.RETURN, actor=cast.cfo, reason="The pilot is too small.")

        assert made.state is InitiativeState.DRAFT


class TestNominate:
    def test_a_certified_one_becomes_a_candidate_of_its_open_cycle(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_candidate(session, cast, company)

        assert [one.key for one in list_by_state(session, InitiativeState.CANDIDATE)] == [made.key]

    def test_is_refused_while_the_cycle_is_not_open(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_certified(session, cast, company)
            company.cycle.state = CycleState.DRAFT

        with pytest.raises(InvalidError, match="FY27 H1 is draft; only an open cycle"):
            move(session, made, Action.NOMINATE, actor=cast.owner)

    def test_is_refused_when_the_cycle_counts_in_another_currency(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_certified(session, cast, company)
            company.cycle.currency = "CHF"

        with pytest.raises(InvalidError, match="FY27 H1 is in CHF, its money in EUR"):
            move(session, made, Action.NOMINATE, actor=cast.owner)

    def test_is_refused_without_a_baseline(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_certified(session, cast, company)
            made.journey = make_journey(session, cast.lead, key="home-claim", name="Home claim")

        with pytest.raises(InvalidError, match="“Home claim” has no baseline"):
            move(session, made, Action.NOMINATE, actor=cast.owner)


class TestReopen:
    def test_the_certification_is_lost(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_candidate(session, cast, company)

        move(session, made, Action.REOPEN, actor=cast.lead)

        assert made.state is InitiativeState.DRAFT
        assert (made.certified_by_id, made.certified_at) == (None, None)

    def test_what_is_certified_is_locked_until_then(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_certified(session, cast, company)
        draft = initiative_draft(company, cast.owner, title="Another title")

        with pytest.raises(ConflictError, match="Reopen it to change it"), transaction(session):
            edit_initiative(
                session, made, draft, expected_version=None, actor=cast.owner,
                now=made.changed_at,
            )  # fmt: skip


class TestMarks:
    def test_a_decision_approves_and_a_hurdle_stops(
        self, session: Session, cast: Cast, company: Company, now: datetime
    ) -> None:
        with transaction(session):
            made = make_candidate(session, cast, company)
            mark_approved(session, made, actor=cast.cfo, now=now)
            assert made.state is InitiativeState.APPROVED
            mark_stopped(session, made, actor=cast.cfo, now=now, reason="Hurdle missed.")

        assert made.state is InitiativeState.STOPPED
        reasons = session.scalars(select(InitiativeMove.reason).order_by(InitiativeMove.id)).all()
        assert reasons[-1] == "Hurdle missed."

    def test_what_is_no_candidate_any_more_is_not_approved(
        self, session: Session, cast: Cast, company: Company, now: datetime
    ) -> None:
        with transaction(session):
            made = make_certified(session, cast, company)

        with pytest.raises(ConflictError, match="certified meanwhile"), transaction(session):
            mark_approved(session, made, actor=cast.cfo, now=now)


class TestMoveMany:
    def test_moves_what_can_be_moved_and_says_why_the_rest_stays(
        self, session: Session, cast: Cast, company: Company, now: datetime
    ) -> None:
        with transaction(session):
            ready = make_complete(session, cast, company)
            bare = make_draft(session, cast, company, title="Bare")
            moved, refused = move_many(
                session, [ready, bare], Action.SUBMIT, actor=cast.lead, now=now
            )

        assert moved == 1
        assert [one.key for one in refused] == [bare.key]
        assert "sponsor" in refused[0].message


class TestFourHands:
    @pytest.fixture
    def both(self, session: Session, cast: Cast, now: datetime) -> Person:
        """Somebody who is CX lead and Finance at once."""
        with transaction(session):
            for role in (Role.CX_LEAD, Role.FINANCE):
                session.add(
                    RoleGrant(
                        person_id=cast.stranger.id, role=role, is_in_force=True, granted_at=now
                    )
                )
        session.refresh(cast.stranger, ["grants"])
        return cast.stranger

    def _changed(
        self, session: Session, cast: Cast, company: Company, person: Person, now: datetime
    ) -> Initiative:
        with transaction(session):
            made = make_complete(session, cast, company)
            edit_initiative(
                session, made, initiative_draft(company, cast.owner, sponsor_id=cast.manager.id),
                expected_version=None, actor=person, now=now,
            )  # fmt: skip
            move_initiative(
                session, made, Action.SUBMIT, expected_version=None, actor=cast.owner, now=now
            )
        return made

    def test_who_changed_it_does_not_certify_its_money(
        self, session: Session, cast: Cast, company: Company, both: Person, now: datetime
    ) -> None:
        made = self._changed(session, cast, company, both, now)

        with pytest.raises(NotAllowedError, match="You changed it, so somebody else in Finance"):
            move(session, made, Action.CERTIFY, actor=both)
        with transaction(session):
            moved, refused = move_many(session, [made], Action.CERTIFY, actor=both, now=now)
        assert (moved, [one.key for one in refused]) == (0, [made.key])
        assert made.state is InitiativeState.SUBMITTED

    def test_moving_it_is_no_change_of_its_money(
        self, session: Session, cast: Cast, company: Company, both: Person
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
        move(session, made, Action.SUBMIT, actor=both)
        move(session, made, Action.RETURN, actor=both, reason="Too dear.")
        move(session, made, Action.SUBMIT, actor=cast.owner)

        move(session, made, Action.CERTIFY, actor=both)

        assert made.state is InitiativeState.CERTIFIED


class TestVersions:
    def test_a_move_from_an_old_page_is_refused(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)

        with pytest.raises(ConflictError, match="moved or changed meanwhile"):
            move(session, made, Action.SUBMIT, actor=cast.owner, expected_version=1)


def test_hurdles_outside_the_cycle_bar_the_nomination(
    session: Session, cast: Cast, company: Company
) -> None:
    with transaction(session):
        made = make_certified(session, cast, company)
        session.refresh(made, ["milestones"])
        made.milestones[0].due_on = date(2031, 1, 1)

    with pytest.raises(InvalidError, match="outside the cycle"):
        move(session, made, Action.NOMINATE, actor=cast.owner)

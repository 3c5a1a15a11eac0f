"""Go on smaller, end early with the value captured, hold until a day: money to the cent."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, LedgerTransfer, Tranche
from app.approvals.queries.balances import load_gate_history, load_positions
from app.approvals.queries.funding import list_given_back
from app.approvals.queries.soundness import check_ledger
from app.approvals.rules import CommitmentState, TrancheState, TransferKind
from app.approvals.rules.exposure import GateRecord
from app.approvals.services import set_limit
from app.db.session import transaction
from app.errors import InvalidError, NotAllowedError
from app.initiatives.models import Initiative, Option
from app.initiatives.rules import InitiativeState
from app.portfolio.queries import load_committed_options
from app.roadmap.models import Rescope
from app.roadmap.queries import get_gate
from app.roadmap.queries.freed import load_freed_cells
from app.roadmap.queries.rescoping import list_smaller, load_whole_options
from app.roadmap.rules import HurdleAction, HurdleState, hurdle_state, recommend
from app.roadmap.services import HurdleOutcome, decide_hurdle, rescope_hurdle
from app.values.canonical import digest
from app.values.money import Money
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import decide, measure, tranches_of

HELD, LEAN = 215_000_00, 120_000_00
"""What CX-101 holds in full, and what its lean option costs in all."""


@pytest.fixture
def tranches(session: Session, cast: Cast, now: datetime) -> list[Tranche]:
    """The three tranches of CX-101."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment = make_commitments(session, cast, now, world)["CX-101"]
    return tranches_of(session, commitment.id)


def lean(session: Session, tranche: Tranche) -> int:
    query = (
        select(Option.id)
        .join(Initiative)
        .join(Commitment, Commitment.initiative_id == Initiative.id)
        .where(Commitment.id == tranche.commitment_id, Option.key == "lean")
    )
    return session.scalars(query).one()


def rescope(
    session: Session, tranche: Tranche, cast: Cast, now: datetime, *, key: str = "7" * 32
) -> HurdleOutcome:
    with transaction(session):
        return rescope_hurdle(
            session, tranche, option_id=lean(session, tranche), reason="Lean does it",
            once_key=key, actor=cast.cfo, now=now,
        )  # fmt: skip


class TestRescope:
    def test_keeps_what_the_smaller_option_needs_and_frees_the_rest_once(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
            decide(session, tranches[0], HurdleAction.RELEASE, actor=cast.cfo, now=now)
        released = tranches[0].amount_minor
        outcome = rescope(session, tranches[1], cast, now)
        again = rescope(session, tranches[1], cast, now)
        assert outcome == again and outcome.freed_minor == HELD - LEAN
        session.expire_all()
        stored = tranches_of(session, tranches[0].commitment_id)
        assert [one.state for one in stored[1:]] == [TrancheState.PENDING] * 2
        assert sum(one.amount_minor for one in stored[1:]) == LEAN - released
        commitment = session.get_one(Commitment, tranches[0].commitment_id)
        assert commitment.option_id == lean(session, stored[0])
        acting = {option.key for option, _ in load_committed_options(session, commitment.cycle_id)
                  if option.initiative_id == commitment.initiative_id}  # fmt: skip
        assert acting == {"lean"}
        assert check_ledger(session).faults == ()
        (position,) = load_positions(session, Commitment.id == commitment.id)
        assert position.balance.freed == HELD - LEAN
        assert position.balance.committed == LEAN - released
        options = {one.id: one for one in load_whole_options(session, commitment.initiative_id)}
        needs = {
            (one.fund_id, commitment.start + one.quarter_index): one.amount_minor
            for one in options[commitment.option_id].spend
        }
        assert {cell: minor for cell, minor in position.bound.items() if minor} == needs
        (given,) = list_given_back(session, Commitment.id == commitment.id)
        assert {cell: minor for cell, minor in given.left.items() if minor} == needs
        cells = load_freed_cells(session, commitment, HELD - LEAN, today=now.date())
        assert sum(one.minor for one in cells) == HELD - LEAN
        assert {one.quarter for one in cells} == {quarter for _, quarter in given.freed}

        amendment = session.scalars(select(Rescope)).one()
        assert digest(amendment.content) == amendment.digest
        said = json.loads(amendment.content)
        assert (said["from"]["option"], said["to"]["option"]) == ("full", "lean")
        assert sum(one["holds_minor"] for one in said["hurdles"]) == LEAN - released

        with transaction(session):
            measure(session, stored[1], 22, actor=cast.manager, now=now)
            decide(session, stored[1], HurdleAction.RELEASE, actor=cast.cfo, now=now)
            decide(session, stored[2], HurdleAction.STOP, actor=cast.cfo, now=now, reason="Enough")
        assert check_ledger(session).faults == ()

    def test_is_refused_to_hands_and_limits_and_for_what_needs_no_less(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        commitment = session.get_one(Commitment, tranches[0].commitment_id)
        with pytest.raises(InvalidError) as caught:
            rescope_hurdle(
                session, tranches[0], option_id=commitment.option_id, reason="So", actor=cast.cfo,
                once_key="a" * 32, now=now,
            )  # fmt: skip
        assert caught.value.fields == {"option": "Choose another option of this initiative."}
        session.rollback()
        with pytest.raises(NotAllowedError, match="Only Finance"):
            rescope_hurdle(
                session, tranches[0], option_id=lean(session, tranches[0]), reason="So",
                actor=cast.owner, once_key="b" * 32, now=now,
            )  # fmt: skip
        session.rollback()
        with transaction(session):
            set_limit(
                session, cast.cfo, Money(LEAN - 1, "EUR"), currency="EUR", reason="Policy",
                actor=cast.admin, now=now,
            )  # fmt: skip
        with pytest.raises(NotAllowedError, match="above your approval limit"):
            rescope(session, tranches[0], cast, now)
        session.rollback()
        assert list_smaller(session, commitment, released_minor=0, held_minor=LEAN) == []

    def test_the_database_keeps_amounts_without_a_rescope_and_the_rescope_itself(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        for statement in (
            "UPDATE tranches SET amount_minor = amount_minor - 1",
            "UPDATE commitments SET option_id = option_id + 1",
        ):
            with pytest.raises(IntegrityError), transaction(session):
                session.execute(text(statement))
        rescope(session, tranches[0], cast, now)
        for statement in (
            "UPDATE tranches SET amount_minor = amount_minor - 1 WHERE position = 1",
            "UPDATE rescopes SET freed_minor = 1",
            "DELETE FROM rescopes",
        ):
            with pytest.raises(IntegrityError), transaction(session):
                session.execute(text(statement))


class TestFinish:
    def test_frees_the_rest_and_lets_what_was_delivered_act_on(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with pytest.raises(Exception, match="Nothing is measured"), transaction(session):
            decide(session, tranches[0], HurdleAction.FINISH, actor=cast.cfo, now=now, reason="So")
        with transaction(session):
            measure(session, tranches[0], 30, actor=cast.manager, now=now)
            outcome = decide(
                session, tranches[0], HurdleAction.FINISH, actor=cast.cfo, now=now,
                reason="Callers help themselves for good",
            )  # fmt: skip
        assert (outcome.freed_minor, outcome.is_completed) == (HELD, True)
        session.expire_all()
        commitment = session.get_one(Commitment, tranches[0].commitment_id)
        assert commitment.state is CommitmentState.COMPLETED
        initiative = session.get_one(Initiative, commitment.initiative_id)
        assert initiative.state is InitiativeState.APPROVED
        found = get_gate(session, tranches[0].id, today=now.date())
        assert hurdle_state(found.facts, now.date()) is HurdleState.PASSED
        assert check_ledger(session).faults == ()
        moved = session.scalars(
            select(LedgerTransfer.amount_minor).where(LedgerTransfer.kind == TransferKind.FREE)
        )
        assert sum(moved) == HELD
        history = load_gate_history(session)
        assert history.records[1] == GateRecord(1, 1) and not history.unjudged

    def test_without_the_criteria_met_is_left_out_of_the_chances(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 3, actor=cast.manager, now=now)
            decide(session, tranches[0], HurdleAction.FINISH, actor=cast.cfo, now=now, reason="So")
        history = load_gate_history(session)
        assert not history.records and history.unjudged == 1


class TestHoldUntil:
    def test_lasts_until_the_day_chosen_within_what_a_hold_may(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        today, due = now.date(), tranches[0].due_on
        last = max(today + timedelta(days=91), due)
        for until in (today, last + timedelta(days=1)):
            with pytest.raises(InvalidError) as caught, transaction(session):
                decide_hurdle(
                    session, tranches[0], action=HurdleAction.HOLD, reason="Early",
                    once_key="d" * 32, hold_until=until, actor=cast.cfo, now=now,
                )  # fmt: skip
            assert "until" in caught.value.fields
        chosen = today + timedelta(days=20)
        with transaction(session):
            decide_hurdle(
                session, tranches[0], action=HurdleAction.HOLD, reason="Early", once_key="e" * 32,
                hold_until=chosen, actor=cast.cfo, now=now,
            )  # fmt: skip
        session.expire_all()
        facts = get_gate(session, tranches[0].id, today=today).facts
        assert recommend(facts, chosen).action is HurdleAction.HOLD
        later = recommend(facts, chosen + timedelta(days=1))
        assert later.action is HurdleAction.STOP and f"{chosen:%-d %b %Y}" in later.text

"""Signatures, limits and settlements at the same moment; only PostgreSQL lets two writers in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import (
    ApprovalLimit,
    ApprovalSignature,
    Commitment,
    ConditionSettlement,
    Decision,
    DecisionCondition,
)
from app.approvals.queries import get_condition, get_proposal
from app.approvals.rules.limits import ConditionDraft
from app.approvals.services import Verdict, approve_proposal, settle_condition
from app.db.session import transaction
from app.errors import AppError, ConflictError
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world, verdict_on
from tests.factories.limits import limit
from tests.support.databases import PostgresDatabases
from tests.support.races import at_once, roomy_engine

THREADS = 12
Act = Callable[[Session], Any]


@pytest.fixture
def database(postgres_databases: PostgresDatabases) -> PostgresDatabases:
    postgres_databases.reset()
    return postgres_databases


@pytest.fixture
def engine(database: PostgresDatabases) -> Iterator[Engine]:
    engine = roomy_engine(database.url, THREADS)
    yield engine
    engine.dispose()


@pytest.fixture
def proposal_id(session: Session, cast: Cast, now: datetime) -> int:
    """It asks for 680,000 euros."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_proposal(session, cast, now, world).id


def approval(proposal_id: int, person_id: int, now: datetime, key: str) -> Act:
    def act(session: Session) -> int | None:
        proposal, actor = get_proposal(session, proposal_id), session.get_one(Person, person_id)
        verdict = verdict_on(proposal, key=key)
        return approve_proposal(session, proposal, verdict, actor=actor, now=now)

    return act


class TestTwoSigners:
    def test_at_once_are_one_first_signature_and_one_decision(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, proposal_id: int
    ) -> None:
        limit(session, cast, now)
        people = [cast.cfo.id, cast.cfo2.id] * (THREADS // 2)
        answers = at_once(
            engine, [approval(proposal_id, who, now, f"{n:0>32}") for n, who in enumerate(people)]
        )
        assert answers.count(None) == 1
        assert [type(one) for one in answers].count(int) == 1
        assert [type(one) for one in answers].count(ConflictError) == THREADS - 2
        decision = session.scalars(select(Decision)).one()
        first = session.scalars(select(ApprovalSignature)).one()
        assert decision.first_signature_id == first.id
        assert {decision.decided_by_id, first.person_id} == {cast.cfo.id, cast.cfo2.id}
        assert session.scalar(select(func.count(Commitment.id))) == 3

    def test_of_one_person_never_make_two(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, proposal_id: int
    ) -> None:
        limit(session, cast, now)
        acts = [approval(proposal_id, cast.cfo.id, now, f"{n:0>32}") for n in range(THREADS)]
        answers = at_once(engine, acts)
        assert answers.count(None) == 1
        assert [type(one) for one in answers].count(ConflictError) == THREADS - 1
        assert session.scalar(select(func.count(Decision.id))) == 0


class TestALimitSetMeanwhile:
    def test_counts_for_an_approval_that_has_read_the_one_before(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, proposal_id: int
    ) -> None:
        with Session(engine) as setter, ThreadPoolExecutor(1) as pool:
            setter.execute(
                insert(ApprovalLimit).values(
                    person_id=cast.cfo.id, currency="EUR", amount_minor=1, reason="Policy",
                    set_by_id=cast.admin.id, set_at=now,
                )
            )  # fmt: skip
            act = approval(proposal_id, cast.cfo.id, now, "3" * 32)
            answer = pool.submit(_refusal_or_answer, engine, act)
            _wait_for_the_lock(engine, answer)
            setter.commit()
        assert isinstance(answer.result(), ConflictError)
        assert session.scalar(select(func.count(Decision.id))) == 0


def _refusal_or_answer(engine: Engine, act: Act) -> Any:
    return at_once(engine, [act])[0]


def _wait_for_the_lock(engine: Engine, answer: Future[Any]) -> None:
    """Until the other transaction waits for this one, or has ended without."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with engine.connect() as connection:
        while not answer.done() and not connection.scalar(waiting):
            connection.rollback()
            sleep(0.02)


class TestTwoSettlements:
    def test_keep_one(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, proposal_id: int
    ) -> None:
        with transaction(session):
            proposal = get_proposal(session, proposal_id)
            asked = (ConditionDraft("Vendor signed"),)
            verdict = Verdict(proposal.digest, "", "1" * 32, frozenset(), asked)
            approve_proposal(session, proposal, verdict, actor=cast.cfo, now=now)
        condition_id = session.scalars(select(DecisionCondition.id)).one()

        def settlement(person_id: int, key: str) -> Act:
            def act(session: Session) -> str:
                settle_condition(
                    session, get_condition(session, proposal_id, condition_id), note="Seen",
                    once_key=key, actor=session.get_one(Person, person_id), now=now,
                )  # fmt: skip
                return "settled"

            return act

        people = [cast.cfo.id, cast.cfo2.id] * (THREADS // 2)
        acts = [settlement(who, f"{n:0>32}") for n, who in enumerate(people)]
        answers = at_once(engine, acts)
        assert answers.count("settled") == 1
        assert sum(isinstance(one, AppError) for one in answers) == THREADS - 1
        assert session.scalar(select(func.count(ConditionSettlement.condition_id))) == 1

"""What happens when several people act at the same moment, on a database that lets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Decision, LedgerTransfer, Tranche
from app.approvals.queries import get_proposal, load_balances
from app.approvals.rules import TransferKind
from app.approvals.services import approve_proposal
from app.approvals.services.spending import book_spend, reverse_spend
from app.calendar.queries import get_cycle
from app.calendar.services import set_budgets
from app.db.session import transaction
from app.errors import AppError, ConflictError
from app.roadmap.rules import HurdleAction
from app.values.money import Money
from tests.factories.accounts import Cast
from tests.factories.approvals import (
    World,
    make_commitments,
    make_proposal,
    make_world,
    verdict_on,
)
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of, payment, spend
from tests.support.databases import PostgresDatabases
from tests.support.races import at_once, roomy_engine

THREADS = 12


@pytest.fixture
def database(postgres_databases: PostgresDatabases) -> PostgresDatabases:
    """SQLite lets one writer in at a time, so only PostgreSQL shows races."""
    postgres_databases.reset()
    return postgres_databases


@pytest.fixture
def engine(database: PostgresDatabases) -> Iterator[Engine]:
    engine = roomy_engine(database.url, THREADS)
    yield engine
    engine.dispose()


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    with transaction(session):
        return make_world(session, cast, now)


def approval(proposal_id: int, person_id: int, now: datetime, key: str) -> Callable[[Session], int]:
    def act(session: Session) -> int:
        proposal = get_proposal(session, proposal_id)
        actor = session.get_one(Person, person_id)
        return approve_proposal(
            session, proposal, verdict_on(proposal, key=key), actor=actor, now=now
        )

    return act


class TestTwoApprovals:
    def test_of_two_cfos_are_one_decision(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            proposal_id = make_proposal(session, cast, now, world).id
        people = [cast.cfo.id, cast.cfo2.id] * (THREADS // 2)
        answers = at_once(
            engine,
            [approval(proposal_id, who, now, f"{n:0>32}") for n, who in enumerate(people)],
        )
        assert [type(one) for one in answers].count(int) == 1
        assert [type(one) for one in answers].count(ConflictError) == THREADS - 1
        assert session.scalar(select(func.count(Decision.id))) == 1
        assert session.scalar(select(func.count(Commitment.id))) == 3

    def test_with_the_same_key_are_one_row_and_equal_answers(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            proposal_id = make_proposal(session, cast, now, world).id
        answers = at_once(engine, [approval(proposal_id, cast.cfo.id, now, "7" * 32)] * THREADS)
        assert len(set(answers)) == 1 and isinstance(answers[0], int)
        assert session.scalar(select(func.count(Decision.id))) == 1

    def test_and_a_lowered_budget_never_both_succeed(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            proposal_id = make_proposal(session, cast, now, world).id
        version, cycle_id = get_cycle(session, world.cycle_id).version, world.cycle_id
        lowerer = cast.cfo2.id

        def lower(session: Session) -> str:
            cycle = get_cycle(session, cycle_id)
            budgets = {("capex", quarter): Money(1_00, "EUR") for quarter in cycle.quarters}
            set_budgets(
                session, cycle, budgets, {}, expected_version=version, is_confirmed=True,
                actor=session.get_one(Person, lowerer), now=now,
            )  # fmt: skip
            return "lowered"

        answers = at_once(engine, [approval(proposal_id, cast.cfo.id, now, "8" * 32), lower])
        assert sum(isinstance(one, AppError) for one in answers) == 1, answers
        found = load_balances(session, world.cycle_id)
        assert all(fund.left_minor >= 0 for fund in found.funds)


class TestTwoDecisionsOnAHurdle:
    def test_release_its_money_once(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            commitments = make_commitments(session, cast, now, world)
        first = [tranches_of(session, one.id)[0] for one in commitments.values()]
        with transaction(session):
            for tranche in first:
                measure(session, session.get_one(Tranche, tranche.id), 17, actor=cast.manager,
                        now=now)  # fmt: skip

        def act(tranche_id: int, person_id: int, key: str) -> Callable[[Session], Any]:
            def release(session: Session) -> Any:
                return decide(
                    session, session.get_one(Tranche, tranche_id), HurdleAction.RELEASE,
                    actor=session.get_one(Person, person_id), now=now, key=key,
                )  # fmt: skip

            return release

        amounts = sum(tranche.amount_minor for tranche in first)
        ids = [tranche.id for tranche in first]
        people = [cast.cfo.id, cast.cfo2.id] * (THREADS // 2)
        acts = [act(ids[n % len(ids)], person, f"{n:0>32}") for n, person in enumerate(people)]
        answers = at_once(engine, acts)
        assert sum(not isinstance(one, AppError) for one in answers) == len(first)
        released = session.scalar(
            select(func.sum(LedgerTransfer.amount_minor)).where(
                LedgerTransfer.kind == TransferKind.RELEASE
            )
        )
        assert released == amounts
        assert load_balances(session, world.cycle_id).total.is_sound

    def test_of_release_and_stop_keep_one(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            commitment = make_commitments(session, cast, now, world)["CX-101"]
        tranche_id = tranches_of(session, commitment.id)[0].id
        with transaction(session):
            measure(session, session.get_one(Tranche, tranche_id), 17, actor=cast.manager, now=now)

        def act(action: HurdleAction, person_id: int) -> Callable[[Session], Any]:
            def one(session: Session) -> Any:
                return decide(
                    session, session.get_one(Tranche, tranche_id), action, reason="Because",
                    actor=session.get_one(Person, person_id), now=now,
                )  # fmt: skip

            return one

        answers = at_once(
            engine, [act(HurdleAction.RELEASE, cast.cfo.id), act(HurdleAction.STOP, cast.cfo2.id)]
        )
        assert sum(isinstance(one, ConflictError) for one in answers) == 1
        assert load_balances(session, world.cycle_id).total.is_sound


class TestManyPayments:
    @pytest.fixture
    def released(self, session: Session, cast: Cast, now: datetime, world: World) -> int:
        """The id of a commitment whose first hurdle released its money."""
        with transaction(session):
            commitment = make_commitments(session, cast, now, world)["CX-101"]
        first = tranches_of(session, commitment.id)[0]
        with transaction(session):
            measure(session, first, 17, actor=cast.manager, now=now)
            decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now)
        return commitment.id

    def test_at_once_never_spend_more_than_is_released(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, released: int
    ) -> None:
        account = account_of(session, released)
        part = account.left_minor // (THREADS // 2)
        people = [cast.cfo.id, cast.cfo2.id]

        def act(number: int) -> Callable[[Session], int]:
            actual = payment(account, part, now, reference=f"R-{number}")
            person_id = people[number % 2]

            def book(session: Session) -> int:
                return book_spend(
                    session, actual, request_key=f"{number:c>32}",
                    actor=session.get_one(Person, person_id), now=now,
                )  # fmt: skip

            return book

        answers = at_once(engine, [act(number) for number in range(THREADS)])
        assert sum(isinstance(one, int) for one in answers) == THREADS // 2, answers
        left = account_of(session, released).left_minor
        assert left == account.left_minor - part * (THREADS // 2) >= 0

    def test_are_taken_back_once(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, released: int
    ) -> None:
        with transaction(session):
            transfer_id = spend(session, released, 10_00, actor=cast.cfo, now=now)
        before = account_of(session, released).left_minor

        def act(number: int) -> Callable[[Session], int]:
            def back(session: Session) -> int:
                return reverse_spend(
                    session, transfer_id, reason="Wrong", request_key=f"{number:d>32}",
                    actor=session.get_one(Person, cast.cfo.id), now=now,
                )  # fmt: skip

            return back

        answers = at_once(engine, [act(number) for number in range(THREADS)])
        assert sum(isinstance(one, int) for one in answers) == 1, answers
        assert account_of(session, released).left_minor == before + 10_00

"""Two people at one criterion at the same moment: one wins, the other reads why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.db.session import transaction
from app.errors import ConflictError
from app.roadmap.models import Amendment, HurdleDecision
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.amending import AmendmentState
from app.roadmap.services import decide_hurdle, withdraw_amendment
from tests.factories.accounts import Cast
from tests.factories.amendments import answer, ask
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import measure, tranches_of
from tests.support.databases import Databases
from tests.support.races import at_once, roomy_engine

THREADS = 8
Act = Callable[[Session], str]


@pytest.fixture
def engine(database: Databases) -> Iterator[Engine]:
    engine = roomy_engine(database.url, THREADS)
    yield engine
    engine.dispose()


@pytest.fixture
def tranche_id(session: Session, cast: Cast, now: datetime) -> int:
    """The first hurdle of CX-101, measured and missed as approved."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment = make_commitments(session, cast, now, world)["CX-101"]
    first = tranches_of(session, commitment.id)[0]
    with transaction(session):
        measure(session, first, 13, actor=cast.manager, now=now)
    return first.id


@pytest.fixture
def waiting(session: Session, cast: Cast, now: datetime, tranche_id: int) -> int:
    with transaction(session):
        first = session.get_one(Tranche, tranche_id)
        return ask(session, first, 12, actor=cast.owner, now=now)


def act_of(person: Person, tranche_id: int, do: Callable[..., Any], word: str) -> Act:
    person_id = person.id

    def act(session: Session) -> str:
        do(session, session.get_one(Tranche, tranche_id), session.get_one(Person, person_id))
        return word

    return act


def asking(person: Person, tranche_id: int, now: datetime) -> Act:
    return act_of(
        person, tranche_id, lambda s, t, actor: ask(s, t, 12, actor=actor, now=now), "asked"
    )


def answering(
    person: Person, tranche_id: int, id_: int, now: datetime, *, agrees: bool = True
) -> Act:
    return act_of(
        person, tranche_id,
        lambda s, t, actor: answer(s, t, id_, agrees=agrees, actor=actor, now=now),
        "agreed" if agrees else "declined",
    )  # fmt: skip


def withdrawing(person: Person, tranche_id: int, id_: int, now: datetime, key: str) -> Act:
    return act_of(
        person, tranche_id,
        lambda s, t, actor: withdraw_amendment(s, t, id_, once_key=key, actor=actor, now=now),
        "withdrawn",
    )  # fmt: skip


def stopping(person: Person, tranche_id: int, now: datetime, key: str) -> Act:
    """A stop by somebody who looked before any amendment was agreed."""
    return act_of(
        person, tranche_id,
        lambda s, t, actor: decide_hurdle(
            s, t, action=HurdleAction.STOP, reason="It does not work", once_key=key, amendment=0,
            actor=actor, now=now,
        ),
        "stopped",
    )  # fmt: skip


def together(session: Session, engine: Engine, acts: list[Act]) -> list[Any]:
    """Let them act, and let the test look at what is there afterwards."""
    answers = at_once(engine, acts)
    session.rollback()
    return answers


def refusals(answers: list[Any]) -> list[str]:
    return [str(one) for one in answers if isinstance(one, ConflictError)]


class TestTwoAsking:
    def test_leave_one_that_waits(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, tranche_id: int
    ) -> None:
        people = [cast.owner, cast.manager] * (THREADS // 2)
        answers = together(session, engine, [asking(who, tranche_id, now) for who in people])
        assert answers.count("asked") == 1
        assert len(refusals(answers)) == THREADS - 1
        assert all("waits already" in one for one in refusals(answers))
        assert session.scalar(select(func.count(Amendment.id))) == 1


class TestAgreeing:
    def test_beside_a_withdrawal_ends_it_once(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, tranche_id: int,
        waiting: int,
    ) -> None:  # fmt: skip
        acts = [
            answering(cast.cfo, tranche_id, waiting, now),
            withdrawing(cast.owner, tranche_id, waiting, now, "c" * 32),
            answering(cast.cfo2, tranche_id, waiting, now, agrees=False),
            withdrawing(cast.owner, tranche_id, waiting, now, "d" * 32),
        ]
        answers = together(session, engine, acts)
        (won,) = [one for one in answers if isinstance(one, str)]
        assert refusals(answers) == [f"This amendment is {won} already."] * 3
        assert session.get_one(Amendment, waiting).state is AmendmentState(won)

    def test_beside_a_decision_one_wins(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, tranche_id: int,
        waiting: int,
    ) -> None:  # fmt: skip
        acts = [
            answering(cast.cfo, tranche_id, waiting, now),
            stopping(cast.cfo2, tranche_id, now, "e" * 32),
        ]
        answers = together(session, engine, acts)
        (won,) = [one for one in answers if isinstance(one, str)]
        (said,) = refusals(answers)
        found = session.get_one(Amendment, waiting)
        decided = session.scalars(select(HurdleDecision)).all()
        if won == "agreed":
            assert found.state is AmendmentState.AGREED and not decided
            assert said.startswith("A criterion was amended while you were deciding.")
        else:
            assert found.state is AmendmentState.CLOSED and len(decided) == 1
            assert said == "This amendment is closed: its hurdle was decided first."


class TestAsking:
    def test_beside_a_decision_leaves_nothing_waiting(
        self, session: Session, engine: Engine, cast: Cast, now: datetime, tranche_id: int
    ) -> None:
        acts = [
            asking(cast.owner, tranche_id, now), stopping(cast.cfo2, tranche_id, now, "f" * 32)
        ]  # fmt: skip
        answers = together(session, engine, acts)
        assert "stopped" in answers
        states = session.scalars(select(Amendment.state)).all()
        assert states == ([AmendmentState.CLOSED] if "asked" in answers else [])
        assert len(refusals(answers)) == (0 if states else 1)

"""The money against a model of a hundred lines: the same verdicts, the same balances.

Hypothesis draws what people do, also the wrong people; what it finds it makes as short as it can.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Proposal, Tranche
from app.approvals.queries import get_proposal, load_balances
from app.approvals.services import (
    approve_proposal,
    return_proposal,
    submit_proposal,
    withdraw_proposal,
)
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.errors import AppError
from app.portfolio.queries import get_run
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast, make_cast
from tests.factories.approvals import make_world, verdict_on
from tests.factories.roadmap import decide, measure, move_due_date
from tests.integration.roadmap.test_money_story import check_money
from tests.support.databases import SqliteDatabases
from tests.support.money_model import OPEN, MoneyModel

NOW = datetime.fromisoformat("2027-02-15T09:00:00+00:00")
SECOND_QUARTER = datetime.fromisoformat("2027-04-01T00:00:00+00:00")
EXAMPLES, STEPS = 4, 30
WHO = st.sampled_from(["cfo", "cfo2", "lead", "manager", "owner", "viewer", "admin", "stranger"])
OFTEN = st.sampled_from(["cfo", "cfo", "cfo2", "manager", "lead", "admin"])
KEY = st.sampled_from(["CX-101", "CX-102", "CX-103"])
PLACE = st.integers(0, 2)
DECISIONS = {
    "release": HurdleAction.RELEASE, "hold": HurdleAction.HOLD, "stop": HurdleAction.STOP,
}  # fmt: skip
has_money = precondition(lambda self: self.model.round == "approved")
is_open = precondition(lambda self: self.model.round != "approved")


class Money(RuleBasedStateMachine):
    """Every act goes to the services and to the model; both have to say the same."""

    start: Path
    run_id: int
    cycle_id: int

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="waymark-machine-")
        file = shutil.copyfile(self.start, Path(self.folder.name) / "money.db")
        self.engine = create_engine(**engine_options(f"sqlite:///{file}"))
        self.session = Session(self.engine, expire_on_commit=False)
        self.model = MoneyModel()
        self.now, self.count = NOW, 0

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()
        self.folder.cleanup()

    def person(self, who: str) -> Person:
        first = {"cfo": "Carla", "cfo2": "Cem", "lead": "Lena", "manager": "Mina", "owner": "Omar",
                 "viewer": "Vera", "admin": "Adam", "stranger": "Stan"}  # fmt: skip
        return self.session.scalars(select(Person).where(Person.name.startswith(first[who]))).one()

    def accepted(self, act: Callable[[], object]) -> bool:
        self.count += 1
        try:
            with transaction(self.session):
                act()
        except AppError:
            return False
        return True

    def proposal(self) -> Proposal:
        last = self.session.scalars(select(Proposal.id).order_by(Proposal.id.desc())).first()
        return get_proposal(self.session, last or 1)

    def tranches(self, key: str) -> list[Tranche]:
        query = select(Tranche).join(Commitment).order_by(Tranche.position)
        return list(self.session.scalars(query.where(Commitment.initiative.has(key=key))))

    @is_open
    @rule(who=OFTEN)
    def submit(self, who: str) -> None:
        def act() -> None:
            run = get_run(self.session, self.run_id)
            submit_proposal(self.session, run, note="", actor=self.person(who), now=self.now)

        assert self.accepted(act) is self.model.submit(who)

    @is_open
    @rule(who=OFTEN, how=st.sampled_from(["approve", "approve", "send_back", "withdraw"]))
    def answer(self, who: str, how: str) -> None:
        by: dict[str, Any] = {"now": self.now}

        def act() -> None:
            one, by["actor"] = self.proposal(), self.person(who)
            if how == "withdraw":
                withdraw_proposal(self.session, one, reason="Typo", **by)
                return
            verdict = verdict_on(one, key=f"{self.count:0>32}", reason="So be it")
            (approve_proposal if how == "approve" else return_proposal)(
                self.session, one, verdict, **by
            )

        assert self.accepted(act) is getattr(self.model, how)(who)
        if self.model.round == "approved":
            keys = ("CX-101", "CX-102", "CX-103")
            found = {key: [one.amount_minor for one in self.tranches(key)] for key in keys}
            self.model.commit(found)

    @has_money
    @rule(who=OFTEN, key=KEY, place=PLACE, value=st.sampled_from([1, 30]))
    def measure(self, who: str, key: str, place: int, value: int) -> None:
        def act() -> None:
            one = self.tranches(key)[place]
            measure(self.session, one, value, actor=self.person(who), now=self.now)

        assert self.accepted(act) is self.model.measure(who, key, place)

    @has_money
    @rule(who=OFTEN, key=KEY, place=PLACE, how=st.sampled_from(sorted(DECISIONS)))
    def decide(self, who: str, key: str, place: int, how: str) -> None:
        once = f"{self.count + 1:0>32}"  # Of this act, not of the one before it.

        def act() -> None:
            one = self.tranches(key)[place]
            decide(
                self.session, one, DECISIONS[how], actor=self.person(who), now=self.now,
                reason="So be it", key=once,
            )  # fmt: skip

        accepted = getattr(self.model, how)(who, key, place)
        assert self.accepted(act) is accepted
        assert not accepted or self.accepted(act), "The same request again gives the same answer."

    @has_money
    @rule(who=WHO, key=KEY, place=PLACE, days=st.integers(-30, 60))
    def move(self, who: str, key: str, place: int, days: int) -> None:
        def act() -> None:
            one = self.tranches(key)[place]
            to_on = one.due_on + timedelta(days=days)
            move_due_date(
                self.session, one, to_on=to_on, reason="Late", actor=self.person(who), now=self.now
            )

        assert self.accepted(act) <= self.model.may_move(who, key, place)

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.model.is_late = self.now >= SECOND_QUARTER

    @invariant()
    def same_money(self) -> None:
        found = load_balances(self.session, self.cycle_id).total
        assert (found.committed, found.released, found.freed) == self.model.balances()
        check_money(self.session, self.cycle_id)
        self.session.rollback()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> type[Money]:
    """The machine, beginning with a plan that is ready to be submitted."""
    folder = tmp_path_factory.mktemp("machine")
    return prepared(SqliteDatabases(folder), folder)


def prepared(databases: SqliteDatabases, folder: Path) -> type[Money]:
    start = databases.copy_to(folder / "start.db")
    engine = create_engine(**engine_options(f"sqlite:///{start}"))
    with Session(engine, expire_on_commit=False) as session, transaction(session):
        cast: Cast = make_cast(session)
        world = make_world(session, cast, NOW)
        here = {"start": start, "run_id": world.run_id, "cycle_id": world.cycle_id}
    engine.dispose()
    return type("Money", (Money,), here)


def chosen(examples: int, *phases: Phase) -> settings:
    return settings(
        max_examples=examples, stateful_step_count=STEPS, deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck), phases=phases or tuple(Phase),
    )  # fmt: skip


careless = ("_may_decide", lambda model, _who, key, at: model.commitments[key][at].state in OPEN)


class TestMachine:
    def test_says_and_does_what_the_model_does(self, machine: type[Money]) -> None:
        run_machine(machine, settings=chosen(EXAMPLES))

    def test_finds_a_guard_that_one_side_lacks(self, machine: type[Money]) -> None:
        """The control: by the model anybody decides."""
        with patch.object(MoneyModel, *careless), pytest.raises(AssertionError):
            run_machine(machine, settings=chosen(60, Phase.generate))

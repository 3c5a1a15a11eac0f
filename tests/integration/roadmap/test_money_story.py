"""Random stories of evidence, decisions and dates: the money always adds up."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.models import CommitmentSpend, LedgerTransfer, Tranche
from app.approvals.presenters.balances import (
    Grouping,
    balance_table,
    cycle_table,
    initiative_table,
)
from app.approvals.queries import load_balances, load_committed
from app.approvals.queries.balances import load_positions
from app.approvals.queries.funding import load_bound_funds
from app.approvals.queries.standings import list_cycle_standings, load_initiative_standings
from app.approvals.rules import CommitmentState, LedgerAccount, TrancheState, TransferKind
from app.approvals.rules.cells import standings, summed
from app.approvals.services.spending import reverse_spend
from app.db.session import transaction
from app.errors import AppError
from app.roadmap.queries import GateFilter, get_gate, list_gates
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import decide, measure, move_due_date
from tests.factories.spending import account_of
from tests.factories.spending import spend as pay

STEPS = 40


def check_money(session: Session, cycle_id: int) -> None:
    """Σ ledger is zero, released ≤ committed ≤ approved, tranches and budgets agree with it."""
    accounts = dict.fromkeys(LedgerAccount, 0)
    for debit, credit, minor in session.execute(
        select(
            LedgerTransfer.debit, LedgerTransfer.credit, func.sum(LedgerTransfer.amount_minor)
        ).group_by(LedgerTransfer.debit, LedgerTransfer.credit)
    ):
        accounts[debit] -= minor
        accounts[credit] += minor
    assert sum(accounts.values()) == 0
    found = load_balances(session, cycle_id)
    assert found.total.is_sound
    assert all(one.balance.is_sound for one in found.commitments)
    tranches = session.scalars(select(Tranche).execution_options(populate_existing=True)).all()
    by_state = dict.fromkeys(TrancheState, 0)
    for tranche in tranches:
        by_state[tranche.state] += tranche.amount_minor
    assert found.total.released == by_state[TrancheState.RELEASED]
    assert found.total.freed == by_state[TrancheState.FREED]
    open_money = by_state[TrancheState.PENDING] + by_state[TrancheState.HELD]
    assert found.total.committed == open_money
    spend = session.scalar(select(func.sum(CommitmentSpend.amount_minor)))
    bound = sum(load_committed(session, cycle_id).values())
    assert bound == (spend or 0) - found.total.freed == found.total.bound
    check_cells(session, cycle_id)
    check_groups(session, cycle_id)


def check_groups(session: Session, cycle_id: int) -> None:
    """What the database adds up by cycle, initiative and fund is what the commitments say."""
    positions = load_positions(session)
    cycles = cycle_table(list_cycle_standings(session, "EUR"))
    assert cycles == balance_table(positions, Grouping.CYCLE, {})
    for most in (1, 2, 3, 25):
        few = initiative_table(load_initiative_standings(session, cycle_id, most=most))
        assert few == balance_table(positions, Grouping.INITIATIVE, {}).first(most)
    assert list_cycle_standings(session, "USD") == []
    of_none = initiative_table(load_initiative_standings(session, cycle_id + 1, most=25))
    assert of_none == balance_table((), Grouping.INITIATIVE, {})
    bound: dict[int, int] = {}
    for (fund, _), minor in load_committed(session, cycle_id).items():
        bound[fund] = bound.get(fund, 0) + minor
    found = load_bound_funds(session, cycle_id)
    assert {fund: minor for fund, minor in found.items() if minor} == bound


def check_cells(session: Session, cycle_id: int) -> None:
    """Fund by fund and quarter by quarter the states add up to what commitments bind there."""
    cells = [standings(one) for one in load_positions(session)]
    bound = summed(
        {at: one.released + one.reserved + one.on_hold for at, one in found.items()}
        for found in cells
    )
    assert {at: minor for at, minor in bound.items() if minor} == load_committed(session, cycle_id)
    spent = sum(one.spent for found in cells for one in found.values())
    assert spent == load_balances(session, cycle_id).total.spent


class TestMoney:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_adds_up_after_whatever_people_do(
        self, session: Session, cast: Cast, now: datetime, seed: int
    ) -> None:
        dice = Random(seed)
        with transaction(session):
            world = make_world(session, cast, now, shares=("0.333333", "0", "0.666667"))
        with transaction(session):
            make_commitments(session, cast, now, world)
        people = [cast.cfo, cast.cfo2, cast.manager, cast.lead, cast.owner]
        ids = list(session.scalars(select(Tranche.id)))
        done = 0
        for step in range(STEPS):
            now += timedelta(days=dice.randrange(0, 12))
            tranche_id = dice.choice(ids)
            try:
                with transaction(session):
                    self.act(session, dice, tranche_id, dice.choice(people), cast, now, step)
                done += 1
            except AppError:
                pass
            check_money(session, world.cycle_id)
        assert done > 5
        for line in list_gates(session, GateFilter(), today=now.date()):
            gate = get_gate(session, line.tranche_id, today=now.date())
            assert gate.state is line.state
            if gate.commitment.state is CommitmentState.STOPPED:
                assert gate.balance.committed == 0

    def act(
        self, session: Session, dice: Random, tranche_id: int, person: object, cast: Cast,
        now: datetime, step: int,
    ) -> None:  # fmt: skip
        tranche = session.get_one(Tranche, tranche_id)
        kind = dice.randrange(8)
        if kind < 2:
            measure(session, tranche, dice.choice([1, 30]), actor=cast.manager, now=now)
        elif kind == 2:
            to_on = tranche.due_on + timedelta(days=dice.randrange(-20, 60))
            move_due_date(session, tranche, to_on=to_on, reason="Late", actor=cast.manager, now=now)
        elif kind == 3:
            left = account_of(session, tranche.commitment_id).left_minor
            pay(
                session, tranche.commitment_id, left * dice.choice([1, 3, 5]) // 4 or 1,
                actor=dice.choice([cast.cfo, cast.cfo2]), now=now, key=f"{step:a>32}",
                reference=f"R-{step}",
            )  # fmt: skip
        elif kind == 4:
            self.take_back(session, dice, cast, now, step)
        else:
            action = dice.choice([HurdleAction.RELEASE, HurdleAction.HOLD, HurdleAction.STOP])
            if action is HurdleAction.STOP and dice.random() < 0.6:
                action = HurdleAction.RELEASE
            decide(
                session, tranche, action, reason="So be it", actor=person, now=now,  # type: ignore[arg-type]
                key=f"{step:0>32}",
            )  # fmt: skip

    def take_back(
        self, session: Session, dice: Random, cast: Cast, now: datetime, step: int
    ) -> None:
        ids = session.scalars(
            select(LedgerTransfer.id).where(LedgerTransfer.kind == TransferKind.SPEND)
        ).all()
        if ids:
            reverse_spend(
                session, dice.choice(ids), reason="Wrong", request_key=f"{step:b>32}",
                actor=cast.cfo, now=now,
            )  # fmt: skip

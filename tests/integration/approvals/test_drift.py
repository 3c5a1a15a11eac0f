"""Everything a decision rests on is compared with today, and only what moved is told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.approvals.models import ProposalItem
from app.approvals.queries import get_proposal
from app.approvals.queries.drift import load_drift
from app.approvals.rules.drift import Moved, Part
from app.approvals.services import approve_proposal
from app.calendar.models import Cycle, CycleFund, FundBudget
from app.db.session import transaction
from app.errors import StaleError
from app.initiatives.models import Effect, Initiative, OptionDemand, OptionSpend
from app.journeys.models import LeverPool
from app.journeys.rules import PoolState
from app.portfolio.queries import get_scenario
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import PinDraft, place_pin
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_proposal, make_world, verdict_on


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    with transaction(session):
        return make_world(session, cast, now)


@pytest.fixture
def proposal_id(session: Session, cast: Cast, now: datetime, world: World) -> int:
    with transaction(session):
        return make_proposal(session, cast, now, world).id


def moved(session: Session, proposal_id: int) -> tuple[Moved, ...]:
    session.expire_all()
    return load_drift(session, proposal_id).drift.moved


def items(session: Session, proposal_id: int) -> dict[str, int]:
    """Option ids of a proposal by the initiative's key."""
    query = select(Initiative.key, ProposalItem.option_id).join(ProposalItem.initiative)
    rows = session.execute(query.where(ProposalItem.proposal_id == proposal_id))
    return {row.key: row.option_id for row in rows}


class TestLoadDrift:
    def test_tells_nothing_while_nothing_moved_whether_it_waits_or_is_decided(
        self, session: Session, cast: Cast, now: datetime, proposal_id: int
    ) -> None:
        assert moved(session, proposal_id) == ()
        with transaction(session):
            proposal = get_proposal(session, proposal_id)
            left_out = proposal.items[0]
            verdict = verdict_on(proposal, reason="Not this year", struck=[left_out.id])
            approve_proposal(session, proposal, verdict, actor=cast.cfo, now=now)
        session.expire_all()
        found = load_drift(session, proposal_id).drift
        granted = get_proposal(session, proposal_id)
        assert found.moved == () and found.value_now == found.value_then
        assert 0 < found.value_then < sum(one.value_allocated_minor for one in granted.items)

    def test_names_every_input_that_moved_with_both_figures(
        self, session: Session, cast: Cast, now: datetime, world: World, proposal_id: int
    ) -> None:
        key, option_id = next(iter(items(session, proposal_id).items()))
        first = world.portfolio.cycle.first_quarter
        with transaction(session):
            for table, column, more in (
                (OptionSpend, OptionSpend.amount_minor, 1_00),
                (OptionDemand, OptionDemand.days, 5),
            ):
                session.execute(
                    update(table)
                    .where(table.option_id == option_id, table.quarter_index == 0)
                    .values({column: column + more})
                )
            fund = session.scalars(
                select(CycleFund).where(CycleFund.fund_id == world.portfolio.capex.id)
            ).one()
            session.execute(
                update(FundBudget)
                .where(FundBudget.cycle_fund_id == fund.id, FundBudget.quarter == first)
                .values(amount_minor=1_000_00)
            )
            session.execute(update(Cycle).values(hurdle_rate=Decimal("0.31")))
            scenario = get_scenario(session, world.scenario.id)
            draft = PinDraft(key, PinKind.FUND, None, None, "The board wants it")
            place_pin(
                session, scenario, draft, expected_version=scenario.version, actor=cast.lead,
                now=now,
            )  # fmt: skip
        found = {(one.part, one.subject): one for one in moved(session, proposal_id)}
        spend = found[Part.SPEND, key]
        assert isinstance(spend.then, int) and spend.now == spend.then + 1_00
        days = found[Part.DEMAND, key]
        assert isinstance(days.then, Decimal) and days.now == days.then + 5
        budget = found[Part.BUDGET, "capex"]
        assert (budget.then, budget.now) == (300_000_00, 1_000_00)
        assert found[Part.RATE, ""].now == "31%"
        assert found[Part.RULE, f"pin:{key}"].then is None
        assert Part.VALUE not in {one.part for one in found.values()}

    def test_counts_the_same_choices_by_todays_pools_and_effects(
        self, session: Session, world: World, proposal_id: int
    ) -> None:
        before = load_drift(session, proposal_id).drift
        with transaction(session):
            session.execute(
                update(LeverPool).values(annual_value_minor=LeverPool.annual_value_minor * 2)
            )
        doubled = {(one.part, one.subject): one for one in moved(session, proposal_id)}
        assert doubled[Part.POOL, "claims/serve"].now == 2 * 12_400_000_00
        after = load_drift(session, proposal_id).drift
        count = len(items(session, proposal_id))
        assert abs(after.value_now - 2 * before.value_then) <= 8 * count
        with transaction(session):
            session.execute(update(LeverPool).values(state=PoolState.CLAIMED))
        nothing = load_drift(session, proposal_id).drift
        assert nothing.value_now == 0
        assert {one.now for one in nothing.moved if one.part is Part.POOL} == {None}

    def test_shows_a_weaker_effect_as_a_lower_value_of_that_item(
        self, session: Session, proposal_id: int
    ) -> None:
        key, option_id = next(iter(items(session, proposal_id).items()))
        with transaction(session):
            session.execute(
                update(Effect).where(Effect.option_id == option_id).values(removal_share="0.01")
            )
        values = {one.subject: one for one in moved(session, proposal_id) if one.part is Part.VALUE}
        then, now = values[key].then, values[key].now
        assert isinstance(then, int) and isinstance(now, int) and now < then

    def test_compares_nothing_with_bytes_that_are_not_what_was_submitted(
        self, session: Session, proposal_id: int
    ) -> None:
        get_proposal(session, proposal_id).digest = "0" * 64
        with pytest.raises(StaleError), session.no_autoflush:
            load_drift(session, proposal_id)

"""Deciding a proposal: what an approval writes, and whom it refuses."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import (
    Commitment,
    CommitmentSpend,
    Decision,
    LedgerTransfer,
    Proposal,
    ProposalItem,
    Tranche,
)
from app.approvals.queries import get_proposal, load_balances, load_committed
from app.approvals.rules import (
    CommitmentState,
    DecisionKind,
    ProposalState,
    TrancheState,
    TransferKind,
    read_snapshot,
)
from app.approvals.services import Verdict, approve_proposal, return_proposal
from app.audit.models import AuditEvent
from app.audit.services import record
from app.calendar.models import Cycle, FundBudget
from app.calendar.queries import get_cycle
from app.calendar.services import set_budgets
from app.db.session import transaction
from app.errors import AppError, ConflictError, InvalidError, NotAllowedError, StaleError
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeState
from app.portfolio.models import Scenario
from app.values.money import Money
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_proposal, make_world, verdict_on


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    with transaction(session):
        return make_world(session, cast, now)


@pytest.fixture
def proposal(session: Session, cast: Cast, now: datetime, world: World) -> Proposal:
    with transaction(session):
        return make_proposal(session, cast, now, world)


def approve(
    session: Session, proposal: Proposal, verdict: Verdict, actor: Person, now: datetime
) -> int:
    with transaction(session):
        fresh = get_proposal(session, proposal.id)
        return approve_proposal(session, fresh, verdict, actor=actor, now=now)


def refused(
    session: Session, proposal: Proposal, verdict: Verdict, actor: Person, now: datetime
) -> AppError:
    with pytest.raises(AppError) as caught:
        approve(session, proposal, verdict, actor, now)
    assert session.scalar(select(func.count(Decision.id))) == 0
    assert session.scalar(select(func.count(Commitment.id))) == 0
    return caught.value


class TestApproveProposal:
    def test_commits_every_items_spend_by_fund_and_quarter_exactly_as_frozen(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        frozen = read_snapshot(proposal.snapshot)
        funds = {fund.id: fund.key for fund in frozen.funds}
        wanted = {
            (item.initiative_id, one.fund, one.quarter): one.amount_minor
            for item in frozen.items
            for one in item.spend
        }
        rows = session.execute(
            select(
                Commitment.initiative_id, CommitmentSpend.fund_id, CommitmentSpend.quarter,
                CommitmentSpend.amount_minor,
            ).join(CommitmentSpend.commitment)
        )  # fmt: skip
        assert {(one, funds[fund], str(q)): minor for one, fund, q, minor in rows} == wanted

    def test_splits_every_commitment_into_tranches_to_the_cent(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        rows = session.execute(
            select(Commitment.amount_minor, func.sum(Tranche.amount_minor), func.count(Tranche.id))
            .join(Commitment.tranches)
            .group_by(Commitment.id, Commitment.amount_minor)
        ).all()
        assert rows and all(total == parts and count == 3 for total, parts, count in rows)
        states = session.scalars(select(Tranche.state)).all()
        assert set(states) == {TrancheState.PENDING}

    def test_moves_the_money_from_budget_to_committed(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        asked = read_snapshot(proposal.snapshot).spend_minor
        balances = load_balances(session, proposal.cycle_id)
        assert balances.total.approved == balances.total.committed == asked
        assert balances.total.is_sound
        assert sum(fund.bound_minor for fund in balances.funds) == asked
        kinds = session.scalars(select(LedgerTransfer.kind)).all()
        assert set(kinds) == {TransferKind.COMMIT}

    def test_moves_the_initiatives_into_delivery_and_the_proposal_out_of_the_queue(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        fresh = get_proposal(session, proposal.id)
        assert fresh.state is ProposalState.APPROVED
        assert {item.initiative.state for item in fresh.items} == {InitiativeState.APPROVED}
        assert fresh.decision and fresh.decision.kind is DecisionKind.APPROVE

    def test_keeps_the_values_of_the_commitments_at_the_plans_total(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        total = session.scalar(select(func.sum(Commitment.value_minor)))
        assert total == read_snapshot(proposal.snapshot).value_minor

    def test_is_one_audit_event_and_one_per_initiative(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.actor == f"person:{cast.cfo.id}")
        ).all()
        assert sorted(set(actions)) == ["initiative.approved", "proposal.approved"]
        assert actions.count("proposal.approved") == 1
        assert actions.count("initiative.approved") == len(proposal.items)

    def test_binds_the_budget_for_the_next_problem(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        bound = load_committed(session, proposal.cycle_id)
        assert sum(bound.values()) == read_snapshot(proposal.snapshot).spend_minor

    def test_gives_the_same_answer_to_the_same_form_sent_twice(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        verdict = verdict_on(proposal)
        first = approve(session, proposal, verdict, cast.cfo, now)
        assert approve(session, proposal, verdict, cast.cfo, now) == first
        assert session.scalar(select(func.count(Decision.id))) == 1

    def test_refuses_the_same_key_for_something_else(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        with pytest.raises(InvalidError, match="other content"):
            approve(session, proposal, verdict_on(proposal, reason="Other"), cast.cfo, now)


class TestApproveWithoutSome:
    def test_leaves_struck_items_candidates_and_commits_the_rest(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        struck = proposal.items[0]
        verdict = verdict_on(proposal, reason="Too early", struck=[struck.id])
        approve(session, proposal, verdict, cast.cfo, now)
        fresh = get_proposal(session, proposal.id)
        assert fresh.decision and fresh.decision.kind is DecisionKind.APPROVE_WITHOUT
        by_id = {item.id: item for item in fresh.items}
        assert by_id[struck.id].is_struck
        assert by_id[struck.id].initiative.state is InitiativeState.CANDIDATE
        committed = set(session.scalars(select(Commitment.initiative_id)))
        assert committed == {item.initiative_id for item in fresh.items} - {struck.initiative_id}

    def test_recounts_what_the_remaining_items_are_worth(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        struck = proposal.items[0]
        verdict = verdict_on(proposal, reason="Too early", struck=[struck.id])
        approve(session, proposal, verdict, cast.cfo, now)
        whole = read_snapshot(proposal.snapshot).value_minor
        total = session.scalar(select(func.sum(Commitment.value_minor)))
        assert total == whole - struck.value_marginal_minor

    def test_needs_a_reason(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        verdict = verdict_on(proposal, struck=[proposal.items[0].id])
        assert refused(session, proposal, verdict, cast.cfo, now).field == "reason"

    def test_refuses_to_strike_everything(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        everything = [item.id for item in proposal.items]
        verdict = verdict_on(proposal, reason="No", struck=everything)
        assert "return the proposal" in refused(session, proposal, verdict, cast.cfo, now).message

    def test_refuses_items_of_another_proposal(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        verdict = verdict_on(proposal, reason="No", struck=[10_000])
        assert refused(session, proposal, verdict, cast.cfo, now).field == "struck"

    def test_refuses_to_tear_apart_what_needs_each_other(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now, needs=("CX-101", "CX-102"))
        with transaction(session):
            proposal = make_proposal(session, cast, now, world)
        needed = next(i for i in proposal.items if i.initiative.key == "CX-102")
        verdict = verdict_on(proposal, reason="Too dear", struck=[needed.id])
        assert "CX-101 needs CX-102" in refused(session, proposal, verdict, cast.cfo, now).message


class TestApproveProposalRefuses:
    def test_who_became_an_owner_since_the_proposal_was_read(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        words = "you were given a part"
        with pytest.raises(NotAllowedError, match=words), transaction(session):
            read = get_proposal(session, proposal.id)
            session.execute(
                update(Initiative)
                .where(Initiative.id == read.items[0].initiative_id)
                .values(owner_id=cast.cfo2.id)
                .execution_options(synchronize_session=False)
            )
            approve_proposal(session, read, verdict_on(proposal), actor=cast.cfo2, now=now)

    def test_everybody_who_is_not_finance(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        for person in (cast.lead, cast.owner, cast.manager, cast.viewer, cast.admin):
            error = refused(session, proposal, verdict_on(proposal), person, now)
            assert isinstance(error, NotAllowedError)

    def test_an_owner_even_one_since_yesterday(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        key = proposal.items[0].initiative.key
        with transaction(session):
            session.execute(
                update(Initiative).where(Initiative.key == key).values(owner_id=cast.cfo2.id)
            )
        error = refused(session, proposal, verdict_on(proposal), cast.cfo2, now)
        assert isinstance(error, NotAllowedError)
        assert f"you own {key}" in error.message

    def test_who_changed_an_item_since_it_was_submitted(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        one = proposal.items[0].initiative
        with transaction(session):
            record(
                session, actor=cast.cfo2, action="initiative.option_changed",
                subject=f"initiative:{one.id}", after={}, now=now,
            )  # fmt: skip
        for decide in (approve_proposal, return_proposal):
            with pytest.raises(NotAllowedError) as caught, transaction(session):
                read = get_proposal(session, proposal.id)
                decide(session, read, verdict_on(proposal), actor=cast.cfo2, now=now)
            assert f"you changed {one.key} since it was submitted" in caught.value.message

    def test_who_changed_the_scenario(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        with transaction(session):
            session.execute(update(Scenario).values(changed_by_id=cast.cfo2.id))
        error = refused(session, proposal, verdict_on(proposal), cast.cfo2, now)
        assert "you changed the scenario “Balanced”" in error.message

    def test_a_digest_that_is_not_the_stored_one(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        verdict = Verdict(digest="0" * 64, reason="", request_key="1" * 32)
        error = refused(session, proposal, verdict, cast.cfo, now)
        assert isinstance(error, StaleError)

    def test_a_proposal_that_is_decided(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        with pytest.raises(ConflictError, match="is approved"):
            approve(session, proposal, verdict_on(proposal, key="2" * 32), cast.cfo2, now)

    def test_an_item_that_was_reopened_since(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        item = proposal.items[0]
        key = item.initiative.key
        with transaction(session):
            session.get_one(Initiative, item.initiative_id).title = "Something else"
        error = refused(session, proposal, verdict_on(proposal), cast.cfo, now)
        assert f"{key} changed since" in error.message

    def test_more_than_the_budget_holds(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        with transaction(session):
            session.execute(
                update(FundBudget)
                .where(FundBudget.quarter == Quarter(2027, 1))
                .values(amount_minor=1_00)
            )
        error = refused(session, proposal, verdict_on(proposal), cast.cfo, now)
        assert "Capex lacks" in error.message and "2027-Q1" in error.message

    def test_who_still_has_the_budgets_open(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        before = session.get_one(Cycle, proposal.cycle_id).version
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        assert session.get_one(Cycle, proposal.cycle_id).version == before + 1


class TestReturnProposal:
    def test_sends_it_back_with_the_reason_and_moves_no_money(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        with transaction(session):
            fresh = get_proposal(session, proposal.id)
            verdict = verdict_on(proposal, reason="Less technology")
            return_proposal(session, fresh, verdict, actor=cast.cfo, now=now)
        fresh = get_proposal(session, proposal.id)
        assert fresh.state is ProposalState.RETURNED
        assert fresh.decision and fresh.decision.reason == "Less technology"
        assert session.scalar(select(func.count(Commitment.id))) == 0
        assert session.scalars(select(ProposalItem.is_struck)).all() == [False] * len(fresh.items)

    def test_needs_a_reason(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        with pytest.raises(InvalidError), transaction(session):
            fresh = get_proposal(session, proposal.id)
            return_proposal(session, fresh, verdict_on(proposal), actor=cast.cfo, now=now)

    def test_lets_another_round_follow(
        self, session: Session, cast: Cast, now: datetime, world: World, proposal: Proposal
    ) -> None:
        with transaction(session):
            fresh = get_proposal(session, proposal.id)
            verdict = verdict_on(proposal, reason="Less technology")
            return_proposal(session, fresh, verdict, actor=cast.cfo, now=now)
        with transaction(session):
            assert make_proposal(session, cast, now, world).round == 2


class TestCommitments:
    def test_start_active(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        assert set(session.scalars(select(Commitment.state))) == {CommitmentState.ACTIVE}


class TestBudgetsAfterwards:
    def test_can_be_saved_where_a_commitment_lives_on_what_was_carried_over(
        self, session: Session, cast: Cast, now: datetime, proposal: Proposal
    ) -> None:
        cycle_id = proposal.cycle_id
        with transaction(session):
            session.execute(
                update(FundBudget)
                .where(FundBudget.quarter == Quarter(2027, 2), FundBudget.amount_minor > 60_000_00)
                .values(amount_minor=280_000_00)
            )
            session.execute(
                update(FundBudget)
                .where(FundBudget.quarter == Quarter(2027, 1), FundBudget.amount_minor > 60_000_00)
                .values(amount_minor=900_000_00)
            )
        approve(session, proposal, verdict_on(proposal), cast.cfo, now)
        with transaction(session):
            cycle = get_cycle(session, cycle_id)
            amounts = {
                (one.fund.key, budget.quarter): Money(budget.amount_minor, "EUR")
                for one in cycle.funds
                for budget in one.budgets
            }
            set_budgets(
                session, cycle, amounts, {}, expected_version=cycle.version, is_confirmed=True,
                actor=cast.cfo, now=now,
            )  # fmt: skip
        lower = {("capex", Quarter(2027, 1)): Money(1_00, "EUR")}
        with pytest.raises(InvalidError), transaction(session):
            cycle = get_cycle(session, cycle_id)
            set_budgets(
                session, cycle, lower, {}, expected_version=cycle.version, is_confirmed=True,
                actor=cast.cfo, now=now,
            )  # fmt: skip

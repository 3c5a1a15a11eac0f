"""Submitting freezes a plan with everything it rests on, or says why it can't."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Proposal, ProposalItem
from app.approvals.queries import get_proposal
from app.approvals.rules import HandKind, ProposalState, read_snapshot
from app.approvals.services import approve_proposal, submit_proposal, withdraw_proposal
from app.audit.models import AuditEvent
from app.audit.services import record
from app.calendar.models import Cycle, FundBudget
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative, Milestone, OptionSpend
from app.initiatives.rules import InitiativeState
from app.portfolio.models import Run, Scenario
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import PinDraft, place_pin
from app.portfolio.services.scenarios import ScenarioDraft, duplicate_scenario, record_change
from app.values.canonical import canonical_json, digest
from tests.factories.accounts import Cast
from tests.factories.approvals import (
    World,
    funded_keys,
    make_proposal,
    make_run,
    make_world,
    verdict_on,
)


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    with transaction(session):
        return make_world(session, cast, now)


def submit(session: Session, world: World, cast: Cast, now: datetime) -> Proposal:
    with transaction(session):
        return make_proposal(session, cast, now, world)


def refusal(session: Session, world: World, cast: Cast, now: datetime) -> InvalidError:
    with pytest.raises(InvalidError) as caught, transaction(session):
        make_proposal(session, cast, now, world)
    return caught.value


def _note(session: Session, initiative: int, done: str, actor: Person, now: datetime) -> None:
    """Put into the audit trail that somebody did something to an initiative."""
    with transaction(session):
        record(
            session, actor=actor, action=f"initiative.{done}", subject=f"initiative:{initiative}",
            before={}, after={}, reason=None, now=now,
        )  # fmt: skip


def _pin(session: Session, scenario_id: int, key: str, actor: Person, now: datetime) -> None:
    with transaction(session):
        scenario = get_scenario(session, scenario_id)
        draft = PinDraft(key, PinKind.FUND, None, None, "The board wants it")
        place_pin(session, scenario, draft, expected_version=scenario.version, actor=actor, now=now)
    session.expire_all()


def _copy(session: Session, scenario_id: int, name: str, cast: Cast, now: datetime) -> int:
    with transaction(session):
        original = get_scenario(session, scenario_id)
        made = duplicate_scenario(session, original, ScenarioDraft(name), actor=cast.lead, now=now)
        made_id = made.id
    session.expire_all()
    return made_id


def _copy_of_earlier_days(
    session: Session, scenario_id: int, name: str, cast: Cast, now: datetime
) -> int:
    """A copy whose event names its source only by the name it had then."""
    with transaction(session):
        original = get_scenario(session, scenario_id)
        made = Scenario(
            cycle=original.cycle, name=name, note="", created_by=cast.lead, changed_by=cast.lead,
            created_at=now, changed_at=now, limits=[], pins=[], rules=[],
        )  # fmt: skip
        session.add(made)
        session.flush()
        after = {"copied from": original.name, "Name": name, "Note": ""}
        record_change(session, made, "created", actor=cast.lead, now=now, after=after)
        made_id = made.id
    session.expire_all()
    return made_id


class TestSubmitProposal:
    def test_freezes_the_bytes_under_their_digest(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        proposal = submit(session, world, cast, now)
        assert digest(proposal.snapshot) == proposal.digest
        assert canonical_json(json.loads(proposal.snapshot)) == proposal.snapshot

    def test_keeps_problem_and_result_as_they_were_solved(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        frozen = read_snapshot(submit(session, world, cast, now).snapshot)
        run = get_run(session, world.run_id)
        assert frozen.problem.encode() == run.problem
        assert frozen.result.encode() == run.result
        assert (frozen.run.digest, frozen.run.result_digest) == (run.digest, run.result_digest)

    def test_keeps_names_rates_budgets_pools_and_hurdles(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        frozen = read_snapshot(submit(session, world, cast, now).snapshot)
        assert frozen.cycle.discount_rate == Decimal("0.09")
        assert {fund.key: fund.budget[0] for fund in frozen.funds} == {
            "capex": 300_000_00,
            "run": 60_000_00,
        }
        assert frozen.scenario.changed_by.name == "Lena Lead"
        item = frozen.items[0]
        assert (item.owner.name, item.created_by.name) == ("Omar Owner", "Lena Lead")
        assert item.certified_by and item.certified_by.name == "Carla Finance"
        assert [m.name for m in item.milestones] == ["Hurdle 1", "Hurdle 2", "Hurdle 3"]
        assert item.milestones[0].criteria[0].minimum_sample == 200
        assert {pool["certified_by"] for pool in frozen.inputs["pools"]} == {"Carla Finance"}

    def test_reads_snapshots_from_before_hurdles_said_what_they_are_for(
        self, session: Session, world: World, cast: Cast, now: datetime
    ) -> None:
        old = json.loads(submit(session, world, cast, now).snapshot)
        old["version"] = 1
        for hurdle in (one for item in old["items"] for one in item["milestones"]):
            del hurdle["kind"], hurdle["target_error"]
            for criterion in hurdle["criteria"]:
                del criterion["behaviour_id"], criterion["link"]
        (first, *_) = read_snapshot(canonical_json(old)).items[0].milestones
        assert (first.kind, first.criteria[0].link) == ("grow", None)

    def test_splits_each_items_money_over_its_hurdles_to_the_cent(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        frozen = read_snapshot(submit(session, world, cast, now).snapshot)
        for item in frozen.items:
            assert sum(one.amount_minor for one in item.spend) == item.spend_minor > 0
            assert sum(m.tranche_minor for m in item.milestones) == item.spend_minor

    def test_counts_the_value_of_the_items_to_the_plans_to_the_cent(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        proposal = submit(session, world, cast, now)
        frozen = read_snapshot(proposal.snapshot)
        assert frozen.value_minor == json.loads(frozen.result)["value"]
        items = session.scalars(select(ProposalItem).order_by(ProposalItem.position)).all()
        assert [one.value_allocated_minor for one in items] == [
            item.value_allocated_minor for item in frozen.items
        ]

    def test_notes_everybody_who_had_a_hand_in_it(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        proposal = submit(session, world, cast, now)
        hands = {(hand.person_id, hand.part) for hand in proposal.hands}
        assert hands == {
            (cast.lead.id, HandKind.SUBMITTED),
            (cast.lead.id, HandKind.CREATED),
            (cast.lead.id, HandKind.CHANGED_SCENARIO),
            (cast.owner.id, HandKind.OWNS),
        }

    def test_who_changed_an_item_has_a_hand_in_it(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        for one in world.portfolio.candidates.values():
            _note(session, one.id, "milestone_edited", cast.cfo2, now)
            _note(session, one.id, "certified", cast.cfo, now)
        proposal = submit(session, world, cast, now)
        hands = {(h.person_id, h.part) for h in proposal.hands}
        assert (cast.cfo2.id, HandKind.CHANGED) in hands
        assert cast.cfo.id not in {person for person, _ in hands}

        words = "You cannot decide: you changed CX-101"
        with pytest.raises(NotAllowedError, match=words), transaction(session):
            approve_proposal(
                session, get_proposal(session, proposal.id), verdict_on(proposal),
                actor=cast.cfo2, now=now,
            )  # fmt: skip

    @pytest.mark.parametrize("is_of_earlier_days", [False, True])
    def test_who_changed_what_its_scenario_was_copied_from_has_a_hand_in_it(
        self, session: Session, cast: Cast, now: datetime, world: World, is_of_earlier_days: bool
    ) -> None:
        first = world.scenario.id
        _pin(session, first, "CX-101", cast.cfo, now)
        if is_of_earlier_days:
            second = _copy_of_earlier_days(session, first, "Copy", cast, now)
        else:
            second = _copy(session, first, "Copy", cast, now)
        third = _copy(session, second, "Copy of the copy", cast, now)
        _pin(session, first, "CX-102", cast.cfo2, now)
        _pin(session, second, "CX-102", cast.cfo2, now)
        with transaction(session):
            name = get_scenario(session, first).name
            run = make_run(session, third, actor=cast.lead, now=now)
            proposal = make_proposal(session, cast, now, World(world.portfolio, run.id))

        hands = {(h.person_id, h.part, h.subject) for h in proposal.hands}
        assert (cast.cfo.id, HandKind.CHANGED_SOURCE, name) in hands
        assert cast.cfo2.id not in {person for person, _, _ in hands}
        words = f"you changed the scenario “{name}” that this one was copied from"
        with pytest.raises(NotAllowedError, match=words), transaction(session):
            approve_proposal(
                session, get_proposal(session, proposal.id), verdict_on(proposal),
                actor=cast.cfo, now=now,
            )  # fmt: skip

    def test_writes_one_audit_event(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        proposal = submit(session, world, cast, now)
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.subject == f"proposal:{proposal.id}")
        ).all()
        assert [event.action for event in events] == ["proposal.submitted"]

    def test_numbers_the_rounds_of_a_cycle(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        first = submit(session, world, cast, now)
        with transaction(session):
            withdraw_proposal(
                session, get_proposal(session, first.id), reason="Typo", actor=cast.lead, now=now
            )
        assert submit(session, world, cast, now).round == 2
        assert get_proposal(session, first.id).state is ProposalState.WITHDRAWN


class TestSubmitProposalRefuses:
    def test_everybody_but_the_lead(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        for person in (cast.cfo, cast.owner, cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError), transaction(session):
                run = get_run(session, world.run_id)
                submit_proposal(session, run, note="", actor=person, now=now)

    def test_a_second_one_while_one_waits(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        submit(session, world, cast, now)
        with pytest.raises(ConflictError, match="waits for a decision already"):
            submit(session, world, cast, now)

    def test_a_cycle_that_is_not_open(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            session.execute(update(Cycle).values(state=CycleState.CLOSED))
        with pytest.raises(ConflictError, match="not open"):
            submit(session, world, cast, now)

    def test_a_run_without_a_plan(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            session.execute(update(Run).values(result=None, result_digest=None))
        assert "no plan to submit" in refusal(session, world, cast, now).message

    def test_a_result_somebody_tampered_with(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            run = get_run(session, world.run_id)
            run.result = (run.result or b"").replace(b'"value":', b'"value": ', 1)
        assert "digest differs" in refusal(session, world, cast, now).message

    def test_a_result_whose_figures_do_not_hold_against_a_recount(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            run = get_run(session, world.run_id)
            lying = json.loads(run.result or b"")
            lying["value"] += 1
            run.result = canonical_json(lying)
            run.result_digest = digest(run.result)
        assert "does not hold against a recount" in refusal(session, world, cast, now).message

    def test_a_plan_whose_costs_changed_and_says_which(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            session.execute(update(OptionSpend).values(amount_minor=OptionSpend.amount_minor + 1))
        changed = refusal(session, world, cast, now).fields.values()
        assert any("Changed: CX-101" in said and "(spend)" in said for said in changed)

    def test_a_plan_whose_budget_changed_and_says_which(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            session.execute(
                update(FundBudget)
                .where(FundBudget.amount_minor == 300_000_00)
                .values(amount_minor=290_000_00)
            )
        changed = refusal(session, world, cast, now).fields.values()
        assert "The budgets of Capex changed." in changed

    def test_a_plan_one_of_whose_initiatives_is_no_candidate_any_more(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            key = funded_keys(get_run(session, world.run_id))[0]
            session.execute(
                update(Initiative)
                .where(Initiative.key == key)
                .values(state=InitiativeState.WITHDRAWN)
            )
        changed = refusal(session, world, cast, now).fields.values()
        assert f"No candidates any more: {key}." in changed

    def test_money_that_no_hurdle_holds(
        self, session: Session, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            session.execute(
                update(Milestone)
                .where(Milestone.name == "Hurdle 3")
                .values(tranche_share=Decimal("0.3"))
            )
        fields = refusal(session, world, cast, now).fields
        assert "add up to 90\u202f%, not 100\u202f%" in next(iter(fields.values()))

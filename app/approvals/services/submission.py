"""Submit a plan: check it against today, freeze everything it rests on, and let it wait."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Proposal, ProposalHand, ProposalItem
from app.approvals.queries import (
    find_open_proposal,
    find_proposal_of_run,
    last_round,
    list_scenario_hands,
    load_committed,
    load_funded,
    lock_cycle,
)
from app.approvals.rules import Hand, HandKind, ProposalState, snapshot_bytes
from app.approvals.rules.frozen import FrozenProposal
from app.approvals.rules.over import over_sentences
from app.approvals.rules.remaining import placements_of
from app.approvals.rules.rounds import problem_drift
from app.approvals.services.freezing import Plan, freeze
from app.audit.services import record
from app.calendar.rules import CycleState
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative
from app.initiatives.queries import load_editors
from app.initiatives.rules import InitiativeState
from app.portfolio.engine import parse_problem, verify
from app.portfolio.models import Run, Scenario
from app.portfolio.queries import get_scenario
from app.portfolio.services.problem import freeze_problem
from app.values.canonical import digest
from app.values.quarter import Quarter
from app.values.texts import LONGEST_NOTE

PERMISSION = "proposals.submit"
_RUN_AGAIN = "What the plan rests on changed; run the scenario again and submit that."


def submit_proposal(
    session: Session, run: Run, *, note: str, actor: Person, now: datetime
) -> Proposal:
    """Freeze a run's plan with all its inputs and put it before the CFO.

    ``run`` comes from `app.portfolio.queries.get_run`. Raises NotAllowedError; ConflictError when
    another proposal waits; InvalidError with a sentence per fault when the plan is missing,
    doesn't hold against its own recount, or no longer rests on what is stored today.
    """
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only a CX lead submits proposals.")
    if len(note) > LONGEST_NOTE:
        raise InvalidError(f"Shorten the note to {LONGEST_NOTE:,} characters.", field="note")
    cycle = lock_cycle(session, run.scenario.cycle_id)
    if cycle.state is not CycleState.OPEN:
        raise ConflictError(f"{cycle.name} is not open; nothing can be approved in it.")
    _refuse_second(session, cycle.id)
    if bar := approved_bar(session, run):
        raise ConflictError(bar)
    scenario = get_scenario(session, run.scenario_id)
    result = checked_result(run)
    _refuse_over(result, now.date())
    _refuse_drift(session, scenario, run)
    plan = _plan(session, run, result)
    _refuse_unready(plan, cycle.id, cycle.currency)
    frozen = freeze(
        scenario, run, plan,
        round_number=last_round(session, cycle.id) + 1,
        committed=load_committed(session, cycle.id),
        note=note, actor=actor, now=now,
    )  # fmt: skip
    proposal = _store(session, run, frozen, actor=actor, now=now)
    _store_hands(session, proposal, scenario, plan, actor)
    record(
        session, actor=actor, action="proposal.submitted", subject=f"proposal:{proposal.id}",
        after={
            "cycle": cycle.name, "round": proposal.round, "run": run.id, "digest": proposal.digest,
            "items": len(frozen.items), "spend_minor": frozen.spend_minor,
            "value_minor": frozen.value_minor,
        },
        reason=note or None, now=now,
    )  # fmt: skip
    return proposal


def checked_result(run: Run) -> Mapping[str, Any]:
    """A run's result, proven against its own problem by a complete recount. Raises InvalidError."""
    if run.result is None:
        raise InvalidError(
            "This run has no plan to submit; wait until it is done, or run it again."
        )
    if digest(run.problem) != run.digest or digest(run.result) != run.result_digest:
        raise InvalidError(
            "What is stored of this run is not what was computed: its digest differs. "
            "Run the scenario again and submit that."
        )
    result: Mapping[str, Any] = json.loads(run.result)
    if not result.get("funded"):
        raise InvalidError("This run funds nothing; there is nothing to approve.")
    differences = verify(parse_problem(run.problem), result)
    if differences:
        raise InvalidError(
            "The plan does not hold against a recount, so it can't be submitted. "
            + " ".join(f"{difference}." for difference in differences[:5])
        )
    return result


def approved_bar(session: Session, run: Run) -> str | None:
    """Why a run's plan has been decided for good; None while it can be submitted."""
    earlier = find_proposal_of_run(session, run.id)
    if earlier is None or earlier.state is not ProposalState.APPROVED:
        return None
    return (
        f"Its plan was approved in round {earlier.round}; run again to plan with what is committed."
    )


def drift_of(session: Session, scenario: Scenario, run: Run) -> list[str]:
    """What changed since the run, one sentence each; empty when a new run would ask the same.

    As of the day it was made: that time passes alone changes no input, see `over_sentences`.
    """
    made_on = run.inputs.get("as_of")
    today = date.fromisoformat(str(made_on)) if made_on else None
    try:
        frozen = freeze_problem(session, scenario, today=today)
    except InvalidError as error:
        return [error.message, *error.fields.values()]
    if frozen.digest == run.digest:
        return []
    inputs: Mapping[str, Any] = run.inputs
    names = {one["key"]: one["name"] for part in ("funds", "teams") for one in inputs[part]}
    return problem_drift(json.loads(run.problem), json.loads(frozen.content), names) or [
        "The problem would be written differently now."
    ]


def over_starts(result: Mapping[str, Any], today: date) -> dict[str, str]:
    """Which funded initiatives of a result were to start in a quarter that is over, by key."""
    starts = {row["initiative"]: Quarter.parse(row["start"]) for row in result["funded"]}
    return over_sentences(starts, today)


def _refuse_over(result: Mapping[str, Any], today: date) -> None:
    over = over_starts(result, today)
    if over:
        raise InvalidError(
            "Some of it was to start in quarters that are over. Run the scenario again and submit "
            "that.",
            fields=over,
        )


def _refuse_second(session: Session, cycle_id: int) -> None:
    waiting = find_open_proposal(session, cycle_id)
    if waiting is not None:
        raise ConflictError(
            f"Round {waiting.round} of this cycle waits for a decision already. "
            "Wait for it, or withdraw it first."
        )


def _refuse_drift(session: Session, scenario: Scenario, run: Run) -> None:
    changed = drift_of(session, scenario, run)
    if changed:
        raise InvalidError(
            "The plan no longer rests on what is stored today. Run the scenario again and submit "
            "that.",
            fields={
                f"drift-{number}": text
                for number, text in enumerate([_RUN_AGAIN, *changed], start=1)
            },
        )


def _plan(session: Session, run: Run, result: Mapping[str, Any]) -> Plan:
    problem = parse_problem(run.problem)
    initiatives = load_funded(session, [row["initiative"] for row in result["funded"]])
    missing = [
        row["initiative"] for row in result["funded"] if row["initiative"] not in initiatives
    ]
    if missing:
        raise InvalidError(f"{missing[0]} is not in the registry any more; run the scenario again.")
    return Plan(problem, tuple(placements_of(problem, result)), initiatives)


def _refuse_unready(plan: Plan, cycle_id: int, currency: str) -> None:
    faults = {
        key: fault
        for key, initiative in sorted(plan.initiatives.items())
        if (fault := _readiness_fault(initiative, cycle_id, currency))
    }
    if faults:
        raise InvalidError("Some funded initiatives can't be approved as they are.", fields=faults)


def _readiness_fault(initiative: Initiative, cycle_id: int, currency: str) -> str | None:
    key = initiative.key
    if initiative.state is not InitiativeState.CANDIDATE or initiative.cycle_id != cycle_id:
        return f"{key} is no candidate of this cycle any more."
    if initiative.currency != currency:
        return f"{key} is in {initiative.currency}, the cycle in {currency}."
    total = sum((one.tranche_share for one in initiative.milestones), Decimal(0))
    if not initiative.milestones:
        return f"{key} has no milestones, so no hurdle would hold its money."
    if total != 1:
        return (
            f"The tranches of {key} add up to {(total * 100).normalize():f}\u202f%, not 100\u202f%."
        )
    return None


def _store(
    session: Session, run: Run, frozen: FrozenProposal, *, actor: Person, now: datetime
) -> Proposal:
    content = snapshot_bytes(frozen)
    proposal = Proposal(
        cycle_id=frozen.cycle.id,
        run_id=run.id,
        round=frozen.round,
        state=ProposalState.SUBMITTED,
        note=frozen.note,
        snapshot=content,
        digest=digest(content),
        currency=frozen.cycle.currency,
        submitted_by_id=actor.id,
        submitted_at=now,
    )
    session.add(proposal)
    session.flush()
    session.add_all(
        ProposalItem(
            proposal_id=proposal.id,
            position=position,
            initiative_id=item.initiative_id,
            option_id=item.option_id,
            owner_id=item.owner.id,
            start=Quarter.parse(item.start),
            spend_minor=item.spend_minor,
            value_allocated_minor=item.value_allocated_minor,
            value_standalone_minor=item.value_standalone_minor,
            value_marginal_minor=item.value_marginal_minor,
        )
        for position, item in enumerate(frozen.items, start=1)
    )
    session.flush()
    return proposal


def _store_hands(
    session: Session, proposal: Proposal, scenario: Scenario, plan: Plan, actor: Person
) -> None:
    hands = {Hand(actor.id, HandKind.SUBMITTED, "")}
    hands |= set(list_scenario_hands(session, scenario))
    editors = load_editors(session, [one.id for one in plan.initiatives.values()])
    for initiative in plan.initiatives.values():
        key = initiative.key
        hands |= {Hand(one, HandKind.CHANGED, key) for one in editors[initiative.id]}
        hands.add(Hand(initiative.owner_id, HandKind.OWNS, key))
        hands.add(Hand(initiative.created_by_id, HandKind.CREATED, key))
    session.add_all(
        ProposalHand(proposal_id=proposal.id, person_id=h.person_id, part=h.part, subject=h.subject)
        for h in sorted(hands, key=lambda h: (h.person_id, h.part.value, h.subject))
    )
    session.flush()

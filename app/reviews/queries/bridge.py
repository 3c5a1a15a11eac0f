"""Load what was approved in cycles and what happened to it since, in a fixed number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.approvals.models import Commitment, Decision, Proposal, Tranche
from app.approvals.rules import CommitmentState, ProposalState, check_snapshot
from app.approvals.rules.frozen import frozen_of
from app.approvals.rules.remaining import placements_of
from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.rules import InitiativeState
from app.journeys.models import LeverPool
from app.portfolio.engine.parsing import parse_known
from app.portfolio.queries.facts import pool_key
from app.reviews.rules.bridge import Happened, Recount, Round, measured_factors, recount
from app.roadmap.models import HurdleDecision, Rescope
from app.roadmap.queries.measured import MeasuredRow, list_measured, measured_of
from app.roadmap.queries.works import load_starts
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.forward import ForwardShape
from app.roadmap.rules.judging import NotJudged
from app.roadmap.rules.posterior import (
    BehaviourMeasured,
    EffectNow,
    effect_case,
    effect_now,
)
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved initiative with what caused its changes.

    ``evidence_at``, ``stopped_at`` and ``rescoped_at`` are ids of the hurdles that say so.
    """

    key: str
    title: str
    value_minor: int
    evidence_at: int | None = None
    stopped_at: int | None = None
    rescoped_at: int | None = None
    is_measured: bool = False
    is_stopped: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovedRound:
    """One approval of a cycle, recounted."""

    proposal_id: int
    cycle_id: int
    cycle: str
    number: int
    currency: str
    recount: Recount
    items: Mapping[str, Approved]


@dataclass
class _Causes:
    """What is known of each commitment by its id."""

    stops: dict[int, int] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)
    rescopes: dict[int, tuple[int, int]] = field(default_factory=dict)
    measured: Mapping[int, Sequence[MeasuredRow]] = field(default_factory=dict)
    starts: Mapping[int, date] = field(default_factory=dict)
    options: Mapping[int, Sequence[Option]] = field(default_factory=dict)


def load_rounds(session: Session, cycle_id: int | None = None) -> list[ApprovedRound]:
    """Every approved round, the earliest first, of one cycle or of all; raises StaleError."""
    wanted = () if cycle_id is None else (Proposal.cycle_id == cycle_id,)
    proposals = session.scalars(
        select(Proposal)
        .where(Proposal.state == ProposalState.APPROVED, *wanted)
        .options(joinedload(Proposal.cycle), joinedload(Proposal.decision))
        .order_by(Proposal.cycle_id, Proposal.round)
    ).all()
    given = _commitments(session, [one.id for one in proposals])
    causes = _causes(session, [one for group in given.values() for one in group])
    firsts: set[int] = set()
    found = []
    for proposal in proposals:
        is_first = proposal.cycle_id not in firsts
        firsts.add(proposal.cycle_id)
        found.append(_round(proposal, given.get(proposal.id, ()), causes, is_first=is_first))
    return found


def _commitments(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[Commitment]]:
    found: dict[int, list[Commitment]] = defaultdict(list)
    rows = session.execute(
        select(Decision.proposal_id, Commitment)
        .join(Decision, Decision.id == Commitment.decision_id)
        .join(Commitment.initiative)
        .options(contains_eager(Commitment.initiative), joinedload(Commitment.cycle))
        .where(Decision.proposal_id.in_(ids))
        .order_by(Initiative.key)
    )
    for proposal_id, commitment in rows:
        found[proposal_id].append(commitment)
    return found


def _causes(session: Session, commitments: Sequence[Commitment]) -> _Causes:
    ids = [one.id for one in commitments]
    found = _Causes(measured=list_measured(session, ids), starts=load_starts(session, ids))
    found.options = _options(session, {one.initiative_id for one in commitments})
    rows = session.execute(
        select(Tranche.commitment_id, Tranche.id, HurdleDecision.action, Rescope.to_option_id)
        .join(HurdleDecision, HurdleDecision.tranche_id == Tranche.id)
        .outerjoin(Rescope, Rescope.decision_id == HurdleDecision.id)
        .where(Tranche.commitment_id.in_(ids))
        .order_by(HurdleDecision.id)
    )
    for commitment_id, tranche_id, action, option_id in rows:
        if action is HurdleAction.STOP:
            found.stops[commitment_id] = tranche_id
        elif action is HurdleAction.FINISH:
            found.finished.add(commitment_id)
        elif option_id is not None:
            found.rescopes[commitment_id] = (tranche_id, option_id)
    return found


def _options(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[Option]]:
    """All options of initiatives with their effects, by id of the initiative."""
    found: dict[int, list[Option]] = defaultdict(list)
    options = session.scalars(
        select(Option)
        .where(Option.initiative_id.in_(ids))
        .options(
            joinedload(Option.effects).options(
                joinedload(Effect.pool).joinedload(LeverPool.journey),
                joinedload(Effect.behaviour),
            )
        )
        .order_by(Option.position, Option.id)
    ).unique()
    for option in options:
        found[option.initiative_id].append(option)
    return found


def _round(
    proposal: Proposal, commitments: Sequence[Commitment], causes: _Causes, *, is_first: bool
) -> ApprovedRound:
    check_snapshot(proposal.snapshot, proposal.digest, proposal.round)
    frozen = frozen_of(proposal.snapshot)
    problem = parse_known(frozen.problem)
    granted = {one.initiative.key for one in commitments}
    placements = placements_of(problem, json.loads(frozen.result))
    chosen = tuple(p for p in placements if problem.initiatives[p.initiative].key in granted)
    items, happened = {}, []
    for one in commitments:
        events, item = _item(one, causes)
        items[item.key] = item
        happened.append(events)
    counted = recount(Round(problem, chosen, happened, is_first=is_first))
    return ApprovedRound(
        proposal.id, proposal.cycle_id, proposal.cycle.name, proposal.round, proposal.currency,
        counted, items,
    )  # fmt: skip


def _item(commitment: Commitment, causes: _Causes) -> tuple[Happened, Approved]:
    key, id_ = commitment.initiative.key, commitment.id
    options = causes.options.get(commitment.initiative_id, ())
    factors, measured_at, why_not = _measured(commitment, options, causes)
    rescope = causes.rescopes.get(id_)
    by_id = {option.id: option.key for option in options}
    is_stopped = commitment.state is CommitmentState.STOPPED
    notes = [f"{key}: {why_not}"] if why_not else []
    if id_ in causes.finished:
        notes.append(
            f"{key} was finished early. What of its value stays is not worked out, so it stands"
            " with its whole value."
        )
    if commitment.initiative.state is InitiativeState.RETIRED:
        notes.append(f"{key} is retired; what that ends is not taken off.")
    happened = Happened(
        key, factors, is_stopped=is_stopped,
        option=by_id.get(rescope[1]) if rescope else None,
    )  # fmt: skip
    return happened, Approved(
        key=key,
        title=commitment.initiative.title,
        value_minor=commitment.value_minor,
        evidence_at=measured_at,
        stopped_at=causes.stops.get(id_),
        rescoped_at=rescope[0] if rescope else None,
        is_measured=bool(factors),
        is_stopped=is_stopped,
        notes=tuple(notes),
    )


def _measured(
    commitment: Commitment, options: Sequence[Option], causes: _Causes
) -> tuple[dict[tuple[str, str], Decimal], int | None, str | None]:
    """By how much evidence changes each option's intensities, at which hurdle; or why not."""
    rows = causes.measured.get(commitment.id, ())
    granted = next((one for one in options if one.id == commitment.option_id), None)
    if granted is None or not rows:
        return {}, None, None
    first = commitment.cycle.first_quarter
    found = measured_of(
        rows, _shape(granted, commitment.start, first), first, causes.starts.get(commitment.id)
    )
    if isinstance(found, NotJudged):
        return {}, None, found.why
    factors = {
        (option.key, pool): factor
        for option in options
        for pool, factor in measured_factors(_effects(option, found))
    }
    at = next((one.tranche_id for one, *_ in reversed(rows) if one.tranche_id is not None), None)
    return factors, at, None


def _shape(option: Option, start: Quarter, first: Quarter) -> ForwardShape:
    return ForwardShape(
        start - first, option.go_live_quarters, option.ramp_quarters, option.half_life_quarters
    )


def _effects(option: Option, measured: Mapping[int, BehaviourMeasured]) -> list[EffectNow]:
    ordered = sorted(option.effects, key=lambda one: (one.behaviour.position, one.id))
    return [
        effect_now(
            effect_case(
                one.behaviour.position, pool_key(one.pool), one.removal_share,
                one.removal_low, one.removal_high, one.grade,
            ),
            measured.get(one.behaviour_id),
        )
        for one in ordered
    ]  # fmt: skip

"""Load what a hurdle still brings: effects as measured, pools, what runs beside it, money left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    Integer,
    LargeBinary,
    Select,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, CommitmentSpend, Tranche
from app.approvals.rules import OPEN_TRANCHES
from app.approvals.rules.tranches import bound_left, spend_left
from app.calendar.models import Cycle
from app.db.types import QuarterType
from app.initiatives.models import Initiative, Option, OptionSpend
from app.initiatives.rules.milestone_kinds import ChainLink
from app.portfolio.queries.facts import pool_key
from app.portfolio.queries.running import RunningFacts, load_running
from app.portfolio.rules.approved import still_to_come
from app.portfolio.rules.facts import PoolFacts
from app.roadmap.queries.forecasts import Asked, load_asked
from app.roadmap.queries.measured import list_measured, measured_of
from app.roadmap.queries.rescoping import kept_of, last_rescope
from app.roadmap.rules import HurdleFacts, Reading
from app.roadmap.rules.forward import (
    Forward,
    ForwardPool,
    ForwardShape,
    Remaining,
    forward,
)
from app.roadmap.rules.judging import Judged, NotJudged
from app.roadmap.rules.posterior import (
    BehaviourMeasured,
    EffectNow,
    effect_case,
    effect_now,
)
from app.values.quarter import Quarter

UNBOUND = "No criterion of this hurdle is bound to a behaviour, so only its thresholds were judged."
DECLARED = "The option approved works on no lever pool, so only the thresholds were judged."
OVER = (
    "The planning quarters of {cycle} are over, and no benefit is counted beyond them, so only the "
    "thresholds were judged."
)
PAID = "No money is left to decide about, so only the thresholds were judged."

Cells = Mapping[tuple[int, Quarter], int]


@dataclass(frozen=True, slots=True)
class Running:
    """A committed initiative as its forward return needs it."""

    commitment: Commitment
    key: str
    cycle: Cycle
    options: Sequence[Option]
    measured: Mapping[int, BehaviourMeasured]
    facts: RunningFacts
    spend: Cells
    option_spend: Mapping[int, Cells]
    open_minor: int
    today: date

    @property
    def option(self) -> Option:
        return next(one for one in self.options if one.id == self.commitment.option_id)

    @property
    def now(self) -> int:
        """The planning position of today's quarter, 0 before the cycle."""
        return max(0, Quarter.containing(self.today) - self.cycle.first_quarter)

    @property
    def freed(self) -> dict[tuple[int, Quarter], int]:
        """What a stop would give back, by fund and quarter: the latest cells."""
        left = spend_left(dict(self.spend), self.open_minor)
        return {cell: minor - left[cell] for cell, minor in self.spend.items()}

    @property
    def effects(self) -> tuple[EffectNow, ...]:
        return self.effects_of(self.option)

    def effects_of(self, option: Option) -> tuple[EffectNow, ...]:
        """The effects of an option after what was measured of their behaviours."""
        ordered = sorted(option.effects, key=lambda one: (one.behaviour.position, one.id))
        return tuple(
            effect_now(
                effect_case(
                    one.behaviour.position, pool_key(one.pool), one.removal_share,
                    one.removal_low, one.removal_high, one.grade,
                ),
                self.measured.get(one.behaviour_id),
            )
            for one in ordered
        )  # fmt: skip

    def shape_of(self, option: Option) -> ForwardShape:
        start = self.commitment.start - self.cycle.first_quarter
        return _shape(option, start)

    def remaining(self, option: Option, cells: Sequence[tuple[int, int]]) -> Remaining:
        """What an option still brings and costs from now on."""
        effects = self.effects_of(option)
        touched = {one.case.pool for one in effects}
        return Remaining(
            effects=effects,
            shape=self.shape_of(option),
            cells=cells,
            pools={one.key: self._pool(one) for one in self.facts.pools if one.key in touched},
            now=self.now,
            discount_rate=float(self.cycle.discount_rate),
        )

    def _pool(self, pool: PoolFacts) -> ForwardPool:
        others = [0.0] * len(pool.value)
        for one in self.facts.committed:
            if one.key != self.key:
                for at, more in enumerate(still_to_come(one, pool, len(others))):
                    others[at] += more
        return ForwardPool(pool.value, others, pool.measured)


def judge_hurdle(
    session: Session,
    commitment: Commitment,
    tranche: Tranche,
    facts: HurdleFacts,
    today: date,
    asked: Asked | None = None,
) -> Judged | NotJudged:
    """What an open hurdle still brings, against the hurdle rate and the best other use.

    ``tranche`` is loaded with its milestone; ``asked`` is what is known of the other use, where it
    is loaded already. Asks nothing where no criterion is bound.
    """
    running = load_running_case(session, commitment, tranche, facts, today)
    if isinstance(running, NotJudged):
        return running
    first = running.cycle.first_quarter
    cells = [(quarter - first, minor) for (_, quarter), minor in running.freed.items() if minor]
    found = forward(running.remaining(running.option, cells))
    if found is None:
        return NotJudged(PAID)
    if asked is None:
        asked = load_asked(session, tranche.id, last_evidence(facts), commitment.currency)
    other = asked.other_use
    milestone = tranche.milestone
    judged = Judged(
        effects=running.effects,
        forward=found,
        hurdle_rate=running.cycle.hurdle_rate,
        confidence=running.cycle.release_confidence,
        other_use=other.rate,
        no_other_use=other.why_none,
        kind=milestone.kind,
        target_error=milestone.target_error,
        forecast_id=other.forecast_id,
        other_range=other.range,
    )
    return with_smaller(judged, running)


def last_evidence(facts: HurdleFacts) -> int | None:
    """The number of the measurement recorded last."""
    return max((one.number for one in facts.measurements), default=None)


def with_smaller(judged: Judged, running: Running) -> Judged:
    """The judgement with the smaller options that would pass on what they still need."""
    passing = []
    for option in running.options:
        found = _smaller(option, running)
        if found is not None and found.chance(judged.bar) >= float(judged.confidence):
            passing.append((option.name, found.chance(judged.bar)))
    return replace(judged, smaller=tuple(passing))


def _smaller(option: Option, running: Running) -> Forward | None:
    """What a smaller option brings for what it would still need beyond the money released."""
    first = running.cycle.first_quarter
    spend = dict(running.option_spend.get(option.id, {}))
    released = sum(running.spend.values()) - running.open_minor
    needs = sum(spend.values()) - released
    if option.id == running.option.id or not 0 < needs < running.open_minor or not option.effects:
        return None
    left = spend_left(spend, needs)
    cells = [(cell[1] - first, minor - left[cell]) for cell, minor in spend.items()]
    return forward(running.remaining(option, cells))


def load_running_case(
    session: Session, commitment: Commitment, tranche: Tranche, facts: HurdleFacts, today: date
) -> Running | NotJudged:
    """What is known of a committed initiative, or why its return can't be said."""
    if not bound_readings(facts):
        return NotJudged(UNBOUND)
    cycle = session.get_one(Cycle, commitment.cycle_id)
    if Quarter.containing(today) > cycle.quarters.last:
        return NotJudged(OVER.format(cycle=cycle.name))
    running = load_running(session, cycle, commitment.initiative_id)
    options = running.options
    option = next(one for one in options if one.id == commitment.option_id)
    if not option.effects:
        return NotJudged(DECLARED)
    shape = _shape(option, commitment.start - cycle.first_quarter)
    measured = _measured(session, commitment, shape, cycle.first_quarter, facts.starts_on)
    if isinstance(measured, NotJudged):
        return measured
    own = {pool_key(effect.pool) for effect in option.effects}
    for pool in running.pools:
        if pool.barred and pool.key in own:
            return NotJudged(f"{pool.barred}: {pool.key}. So only the thresholds were judged.")
    money = _load_money(session, commitment, tranche)
    return Running(
        commitment=commitment,
        key=session.get_one(Initiative, commitment.initiative_id).key,
        cycle=cycle,
        options=[one for one in options if not _has_barred(one, running.pools)],
        measured=measured,
        facts=running,
        spend=money.spend,
        option_spend=money.option_spend,
        open_minor=money.open_minor,
        today=today,
    )


def _has_barred(option: Option, pools: Sequence[PoolFacts]) -> bool:
    barred = {pool.key for pool in pools if pool.barred}
    return any(pool_key(effect.pool) in barred for effect in option.effects)


def bound_readings(facts: HurdleFacts) -> list[tuple[ChainLink, Reading]]:
    """The readings of criteria that are bound to a link of a behaviour."""
    return [
        (one.criterion.link, one)
        for one in facts.readings
        if one.criterion.link is not None and one.criterion.behaviour_id is not None
    ]


def _shape(option: Option, start: int) -> ForwardShape:
    return ForwardShape(
        start, option.go_live_quarters, option.ramp_quarters, option.half_life_quarters
    )


def _measured(
    session: Session,
    commitment: Commitment,
    shape: ForwardShape,
    first: Quarter,
    starts_on: date | None,
) -> dict[int, BehaviourMeasured] | NotJudged:
    """The latest measurement of each behaviour at any hurdle of the commitment, by its id."""
    rows = list_measured(session, [commitment.id]).get(commitment.id, ())
    return measured_of(rows, shape, first, starts_on)


@dataclass(frozen=True, slots=True)
class _Money:
    """What a commitment still plans to spend, and what each option of its initiative would."""

    spend: Cells
    option_spend: Mapping[int, Cells]
    open_minor: int


def _load_money(session: Session, commitment: Commitment, tranche: Tranche) -> _Money:
    """The planned money by fund and quarter, without what a smaller option gave back already."""
    spend: dict[tuple[int, Quarter], int] = {}
    each: dict[int, dict[tuple[int, Quarter], int]] = {}
    held = open_minor = 0
    kept = None
    for option_id, fund, quarter, at, minor, amended, held_now, open_now in session.execute(
        union_all(_planned_rows(commitment, tranche), _option_rows(commitment))
    ):
        if option_id is None:
            spend[fund, quarter] = int(minor)
            held, open_minor = int(held_now), int(open_now)
            kept = kept_of(amended) if kept is None else kept
        else:
            each.setdefault(option_id, {})[fund, commitment.start + at] = int(minor)
    left = bound_left(spend, commitment.amount_minor - held, kept)
    return _Money(left, each, open_minor)


def _planned_rows(commitment: Commitment, tranche: Tranche) -> Select[*tuple[Any, ...]]:
    """The commitment's cells, each with its last rescope, what its hurdles hold and what is open
    from this one on."""
    of = select(func.coalesce(func.sum(Tranche.amount_minor), 0)).where(
        Tranche.commitment_id == commitment.id
    )
    still = of.where(Tranche.position >= tranche.position, Tranche.state.in_(OPEN_TRANCHES))
    amended = last_rescope(commitment.id)
    return select(
        cast(null(), Integer).label("option_id"), CommitmentSpend.fund_id, CommitmentSpend.quarter,
        literal(0).label("at"), CommitmentSpend.amount_minor, amended.label("amended"),
        of.scalar_subquery().label("held"), still.scalar_subquery().label("open"),
    ).where(CommitmentSpend.commitment_id == commitment.id)  # fmt: skip


def _option_rows(commitment: Commitment) -> Select[*tuple[Any, ...]]:
    """The cells of every option of its initiative, in the same columns."""
    return (
        select(
            OptionSpend.option_id, OptionSpend.fund_id, cast(null(), QuarterType),
            OptionSpend.quarter_index, OptionSpend.amount_minor, cast(null(), LargeBinary),
            literal(0), literal(0),
        )
        .join(OptionSpend.option)
        .where(Option.initiative_id == commitment.initiative_id)
    )  # fmt: skip

"""What the registry's columns work out: standalone value, next step, flags."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.calendar.models import Cycle
from app.initiatives.models import ImportBatch, Initiative
from app.initiatives.queries.registry import RegistryLine
from app.initiatives.queries.shapes import load_shapes
from app.initiatives.queries.worth import (
    PoolWorth,
    horizon_of,
    load_full_claims,
    median_candidate_costs,
)
from app.initiatives.rules import (
    Horizon,
    InitiativeState,
    OptionClaim,
    cost_flag,
    missing_parts,
    next_step,
    quick_standalone,
)
from app.values.money import Money
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class LineFigures:
    """What stands beside an initiative in the registry; no value without a cycle or option."""

    value: Money | None
    is_declared: bool
    next_step: str
    flag: str | None


def load_figures(session: Session, lines: Sequence[RegistryLine]) -> dict[int, LineFigures]:
    """The figures of each line by id, in a fixed number of queries."""
    claims, worths = load_full_claims(session, _starts(lines))
    medians = median_candidate_costs(session, sorted({x.cycle_id for x in lines if x.cycle_id}))
    drafts = [line.head for line in lines if line.state is InitiativeState.DRAFT]
    shapes = load_shapes(session, drafts)
    discounted = _Discounted(worths)
    figures = {}
    for line in lines:
        claim, shape = claims.get(line.id), shapes.get(line.id)
        gaps = missing_parts(shape) if shape else ()
        figures[line.id] = LineFigures(
            value=_value(line, claim, discounted),
            is_declared=bool(claim and claim.declared),
            next_step=next_step(line.state, gaps[0] if gaps else None),
            flag=cost_flag(line.cost_minor, medians.get(line.cycle_id or 0), line.currency),
        )
    return figures


def load_values(session: Session, lines: Sequence[RegistryLine]) -> dict[int, Money | None]:
    """The standalone value of each line by id, in one query."""
    claims, worths = load_full_claims(session, _starts(lines))
    discounted = _Discounted(worths)
    return {line.id: _value(line, claims.get(line.id), discounted) for line in lines}


def _starts(lines: Sequence[RegistryLine]) -> dict[int, tuple[Quarter, Quarter]]:
    return {
        line.id: (line.planned_start, line.first_quarter)
        for line in lines
        if line.first_quarter is not None
    }


@dataclass(frozen=True, slots=True)
class FullWorth:
    """The standalone value of the full option, None without cycle or option, and why it is none."""

    value: Money | None
    why_nothing: str = ""


def load_full_value(session: Session, initiative: Initiative) -> Money | None:
    """The standalone value of the full option; None without a cycle or an option."""
    return load_full_worth(session, initiative).value


def load_full_worth(session: Session, initiative: Initiative) -> FullWorth:
    """The standalone value of the full option, with the reason where there is none."""
    cycle = initiative.cycle
    if cycle is None:
        return FullWorth(None, "no cycle chosen yet")
    starts = {initiative.id: (initiative.planned_start, cycle.first_quarter)}
    claims, worths = load_full_claims(session, starts)
    claim = claims.get(initiative.id)
    if claim is None:
        return FullWorth(None, "no option entered yet")
    horizon = horizon_of(cycle)
    pools = _Discounted(worths).of(claim, horizon, initiative.currency)
    value = Money(quick_standalone(claim, pools, horizon), initiative.currency)
    return FullWorth(value, "" if value else _why_nothing(claim, pools, cycle))


def _why_nothing(claim: OptionClaim, pools: Collection[int], cycle: Cycle) -> str:
    """Why a claim counts for nothing in its cycle, as it follows the amount."""
    live = claim.live
    if not claim.effects and not (claim.declared and claim.declared.amount_minor):
        return "no effect and no benefit entered yet"
    if live >= cycle.quarter_count:
        return (
            f"goes live in {cycle.first_quarter + live}, after {cycle.quarters.last}, the last"
            f" quarter of {cycle.name}"
        )
    if claim.effects and not pools:
        return "its pools lack an input or are in another currency"
    return "what it claims counts for nothing at its grade of evidence"


def find_partial_note(session: Session, initiative: Initiative) -> str | None:
    """That rows of the initiative were left out of its import, as the import noted it."""
    if initiative.import_batch_id is None:
        return None
    batch = session.get_one(ImportBatch, initiative.import_batch_id)
    said = (issue for issue in batch.issues if issue.get("key") == initiative.key)
    return next((str(issue["message"]) for issue in said), None)


def _value(line: RegistryLine, claim: OptionClaim | None, pools: _Discounted) -> Money | None:
    horizon = line.horizon
    if claim is None or horizon is None:
        return None
    worths = pools.of(claim, horizon, line.currency)
    return Money(quick_standalone(claim, worths, horizon), line.currency)


class _Discounted:
    """Pools discounted once per horizon."""

    def __init__(self, worths: dict[int, PoolWorth]) -> None:
        self._worths = worths
        self._known: dict[tuple[int, Horizon], tuple[int, ...] | None] = {}

    def of(self, claim: OptionClaim, horizon: Horizon, currency: str) -> dict[int, tuple[int, ...]]:
        """The pools a claim works on, by id; those in another currency count nothing."""
        found = {}
        for id_ in {effect.pool for effect in claim.effects}:
            place = (id_, horizon)
            if place not in self._known:
                self._known[place] = self._worths[id_].quarters(horizon)
            quarters = self._known[place]
            if quarters is not None and self._worths[id_].currency == currency:
                found[id_] = quarters
        return found

"""Claim what a lever could yield."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError
from app.journeys.models import ControlTotal, Journey, LeverPool, PoolInput
from app.journeys.queries import find_last_figures
from app.journeys.rules import (
    LEVER_INPUTS,
    ControlKind,
    Lever,
    PoolDraft,
    PoolFigure,
    PoolState,
    annual_pool_minor,
    pool_faults,
)
from app.journeys.services.bindings import bound_draft, figure_of_input
from app.journeys.services.journeys import check_may_edit, check_version
from app.journeys.services.owners import owner_fault
from app.values.money import Money


def claim_pool(
    session: Session,
    journey: Journey,
    draft: PoolDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> LeverPool:
    """Say what one lever of a journey could yield; ``expected_version`` 0 claims a new pool.

    Any change of a certified pool makes it claimed again. Saving what stands already changes
    nothing. Raises InvalidError by field, and ConflictError when somebody else saved it.
    """
    check_may_edit(actor)
    last = find_last_figures(session, journey.id)
    draft, bound_faults = bound_draft(draft, last, journey.currency)
    pool = find_pool(journey, draft.lever)
    before = _described(pool, journey) if pool else {}
    owner = session.get(Person, draft.owner_id)
    named = session.get(ControlTotal, draft.cost_centre_id) if draft.cost_centre_id else None
    yours = _described_draft(draft, owner, named)
    check_version(pool.version if pool else 0, expected_version, theirs=before, yours=yours)
    faults = pool_faults(draft, today=now.date()) | bound_faults
    faults |= _centre_faults(draft, named, journey)
    if fault := owner_fault(owner, before=pool.owner if pool else None):
        faults["owner_id"] = fault
    if faults or owner is None:
        raise InvalidError("Some figures of the pool are not possible.", fields=faults)
    if pool is not None and all(before[name] == value for name, value in yours.items()):
        return pool
    if pool is None:
        pool = LeverPool(lever=draft.lever, inputs=[], cost_centre=None)
        journey.pools.append(pool)
    pool.cost_centre = named
    number = last.baseline.number if last else None
    _take_over(pool, draft, owner, actor, currency=journey.currency, number=number)
    session.flush()
    record(
        session, actor=actor, action="pool.claimed", subject=f"pool:{pool.id}",
        before=before or None, after=_described(pool, journey), now=now,
    )  # fmt: skip
    return pool


def find_pool(journey: Journey, lever: Lever) -> LeverPool | None:
    """The journey's pool of a lever, if anybody claimed one."""
    return next((pool for pool in journey.pools if pool.lever is lever), None)


def _centre_faults(
    draft: PoolDraft, named: ControlTotal | None, journey: Journey
) -> dict[str, str]:
    if draft.cost_centre_id is None:
        return {}
    if draft.lever is not Lever.SERVE:
        return {"cost_centre_id": "Only serve pools save the cost of a cost centre."}
    if named is None or named.kind is not ControlKind.COST_CENTRE:
        return {"cost_centre_id": "Choose one of Finance’s cost centres."}
    if named.currency != journey.currency:
        return {
            "cost_centre_id": f"{named.name} is in {named.currency}, the journey in "
            f"{journey.currency}; choose one in the same currency."
        }
    return {}


def _take_over(
    pool: LeverPool,
    draft: PoolDraft,
    owner: Person,
    actor: Person,
    *,
    currency: str,
    number: int | None,
) -> None:
    pool.state = PoolState.CLAIMED
    pool.certified_by, pool.certified_at = None, None
    pool.annual_value_minor = annual_pool_minor(draft.lever, draft.values, currency)
    pool.source, pool.measured_on = draft.source.strip(), draft.measured_on
    pool.owner, pool.claimed_by = owner, actor
    stored = {one.symbol: one for one in pool.inputs}
    given = {figure.symbol: figure for figure in draft.figures}
    for position, spec in enumerate(LEVER_INPUTS[draft.lever]):
        if spec.symbol not in stored:
            stored[spec.symbol] = PoolInput(symbol=spec.symbol)
            pool.inputs.append(stored[spec.symbol])
        _fill(stored[spec.symbol], given[spec.symbol], position, number)
    if pool.id is not None:
        flag_modified(pool, "source")  # a new version, though only inputs may have changed


def _fill(one: PoolInput, figure: PoolFigure, position: int, number: int | None) -> None:
    one.position = position
    one.value, one.low, one.high = figure.value, figure.low, figure.high
    one.source = figure.source.strip()
    binding = figure.binding
    one.bound_figure = binding.figure if binding else None
    one.bound_touchpoints = list(binding.touchpoints) if binding else None
    one.bound_number = number if binding else None
    one.former_value = None


def _described(pool: LeverPool, journey: Journey) -> dict[str, str]:
    described = _described_figures(tuple(figure_of_input(one) for one in pool.inputs))
    return described | {
        "Source": pool.source,
        "Figures from": pool.measured_on.isoformat(),
        "Owner": pool.owner.name,
        "State": pool.state.word,
        "Annual value": str(Money(pool.annual_value_minor, journey.currency)),
        **_described_centre(pool.lever, pool.cost_centre),
    }


def _described_draft(
    draft: PoolDraft, owner: Person | None, centre: ControlTotal | None
) -> dict[str, str]:
    return _described_figures(draft.figures) | {
        "Source": draft.source.strip(),
        "Figures from": draft.measured_on.isoformat(),
        "Owner": owner.name if owner else "",
        **_described_centre(draft.lever, centre),
    }


def _described_centre(lever: Lever, centre: ControlTotal | None) -> dict[str, str]:
    if lever is not Lever.SERVE:
        return {}
    return {"Cost centre": centre.name if centre else "not named"}


def _described_figures(figures: tuple[PoolFigure, ...]) -> dict[str, str]:
    return {
        f.symbol: " / ".join(_written(v) for v in (f.low, f.value, f.high) if v is not None)
        + (f" ({f.source.strip()})" if f.source.strip() else "")
        + _bound_words(f)
        for f in figures
    }


def _bound_words(figure: PoolFigure) -> str:
    if figure.binding is None:
        return ""
    places = ", ".join(str(id_) for id_ in figure.binding.touchpoints)
    return f" = {figure.binding.figure.word} of touchpoint {places}"


def _written(value: Decimal) -> str:
    return f"{value.normalize():f}"

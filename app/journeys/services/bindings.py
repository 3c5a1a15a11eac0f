"""Take pool inputs from the newest baseline, and move them when a newer one is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.audit.services import record
from app.journeys.models import Baseline, Journey, LeverPool, PoolInput
from app.journeys.queries import LastFigures
from app.journeys.rules import (
    LEVER_INPUTS,
    Binding,
    Measured,
    PoolDraft,
    PoolFigure,
    PoolState,
    annual_pool_minor,
    bound_value,
    input_faults,
    moved,
)


def figure_of_input(one: PoolInput) -> PoolFigure:
    """A stored input as a pure value."""
    binding = None
    if one.bound_figure is not None:
        binding = Binding(one.bound_figure, tuple(one.bound_touchpoints or ()))
    return PoolFigure(one.symbol, one.value, one.low, one.high, one.source, binding)


def bound_draft(
    draft: PoolDraft, last: LastFigures | None, currency: str
) -> tuple[PoolDraft, dict[str, str]]:
    """The draft with bound inputs as the newest baseline has them, and what cannot be, by field."""
    faults, figures = {}, []
    labels = {spec.symbol: spec.label for spec in LEVER_INPUTS[draft.lever]}
    for one in draft.figures:
        if one.binding is None:
            figures.append(one)
            continue
        value = bound_value(one.binding, last.figures, currency) if last else None
        if value is None:
            faults[f"{one.symbol}-bound"] = (
                f"Baseline {last.baseline.number} has no {one.binding.figure.word} at all of these"
                f" touchpoints; choose others, or none and type “{labels[one.symbol]}”."
                if last
                else "The journey has no baseline yet; type the figure."
            )
        figures.append(one if value is None else replace(one, value=value))
    return replace(draft, figures=tuple(figures)), faults


def move_bound_pools(
    session: Session,
    journey: Journey,
    baseline: Baseline,
    figures: Mapping[int, Measured],
    *,
    actor: Person,
    now: datetime,
) -> list[LeverPool]:
    """Let bound inputs follow a new baseline; gives the pools that changed.

    A pool with a changed input is claimed again, by whoever recorded the baseline, and keeps what
    stood there before until Finance certifies it anew. An input the baseline does not measure, or
    with which the pool would be impossible, stays as it is and bound to the older version.
    """
    return [
        pool
        for pool in journey.pools
        if _move(session, journey, pool, baseline, figures, actor=actor, now=now)
    ]


def _move(
    session: Session,
    journey: Journey,
    pool: LeverPool,
    baseline: Baseline,
    figures: Mapping[int, Measured],
    *,
    actor: Person,
    now: datetime,
) -> bool:
    changes = _followed(pool, figures, journey.currency)
    values = {one.symbol: one.value for one in pool.inputs}
    after = values | {symbol: figure.value for symbol, figure in changes.items()}
    if not changes or input_faults(pool.lever, after):
        return False
    for one in pool.inputs:
        if one.symbol in changes:
            _follow(one, changes[one.symbol], baseline.number)
    if after == values:
        session.flush()
        return False
    was = {"state": pool.state, "value": pool.annual_value_minor}
    pool.state, pool.claimed_by = PoolState.CLAIMED, actor
    pool.certified_by, pool.certified_at = None, None
    pool.annual_value_minor = annual_pool_minor(pool.lever, after, journey.currency)
    flag_modified(pool, "source")
    session.flush()
    different = [symbol for symbol in after if after[symbol] != values[symbol]]
    record(
        session, actor=actor, action="pool.moved", subject=f"pool:{pool.id}",
        before=was | {symbol: values[symbol] for symbol in different},
        after={"state": pool.state, "value": pool.annual_value_minor}
        | {symbol: after[symbol] for symbol in different},
        reason=f"Baseline {baseline.number}", now=now,
    )  # fmt: skip
    return True


def _followed(
    pool: LeverPool, figures: Mapping[int, Measured], currency: str
) -> dict[str, PoolFigure]:
    """The bound inputs that a baseline measures as it has them, by symbol."""
    found = {}
    for one in pool.inputs:
        before = figure_of_input(one)
        value = bound_value(before.binding, figures, currency) if before.binding else None
        if value is not None:
            found[one.symbol] = moved(before, value)
    return found


def _follow(one: PoolInput, figure: PoolFigure, number: int) -> None:
    if one.former_value is None and figure.value != one.value:
        one.former_value = one.value
    elif one.former_value == figure.value:
        one.former_value = None
    one.value, one.low, one.high = figure.value, figure.low, figure.high
    one.bound_number = number


def unfollowed_inputs(pool: LeverPool, last: LastFigures | None, currency: str) -> list[str]:
    """Bound inputs that the newest baseline did not move and why, a sentence each."""
    if last is None:
        return []
    labels = {spec.symbol: spec.label for spec in LEVER_INPUTS[pool.lever]}
    followed = _followed(pool, last.figures, currency)
    values = {one.symbol: one.value for one in pool.inputs}
    after = values | {symbol: figure.value for symbol, figure in followed.items()}
    impossible = " ".join(input_faults(pool.lever, after).values())
    number = last.baseline.number
    return [
        f"“{labels[one.symbol]}” still is what baseline {one.bound_number} said"
        + _unfollowed_words(number, is_measured=one.symbol in followed, impossible=impossible)
        for one in pool.inputs
        if one.bound_figure is not None and one.bound_number != number
    ]


def _unfollowed_words(number: int, *, is_measured: bool, impossible: str) -> str:
    if not is_measured:
        return (
            f"; baseline {number} does not measure it at all of its touchpoints. Bind it anew or "
            "type it."
        )
    if impossible:
        return (
            f": with the figures of baseline {number} the pool would be impossible. {impossible} "
            "Correct the baseline by a newer one, or type the input."
        )
    return f"; baseline {number} was recorded meanwhile. Save the pool again to take its figures."

"""Journeys with touchpoints, baselines and pools."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.journeys.models import (
    Baseline,
    ControlTotal,
    Journey,
    LeverPool,
    PoolInput,
    Stage,
    Touchpoint,
    TouchpointFigure,
)
from app.journeys.rules import (
    LEVER_INPUTS,
    BaselineDraft,
    Channel,
    ControlKind,
    JourneyDraft,
    Lever,
    Measured,
    PoolDraft,
    PoolFigure,
    PoolState,
    StageKind,
    annual_pool_minor,
)
from tests.support.kept import kept

_LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
MEASURED_ON = date(2027, 1, 15)

INPUTS: dict[Lever, dict[str, str]] = {
    Lever.SERVE: {"V": "200000", "u": "5.5", "alpha": "0.4", "addr": "0.5"},
    Lever.CONVERT: {"A": "50000", "r": "0.031", "r_max": "0.045", "m_s": "120"},
    Lever.SPEND: {"N_x": "40000", "b": "300", "mu": "0.35", "headroom": "0.06"},
    Lever.FAIL: {"V_f": "90000", "f": "0.08", "k": "42.5", "addr": "0.7"},
    Lever.RETAIN: {"N": "120000", "p": "0.18", "s": "0.25", "addr": "0.6", "m": "180"},
    Lever.RISK: {"prob": "0.05", "loss": "2000000", "addr": "0.5"},
}
"""Sound inputs of every lever."""


def measured(**changes: Any) -> Measured:
    """Return figures of a touchpoint that hurts."""
    values: dict[str, Any] = {
        "contacts_per_year": 150_000,
        "satisfaction": "5.5",
        "satisfaction_target": "7.5",
        "importance": 9,
        "cost_per_contact_minor": 6_40,
        "minutes_per_contact": "7.5",
    } | changes
    cost = values.pop("cost_per_contact_minor")
    exact = {name: Decimal(v) for name, v in values.items() if v is not None}
    return Measured(cost_per_contact_minor=cost, **exact)


def journey_draft(owner: Person, **changes: Any) -> JourneyDraft:
    values: dict[str, Any] = {
        "key": "motor-claim",
        "name": "Motor claim",
        "segment": "Private motor customers",
        "goal": "Have the car repaired without worry",
        "currency": "EUR",
        "owner_id": owner.id,
    }
    return JourneyDraft(**values | changes)


@kept
def make_journey(session: Session, owner: Person, **changes: Any) -> Journey:
    """Add a journey with seven stages and four touchpoints; `changes` are of `journey_draft`."""
    draft = journey_draft(owner, **changes)
    stages = {
        kind: Stage(kind=kind, name=kind.word, position=position, is_hidden=False)
        for position, kind in enumerate(StageKind)
    }
    cells = (
        (StageKind.ACTION, Channel.WEB),
        (StageKind.ACTION, Channel.CONTACT_CENTRE),
        (StageKind.USE, Channel.CONTACT_CENTRE),
        (StageKind.USE, Channel.LETTER),
    )
    journey = Journey(
        key=draft.key,
        name=draft.name,
        segment=draft.segment,
        goal=draft.goal,
        currency=draft.currency,
        owner=owner,
        is_in_use=draft.is_in_use,
        created_at=_LONG_AGO,
        stages=list(stages.values()),
        touchpoints=[
            Touchpoint(stage=stages[kind], channel=channel, name=f"{channel.word}, {kind.word}")
            for kind, channel in cells
        ],
        baselines=[],
        pools=[],
    )
    session.add(journey)
    session.flush()
    return journey


@kept
def make_baseline(
    session: Session,
    journey: Journey,
    *,
    measured_on: date = MEASURED_ON,
    figures: Mapping[int, Measured] | None = None,
    **log: Any,
) -> Baseline:
    """Add the next baseline of a journey made or loaded whole, by its owner.

    Without `figures` (by touchpoint id) the touchpoints have ever fewer contacts. `log` are the
    columns that say which days of a log it was cut from.
    """
    given = figures or {
        touchpoint.id: measured(contacts_per_year=150_000 // (place + 1))
        for place, touchpoint in enumerate(journey.touchpoints)
    }
    touchpoints = {touchpoint.id: touchpoint for touchpoint in journey.touchpoints}
    baseline = Baseline(
        number=len(journey.baselines) + 1,
        measured_on=measured_on,
        source="Contact statistics and survey",
        note="",
        recorded_by=journey.owner,
        recorded_at=_LONG_AGO,
        **log,
        figures=[
            TouchpointFigure(
                touchpoint=touchpoints[touchpoint_id],
                contacts_per_year=one.contacts_per_year,
                satisfaction=one.satisfaction,
                satisfaction_target=one.satisfaction_target,
                importance=one.importance,
                cost_per_contact_minor=one.cost_per_contact_minor,
                minutes_per_contact=one.minutes_per_contact,
                unmet_share=one.unmet_share,
            )
            for touchpoint_id, one in given.items()
        ],
    )
    journey.baselines.append(baseline)
    session.flush()
    return baseline


def baseline_draft(figures: Mapping[int, Measured], **changes: Any) -> BaselineDraft:
    values: dict[str, Any] = {"measured_on": MEASURED_ON, "source": "Survey", "note": ""}
    return BaselineDraft(**values | {"figures": dict(figures)} | changes)


def pool_draft(owner: Person, lever: Lever = Lever.SERVE, **changes: Any) -> PoolDraft:
    """Return a sound claim; keywords that are symbols change its inputs."""
    inputs = dict(INPUTS[lever])
    for symbol in [symbol for symbol in changes if symbol in inputs]:
        inputs[symbol] = changes.pop(symbol)
    values: dict[str, Any] = {
        "lever": lever,
        "figures": tuple(PoolFigure(symbol, Decimal(value)) for symbol, value in inputs.items()),
        "source": "Controlling, cost centre 4711",
        "measured_on": MEASURED_ON,
        "owner_id": owner.id,
    }
    return PoolDraft(**values | changes)


def make_control(
    session: Session,
    person: Person,
    kind: ControlKind = ControlKind.COST_CENTRE,
    *,
    name: str = "Contact centre",
    amount_minor: int = 1_000_000_00,
) -> ControlTotal:
    """Add a control total in EUR that `person` owns and set."""
    total = ControlTotal(
        kind=kind,
        name=name,
        currency="EUR",
        amount_minor=amount_minor,
        source="Budget book",
        measured_on=MEASURED_ON,
        owner=person,
        set_by=person,
        set_at=_LONG_AGO,
    )
    session.add(total)
    session.flush()
    return total


@kept
def make_pool(
    session: Session,
    journey: Journey,
    lever: Lever = Lever.SERVE,
    *,
    claimed_by: Person,
    certified_by: Person | None = None,
    cost_centre: ControlTotal | None = None,
    **inputs: str,
) -> LeverPool:
    """Add a pool with the inputs of INPUTS, changed by symbol; certified if somebody did."""
    given = {s: Decimal(v) for s, v in (INPUTS[lever] | inputs).items()}
    pool = LeverPool(
        journey=journey,
        lever=lever,
        state=PoolState.CERTIFIED if certified_by else PoolState.CLAIMED,
        annual_value_minor=annual_pool_minor(lever, given, journey.currency),
        source="Controlling, cost centre 4711",
        measured_on=MEASURED_ON,
        owner=claimed_by,
        claimed_by_id=claimed_by.id,
        certified_by=certified_by,
        certified_at=_LONG_AGO if certified_by else None,
        cost_centre=cost_centre,
        inputs=[
            PoolInput(symbol=spec.symbol, position=place, value=given[spec.symbol], source="")
            for place, spec in enumerate(LEVER_INPUTS[lever])
        ],
    )
    session.add(pool)
    session.flush()
    return pool

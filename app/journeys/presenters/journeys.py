"""The list of journeys and the pages of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from app.journeys.models import Baseline, Journey
from app.journeys.queries import Acting, JourneyState
from app.journeys.rules import (
    PoolState,
    is_hot_spot,
    mean_satisfaction,
    mean_target,
    pain,
    pain_scale,
)
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey as the list shows it; satisfaction and target run from 0 to 10."""

    journey: Journey
    baseline: Baseline | None
    satisfaction: Decimal | None
    target: Decimal | None
    contacts: Decimal
    hot_spots: int
    uncovered: int
    certified: Money
    claimed: Money


def journey_rows(
    states: Sequence[JourneyState], acting: Mapping[int, Sequence[Acting]]
) -> list[JourneyRow]:
    """Arrange journeys; ``acting`` is by touchpoint id."""
    return [_row(state, acting) for state in states]


def _row(state: JourneyState, acting: Mapping[int, Sequence[Acting]]) -> JourneyRow:
    figures = state.figures
    scale = pain_scale(figures.values())
    hot = [id_ for id_, one in figures.items() if is_hot_spot(pain(one.score, scale))]
    currency = state.journey.currency
    value = {
        kind: sum(pool.annual_value_minor for pool in state.pools if pool.state is kind)
        for kind in PoolState
    }
    return JourneyRow(
        journey=state.journey,
        baseline=state.baseline,
        satisfaction=mean_satisfaction(figures.values()),
        target=mean_target(figures.values()),
        contacts=sum((one.contacts_per_year for one in figures.values()), Decimal(0)),
        hot_spots=len(hot),
        uncovered=sum(not any(one.is_live for one in acting.get(id_, ())) for id_ in hot),
        certified=Money(value[PoolState.CERTIFIED], currency),
        claimed=Money(value[PoolState.CLAIMED], currency),
    )


def journey_tabs(journey: Journey, here: str) -> list[tuple[str, str, bool]]:
    """The pages of a journey; ``here`` is the endpoint of the one that is open."""
    pages = (
        ("Map", "journeys.show"),
        ("Pools", "journeys.pools"),
        ("Baselines", "journeys.baselines"),
        ("Stages and touchpoints", "journeys.shape"),
    )
    return [(word, url_for(name, key=journey.key), name == here) for word, name in pages]

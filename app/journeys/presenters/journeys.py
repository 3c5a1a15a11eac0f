"""The list of journeys by what is at stake, and the pages of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from app.journeys.models import Baseline, Journey, Touchpoint
from app.journeys.presenters.looks import pain_level
from app.journeys.queries import Acting, JourneyState
from app.journeys.rules import (
    PoolStake,
    PoolState,
    PoolStrengths,
    is_hot_spot,
    journey_stake,
    mean_satisfaction,
    mean_target,
    pain,
    pain_scale,
)
from app.values.money import Money
from app.values.names import name_key
from app.web.guards import costs_are_hidden

MOST_SPOTS = 12


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey as the list shows it; satisfaction and target run from 0 to 10.

    ``decided`` and ``addressed`` are what approved and all live initiatives claim of its certified
    pools a year; the shares are None where nothing is certified.
    """

    journey: Journey
    baseline: Baseline | None
    satisfaction: Decimal | None
    target: Decimal | None
    contacts: Decimal
    hot_spots: int
    uncovered: int
    certified: Money
    claimed: Money
    decided: Money
    addressed: Money

    @property
    def addressed_share(self) -> Decimal | None:
        return self._share(self.addressed)

    @property
    def decided_share(self) -> Decimal | None:
        return self._share(self.decided)

    @property
    def open(self) -> Money:
        """What no live initiative claims of the certified pools."""
        return self.certified - self.addressed

    @property
    def meter(self) -> float:
        """The share of live initiatives for a bar, 0 to 100."""
        return round(float(max(self.addressed_share or 0, 0) * 100), 1)

    def _share(self, part: Money) -> Decimal | None:
        return Decimal(part.minor) / self.certified.minor if self.certified.minor else None


@dataclass(frozen=True, slots=True)
class SpotLine:
    """A hot spot no live initiative changes, whatever its journey."""

    pain: int
    level: int
    place: str
    journey: Journey
    touchpoint_id: int
    opportunity: Decimal
    cost_per_year: Money


def journey_rows(
    states: Sequence[JourneyState], acting: Mapping[int, Sequence[Acting]], claims: PoolStrengths
) -> list[JourneyRow]:
    """Arrange journeys, those in use with the most certified value first.

    ``acting`` is by touchpoint id. Amounts in several currencies are not added or compared: they
    stand together by currency. Who may not see money finds them by name, as an order tells it too.
    """
    rows = [_row(state, acting, claims) for state in states]
    if costs_are_hidden():
        return sorted(rows, key=lambda row: (not row.journey.is_in_use, name_key(row.journey.name)))
    return sorted(
        rows,
        key=lambda row: (
            not row.journey.is_in_use,
            not row.certified.minor,
            row.journey.currency,
            -row.certified.minor,
            -row.claimed.minor,
            name_key(row.journey.name),
        ),
    )


def uncovered_ids(
    states: Sequence[JourneyState], acting: Mapping[int, Sequence[Acting]]
) -> list[tuple[int, int]]:
    """Hot spots of all journeys in use that no live initiative changes, the worst first.

    Touchpoint id and pain; more than a page shows, since some may stand in a hidden stage.
    """
    found = []
    for state in states:
        scale = pain_scale(state.figures.values())
        for id_, one in state.figures.items() if state.journey.is_in_use else ():
            hurts = pain(one.score, scale)
            if is_hot_spot(hurts) and not any(who.is_live for who in acting.get(id_, ())):
                found.append((id_, hurts))
    return sorted(found, key=lambda item: (-item[1], item[0]))


def spot_lines(
    uncovered: Sequence[tuple[int, int]],
    places: Mapping[int, Touchpoint],
    states: Sequence[JourneyState],
) -> list[SpotLine]:
    """The worst of them with their journey and place; ``places`` are touchpoints by id."""
    journeys = {state.journey.id: state for state in states}
    lines = []
    for id_, hurts in uncovered:
        if (touchpoint := places.get(id_)) is None:
            continue
        state = journeys[touchpoint.journey_id]
        figures = state.figures[id_]
        lines.append(
            SpotLine(
                pain=hurts,
                level=pain_level(hurts),
                place=f"{touchpoint.stage.name}, {touchpoint.channel.word.lower()}",
                journey=state.journey,
                touchpoint_id=id_,
                opportunity=figures.opportunity,
                cost_per_year=Money(figures.cost_per_year_minor, state.journey.currency),
            )
        )
    return lines[:MOST_SPOTS]


def _row(
    state: JourneyState, acting: Mapping[int, Sequence[Acting]], claims: PoolStrengths
) -> JourneyRow:
    figures = state.figures
    scale = pain_scale(figures.values())
    hot = [id_ for id_, one in figures.items() if is_hot_spot(pain(one.score, scale))]
    stake = journey_stake(
        (
            PoolStake(pool.id, pool.annual_value_minor, pool.state is PoolState.CERTIFIED)
            for pool in state.pools
        ),
        claims,
        state.journey.currency,
    )
    return JourneyRow(
        journey=state.journey,
        baseline=state.baseline,
        satisfaction=mean_satisfaction(figures.values()),
        target=mean_target(figures.values()),
        contacts=sum((one.contacts_per_year for one in figures.values()), Decimal(0)),
        hot_spots=len(hot),
        uncovered=sum(not any(one.is_live for one in acting.get(id_, ())) for id_ in hot),
        certified=stake.certified,
        claimed=stake.claimed,
        decided=stake.decided,
        addressed=stake.addressed,
    )


def journey_tabs(journey: Journey, here: str) -> list[tuple[str, str, bool]]:
    """The pages of a journey; ``here`` is the endpoint of the one that is open."""
    pages = (
        ("Map", "journeys.show"),
        ("Contacts", "journeys.contacts"),
        ("Needs", "journeys.needs"),
        ("Pools", "journeys.pools"),
        ("Baselines", "journeys.baselines"),
        ("Stages and touchpoints", "journeys.shape"),
    )
    return [(word, url_for(name, key=journey.key), name == here) for word, name in pages]

"""Baselines as tables and comparisons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.models import Journey, Touchpoint
from app.journeys.presenters.looks import Figures
from app.journeys.rules import Channel, Measured, pain, pain_scale
from app.values.money import Money
from app.web.filters import bare_money, number, percent

_NAMES = re.compile(r"(?P<first>“[^”]*”(?:, “[^”]*”){2})(?P<rest>(?:, “[^”]*”){2,})")
"""Three names and two or more: with one more, saying so would be no shorter."""


def short_source(source: str) -> str:
    """A baseline's source with no more than three names of logs in a row."""
    return _NAMES.sub(lambda one: f"{one['first']} and {one['rest'].count('“')} more", source)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A touchpoint with what was measured and its pain; ``cells`` follow FIGURE_HEAD."""

    name: str
    place: str
    cells: Sequence[str]


FIGURE_HEAD = (
    "Pain",
    "Contacts a year",
    "Satisfaction",
    "Target",
    "Importance",
    "Cost per contact",
    "Cost a year",
    "Minutes per contact",
    "Unmet",
)


def figure_rows(journey: Journey, figures: Figures) -> list[FigureRow]:
    """The figures of a baseline, the worst touchpoint first."""
    scale = pain_scale(figures.values())
    measured = [one for one in touchpoints_in_order(journey) if one.id in figures]
    measured.sort(key=lambda one: -figures[one.id].score)
    return [
        FigureRow(one.name, place_of(one), _cells(figures[one.id], scale, journey.currency))
        for one in measured
    ]


def touchpoints_in_order(journey: Journey) -> list[Touchpoint]:
    """A journey's touchpoints by stage, then channel."""
    channels = list(Channel)
    return sorted(
        journey.touchpoints, key=lambda one: (one.stage.position, channels.index(one.channel))
    )


def place_of(touchpoint: Touchpoint) -> str:
    """Where a touchpoint stands: Use, contact centre."""
    return f"{touchpoint.stage.name}, {touchpoint.channel.word.lower()}"


def _cells(one: Measured, scale: Decimal, currency: str) -> list[str]:
    return [
        str(pain(one.score, scale)),
        number(one.contacts_per_year),
        number(one.satisfaction),
        number(one.satisfaction_target),
        number(one.importance),
        bare_money(Money(one.cost_per_contact_minor, currency)),
        bare_money(Money(one.cost_per_year_minor, currency), 0),
        number(one.minutes_per_contact),
        percent(one.unmet_share),
    ]

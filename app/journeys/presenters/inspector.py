"""What the page says about the touchpoint somebody looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.models import Journey
from app.journeys.presenters.heat_map import Figures, HeatMap, short_count, trend
from app.journeys.queries import Acting
from app.journeys.rules import Measured, is_hot_spot, pain, pain_scale
from app.values.money import Money
from app.web.filters import number, signed


@dataclass(frozen=True, slots=True)
class Inspector:
    """A touchpoint with its pain, what drives it, its figures and who acts on it."""

    title: str
    subtitle: str
    pain: int
    rank: str
    change: str | None
    change_trend: str
    change_tone: str | None
    drivers: Sequence[Mapping[str, object]]
    measured: Measured
    cost_per_contact: Money
    cost_per_year: Money
    hours_per_year: Decimal
    is_hot: bool
    acting: Sequence[Acting]


def inspector(
    journey: Journey,
    heat: HeatMap,
    figures: Figures,
    earlier: Figures,
    acting: Mapping[int, Sequence[Acting]],
) -> Inspector | None:
    """Describe the selected touchpoint of a heat map; None before anything is measured."""
    touchpoint = next((one for one in journey.touchpoints if one.id == heat.selected), None)
    if touchpoint is None:
        return None
    measured, currency = figures[touchpoint.id], journey.currency
    now = heat.pains[touchpoint.id]
    before = earlier.get(touchpoint.id)
    earlier_pain = pain(before.score, pain_scale(figures.values())) if before else None
    moved = trend(now, earlier_pain)
    change = None if earlier_pain is None else now - earlier_pain
    return Inspector(
        title=f"{touchpoint.channel.word}, {touchpoint.stage.name}",
        subtitle=touchpoint.name,
        pain=now,
        rank=f"{heat.ranking.index(touchpoint.id) + 1} of {len(heat.ranking)}",
        change=None if change is None else signed(change),
        change_trend=moved,
        change_tone={"up": "poor", "down": "good"}.get(moved),
        drivers=_drivers(measured, figures),
        measured=measured,
        cost_per_contact=Money(measured.cost_per_contact_minor, currency),
        cost_per_year=Money(measured.cost_per_year_minor, currency),
        hours_per_year=measured.minutes_per_year / 60,
        is_hot=is_hot_spot(now),
        acting=sorted(acting.get(touchpoint.id, ()), key=lambda one: (not one.is_live, one.key)),
    )


def _drivers(measured: Measured, figures: Figures) -> list[dict[str, object]]:
    """The three factors of the pain, each against the worst of the journey."""
    others = figures.values()
    factors = (
        ("Importance", measured.importance, max(o.importance for o in others), "{} of 10"),
        ("Short of target", measured.shortfall, max(o.shortfall for o in others), "{} points"),
        (
            "Contacts",
            measured.contacts_per_year,
            max(o.contacts_per_year for o in others),
            "{} a year",
        ),
    )
    return [
        {
            "label": label,
            "value": words.format(short_count(value) if label == "Contacts" else number(value)),
            "share": _share(value, most),
        }
        for label, value, most, words in factors
    ]


def _share(value: Decimal, most: Decimal) -> float:
    return round(float(value / most * 100), 1) if most else 0.0

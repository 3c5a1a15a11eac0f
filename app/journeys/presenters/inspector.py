"""What the page says about the touchpoint somebody looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.models import Journey, Touchpoint
from app.journeys.presenters.heat_map import HeatMap
from app.journeys.presenters.looks import Figures, short_count
from app.journeys.queries import Acting
from app.journeys.rules import (
    FEWEST_JUDGED,
    Change,
    Driver,
    Logged,
    Measured,
    Opportunity,
    drivers,
    is_hot_spot,
    total_of,
)
from app.values.money import Money
from app.values.share import whole_percents
from app.web.filters import counted, money, number, percent, signed

MOST_DRIVERS = 5

_OPPORTUNITIES = {
    Opportunity.EXTREME: "extreme",
    Opportunity.HIGH: "high",
    Opportunity.CONSIDER: "worth considering",
    Opportunity.LOW: "low",
}


@dataclass(frozen=True, slots=True)
class Inspector:
    """A touchpoint with its pain, the reasons behind it, its figures and who acts on it.

    ``reasons`` come from the contact log, ``factors`` are those of the pain; ``top_reason`` is the
    first of the reasons. A touchpoint without a baseline has no pain. ``change`` is between both
    baselines' pains on the scale of the one that is shown, which ``change_scale`` says.
    """

    id: int
    title: str
    subtitle: str
    pain: int | None
    rank: str
    change: str | None
    change_scale: str
    change_trend: str
    change_tone: str | None
    change_note: str
    reasons: Sequence[Mapping[str, object]]
    reasons_note: str
    top_reason: str | None
    factors: Sequence[Mapping[str, object]]
    measured: Sequence[tuple[str, str]]
    logged: Sequence[tuple[str, str]]
    is_hot: bool
    acting: Sequence[Acting]
    acting_count: int


MOST_ACTING = 25
"""How many initiatives that act on a touchpoint are listed, live ones first."""


def inspector(
    journey: Journey,
    heat: HeatMap,
    by_reason: Mapping[str, Logged],
    acting: Mapping[int, Sequence[Acting]],
) -> Inspector | None:
    """Describe the selected touchpoint of a heat map; None before anything is known."""
    touchpoint = next((one for one in journey.touchpoints if one.id == heat.selected), None)
    if touchpoint is None:
        return None
    known, id_ = heat.known, touchpoint.id
    measured, now = known.figures.get(id_), known.pains.get(id_)
    moved = _moved(now, known.earlier_pains.get(id_))
    said = known.change("pain", id_)
    is_told = bool(moved) and said in (Change.CLEAR, Change.UNTESTED)
    trend = "flat" if moved is None or not is_told else "up" if moved > 0 else "down"
    found = drivers(by_reason)
    return Inspector(
        id=id_,
        title=f"{touchpoint.channel.word}, {touchpoint.stage.name}",
        subtitle=touchpoint.name,
        pain=now,
        rank=_rank(touchpoint, heat),
        change=None if moved is None else signed(moved),
        change_scale=_on_one_scale(known.earlier_pains.get(id_), now),
        change_trend=trend,
        change_tone={"up": "poor", "down": "good"}.get(trend) if said is Change.CLEAR else None,
        change_note=said.word if moved and said is not None else "",
        reasons=_bars(found),
        reasons_note=_reasons_note(total_of(by_reason.values()), found),
        top_reason=found[0].reason if found else None,
        factors=_factors(measured, known.figures) if measured else (),
        measured=_measured(measured, journey.currency) if measured else (),
        logged=_logged(total_of(by_reason.values()), journey.currency),
        is_hot=is_hot_spot(now or 0),
        acting=sorted(acting.get(id_, ()), key=lambda one: (not one.is_live, one.key))[
            :MOST_ACTING
        ],
        acting_count=len(acting.get(id_, ())),
    )


def _moved(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def _on_one_scale(before: int | None, now: int | None) -> str:
    """Both pains as they are compared: a baseline's own page shows its pain on its own scale."""
    if before is None or now is None or before == now:
        return ""
    return f"{before} → {now}, both on the scale of the baseline shown"


def _rank(touchpoint: Touchpoint, heat: HeatMap) -> str:
    by = "Pain" if heat.known.pains else "By unmet contacts"
    return f"{by} {heat.ranking.index(touchpoint.id) + 1} of {len(heat.ranking)}"


def _bars(found: Sequence[Driver]) -> list[dict[str, object]]:
    """The first drivers as bars: their share of the unmet contacts, and how they stand out."""
    shares = whole_percents([driver.share for driver in found])
    return [
        {
            "label": driver.reason or "Reason not stated",
            "value": percent(share, 0),
            "share": round(float(driver.share * 100), 1),
            "note": _stands_out(driver),
        }
        for driver, share in zip(found[:MOST_DRIVERS], shares, strict=False)
    ]


def _stands_out(driver: Driver) -> str:
    of = f"{number(driver.logged.unmet)} of {number(driver.logged.judged)} judged"
    if driver.lift is None:
        return f"{of}; too few to compare with the rest"
    return f"{of}; {number(driver.lift, 1)} × as often unmet as the rest"


def _reasons_note(whole: Logged, found: Sequence[Driver]) -> str:
    """What the bars stand on, or why there are none."""
    if not whole.contacts:
        return "No contact here is logged in these months, so the reasons are not known."
    if not whole.judged:
        return "No contact logged here says whether the expectation was met."
    if not found:
        return f"Of {counted(whole.judged, 'judged contact')} here none was unmet."
    left = len(found) - MOST_DRIVERS
    more = f" {counted(left, 'more reason')} with smaller shares." if left > 0 else ""
    few = " That is too few to rely on." if whole.judged < FEWEST_JUDGED else ""
    return (
        f"Shares of the {number(whole.unmet)} unmet of {counted(whole.judged, 'judged contact')}."
        f"{more}{few}"
    )


def _factors(measured: Measured, figures: Figures) -> list[dict[str, object]]:
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


def _measured(measured: Measured, currency: str) -> list[tuple[str, str]]:
    """What the baseline says, with the opportunity beside it."""
    score = measured.opportunity
    return [
        ("Contacts", f"{number(measured.contacts_per_year)} a year"),
        (
            "Satisfaction",
            f"{number(measured.satisfaction)}, target {number(measured.satisfaction_target)}",
        ),
        ("Opportunity", f"{number(score)}, {_OPPORTUNITIES[Opportunity.of(score)]}"),
        ("Cost per contact", money(Money(measured.cost_per_contact_minor, currency))),
        ("Cost to serve", f"{money(Money(measured.cost_per_year_minor, currency))} a year"),
        ("Customer time", f"{number(measured.minutes_per_year / 60, 0)} hours a year"),
    ]


def _logged(whole: Logged, currency: str) -> list[tuple[str, str]]:
    """What the log says of the touchpoint; what it does not know is left out."""
    if not whole.contacts:
        return []
    lines = [("Logged contacts", number(whole.contacts))]
    if whole.unmet_share is not None:
        lines.append(("Unmet expectation", f"{percent(whole.unmet_share)} of those judged"))
    if whole.cost_per_contact_minor is not None:
        cost = money(Money(whole.cost_per_contact_minor, currency))
        lines.append(("Cost per contact", f"{cost}, known of {number(whole.costed)}"))
    for word, count, among in (
        ("Repeats", whole.repeats, whole.keyed),
        ("Escalated", whole.escalated, whole.contacts),
        ("Customers lost", whole.lost, whole.contacts),
    ):
        if count and among:
            whose = "contacts" if among == whole.contacts else "those that name their customer"
            lines.append((word, f"{number(count)}, {percent(Decimal(count) / among)} of {whose}"))
    return lines

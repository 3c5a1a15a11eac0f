"""The counter of capital freed, in plain words and with the list behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.approvals.queries.freed import FreedTotal
from app.values.money import Money
from app.web.filters import counted, money


@dataclass(frozen=True, slots=True)
class FreedView:
    """Sums over all cycles by currency, sums by cycle, and what they mean."""

    sentence: str
    sums: Sequence[Money]
    figures: Sequence[dict[str, Any]]
    chosen: Money | None


def freed_view(totals: Sequence[FreedTotal], cycle_id: int | None) -> FreedView:
    """All cycles first, then each cycle that gave something back."""
    sums = freed_sums(totals)
    chosen = [Money(one.minor, one.currency) for one in totals if one.cycle_id == cycle_id]
    figures = [
        {"label": "All cycles", "value": money(one), "note": f"{money(again)} can be planned again"}
        for one, again in zip(sums, freed_sums(totals, "plannable"), strict=True)
    ]
    figures += [
        {
            "label": one.cycle,
            "value": money(Money(one.minor, one.currency)),
            "note": f"from {counted(one.initiatives, 'initiative')}; "
            f"{money(Money(one.plannable, one.currency))} can be planned again",
        }
        for one in totals
    ]
    return FreedView(_sentence(totals), sums, figures, chosen[0] if chosen else None)


def freed_sums(totals: Sequence[FreedTotal], figure: str = "minor") -> list[Money]:
    """What was freed ever, or another figure of the totals, one sum a currency, never mixed."""
    found: dict[str, int] = {}
    for one in totals:
        found[one.currency] = found.get(one.currency, 0) + getattr(one, figure)
    return [Money(minor, code) for code, minor in sorted(found.items())]


def _sentence(totals: Sequence[FreedTotal]) -> str:
    if not totals:
        return "Nothing was freed yet. The first money a hurdle gives back is counted here."
    sums = " and ".join(money(one) for one in freed_sums(totals))
    plannable = freed_sums(totals, "plannable")
    said = f"{sums} was not spent on what no longer paid: hurdles gave it back."
    if plannable == freed_sums(totals):
        return f"{said} All of it can be planned again."
    again = " and ".join(money(one) for one in plannable)
    return (
        f"{said} Of it {again} can be planned again; the time of the rest is over, or no open "
        "cycle plans it."
    )

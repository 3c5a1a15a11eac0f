"""What customers are spared, in contacts and minutes, beside the money."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.initiatives.models import Option
from app.initiatives.presenters.sections import pool_name
from app.initiatives.queries import CaseBasis
from app.initiatives.rules import OptionClaim, flow_removed
from app.web.filters import number


def effort_rows(option: Option, claim: OptionClaim, basis: CaseBasis) -> list[list[dict[str, Any]]]:
    """A row per pool with a flow: what, over the horizon, in a year at full effect, minutes."""
    rows = []
    pools = {effect.pool_id: effect for effect in sorted(option.effects, key=lambda one: -one.id)}
    for id_, effect in sorted(pools.items()):
        spread = basis.spreads.get(id_)
        if spread is None:
            continue
        known = basis.minutes.get(effect.pool.journey_id)
        found = flow_removed(
            claim, id_, spread.lever, {symbol: one.middle for symbol, one in spread.inputs},
            basis.horizon, known.minutes if known else None,
        )  # fmt: skip
        if found is None:
            continue
        minutes: dict[str, Any] = {"text": "–"}
        if found.minutes_over_horizon is not None and known is not None:
            each = number(round(known.minutes, 1))
            minutes = {
                "text": f"{number(round(found.minutes_over_horizon))} at {each} a contact",
                "href": url_for("journeys.baseline", key=known.journey, number=known.baseline),
            }
        rows.append(
            [
                {
                    "text": f"{pool_name(effect)}: {found.unit}",
                    "href": url_for(
                        "journeys.pool", key=effect.pool.journey.key, word=spread.lever.value
                    ),
                },
                {"text": number(round(found.over_horizon))},
                {"text": number(round(found.in_a_year))},
                minutes,
            ]
        )
    return rows

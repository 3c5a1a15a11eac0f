"""What customers are spared, in contacts and minutes, beside the money."""

from __future__ import annotations

from flask import url_for

from app.initiatives.models import Option
from app.initiatives.presenters.case_sources import Linked, formula_place, linked, pool_page
from app.initiatives.presenters.sections import pool_name
from app.initiatives.queries import CaseBasis, MinutesPerContact
from app.initiatives.rules import OptionClaim, flow_removed
from app.web.filters import number


def effort_rows(option: Option, claim: OptionClaim, basis: CaseBasis) -> list[list[Linked]]:
    """A row per pool with a flow: what, over the horizon, in a year at full effect, minutes."""
    rows = []
    pools = {effect.pool_id: effect for effect in sorted(option.effects, key=lambda one: -one.id)}
    for id_, effect in sorted(pools.items()):
        spread = basis.spreads.get(id_)
        if spread is None:
            continue
        known = basis.minutes.get(id_)
        found = flow_removed(
            claim, id_, spread.lever, {symbol: one.middle for symbol, one in spread.inputs},
            basis.horizon, known.minutes if known else None,
        )  # fmt: skip
        if found is None:
            continue
        minutes = linked("–")
        if found.minutes_over_horizon is not None and known is not None:
            minutes = linked(
                f"{number(round(found.minutes_over_horizon))} {_measured(known)}",
                url_for("journeys.baseline", key=known.journey, number=known.baseline),
            )
        rows.append(
            [
                linked(f"{pool_name(effect)}: {found.unit}", pool_page(effect)),
                linked(number(round(found.over_horizon)), formula_place("effort")),
                linked(number(round(found.in_a_year)), formula_place("effort")),
                minutes,
            ]
        )
    return rows


def _measured(known: MinutesPerContact) -> str:
    """How long a contact takes and whose mean that is, as it follows the minutes in all."""
    each = f"at {number(round(known.minutes, 1))} a contact"
    match known.places:
        case ():
            return f"{each}, the mean of all touchpoints"
        case (only,):
            return f"{each}, as measured at “{only}”"
    return f"{each}, the mean of the {len(known.places)} touchpoints its volume is bound to"

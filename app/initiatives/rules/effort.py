"""What customers are spared and what they do more of, in its own units, beside the money.

Nothing here is ever turned into money: the pools do that, and minutes have no price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import exp, fsum

from app.initiatives.rules.value import Horizon, OptionClaim
from app.journeys.rules import Lever

UNITS: Mapping[Lever, str] = {
    Lever.SERVE: "contacts spared",
    Lever.FAIL: "failures avoided",
    Lever.RETAIN: "customers kept",
    Lever.CONVERT: "more conversions",
}
"""What the share removed of a lever's flow is; spend and risk have no flow of their own."""


def yearly_flow(lever: Lever, inputs: Mapping[str, float]) -> float | None:
    """How much of a lever's unit there is to win in a year, without its money."""
    match lever:
        case Lever.SERVE:
            return inputs["V"] * inputs["addr"]
        case Lever.FAIL:
            return inputs["V_f"] * inputs["f"] * inputs["addr"]
        case Lever.RETAIN:
            return inputs["N"] * inputs["p"] * inputs["s"] * inputs["addr"]
        case Lever.CONVERT:
            return inputs["A"] * (inputs["r_max"] - inputs["r"])
    return None


@dataclass(frozen=True, slots=True)
class FlowRemoved:
    """Units over the horizon and in a year at full effect; minutes where a contact's are known."""

    pool: int
    unit: str
    over_horizon: float
    in_a_year: float
    minutes_over_horizon: float | None


def flow_removed(
    claim: OptionClaim,
    pool: int,
    lever: Lever,
    inputs: Mapping[str, float],
    horizon: Horizon,
    minutes_per_contact: Decimal | None,
) -> FlowRemoved | None:
    """Σ flow/4·(1 − exp(−S(t))) of one pool, as if the option were alone; None without a flow.

    Minutes are contacts × minutes per contact, the ``effort`` of the value model.
    """
    flow = yearly_flow(lever, inputs)
    if flow is None:
        return None
    full = claim.strength(pool)
    profile = claim.profile(horizon.quarters)
    removed = fsum(flow / 4 * (1.0 - exp(-full * grown)) for grown in profile)
    minutes = None
    if lever is Lever.SERVE and minutes_per_contact is not None:
        minutes = removed * float(minutes_per_contact)
    return FlowRemoved(pool, UNITS[lever], removed, flow * (1.0 - exp(-full)), minutes)

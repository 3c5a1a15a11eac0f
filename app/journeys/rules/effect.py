"""How an effect grows, lasts and adds up over the planning quarters."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import log

LARGEST_REMOVAL = Decimal("0.95")
"""No behaviour change removes more of a pool than this."""


@lru_cache(maxsize=1024)
def ramp_profile(
    go_live: int, ramp: int, half_life: int | None, quarters: int
) -> tuple[float, ...]:
    """The share ρ(t) of its full intensity an effect has in planning quarters t = 1 … T.

    ``go_live`` is the planning quarter, counted from 1, in which the effect begins; it may lie
    before the horizon (0 or less) for what is live already. The go-live quarter itself has the
    first step of the linear ramp, so ρ = (t − go_live + 1)/ramp until it is 1 in quarter
    go_live + ramp − 1; from the quarter after that it halves every ``half_life`` quarters, or
    never when that is None. A ramp of 0 or 1 is full at once. Kept, since a portfolio asks for few
    shapes thousands of times.
    """
    steps = max(ramp, 1)
    profile = []
    for quarter in range(1, quarters + 1):
        lived = quarter - go_live + 1
        grown = min(max(lived, 0) / steps, 1.0)
        faded = max(lived - steps, 0)
        profile.append(grown * (0.5 ** (faded / half_life) if half_life else 1.0))
    return tuple(profile)


def intensity(removal: Decimal, haircut: Decimal) -> float:
    """The expected intensity g·a = −g·ln(1 − q) of a removal fraction q after its haircut g.

    Intensities add up over initiatives where removal fractions do not. A negative removal is a
    disbenefit: its intensity is negative and keeps no haircut, since thin evidence is no reason to
    count harm less (docs/adr/008). Raises ValueError outside −0.95 … 0.95.
    """
    if abs(removal) > LARGEST_REMOVAL:
        raise ValueError("A removal fraction lies between −0.95 and 0.95.")
    kept = float(haircut) if removal > 0 else 1.0
    return -kept * log(1.0 - float(removal))

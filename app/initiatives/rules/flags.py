"""Money so large that somebody should look twice; it is flagged, not refused."""

from __future__ import annotations

from app.values.money import CURRENCY_DIGITS

ABSURD_MULTIPLE = 1_000
"""A cost this many times the median of its cycle's candidates is flagged."""

_FEWEST_NINES = 6


def looks_like_placeholder(amount_minor: int, currency: str) -> bool:
    """Whether an amount is all nines, as people type when a field wants a number: 999,999,999."""
    major = str(amount_minor // 10 ** CURRENCY_DIGITS[currency])
    return len(major) >= _FEWEST_NINES and set(major) == {"9"}


def cost_flag(
    cost_minor: int,
    median_minor: int | None,
    currency: str,
    *,
    amounts: tuple[int, ...] = (),
    usual: str = "this cycle’s candidates",
) -> str | None:
    """Why a cost should be looked at again, or None.

    ``median_minor``: the median cost of the cycle's candidates; None when there are none.
    ``amounts``: the single amounts the cost is made of, in minor units. ``usual``: whose median.
    """
    if any(looks_like_placeholder(amount, currency) for amount in (cost_minor, *amounts)):
        return "An amount is all nines, which usually stands for “not known”. Check it."
    if median_minor and cost_minor >= ABSURD_MULTIPLE * median_minor:
        times = cost_minor // median_minor
        return f"The cost is {times:,} times the median of {usual}. Check the unit."
    return None

"""What a form already knows when a proposal starts from a hot spot."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.initiatives.queries import LoggedReason, Spot
from app.journeys.presenters import place_of, source_words, span_words
from app.web.filters import number


def spot_data(spot: Spot, today: date) -> dict[str, Any]:
    """The touchpoint and the behaviour to change, with its measured baseline.

    Of a reason the baseline is the share of unmet expectations, and its target is left to whoever
    proposes. Without one it is the satisfaction, whose target the baseline holds. Nothing that was
    not measured is filled in: a reason of which no contact was judged gives the touchpoint alone.
    """
    data: dict[str, Any] = {"touchpoints": [spot.touchpoint.id]}
    place = place_of(spot.touchpoint)
    if spot.driver is not None and spot.driver.logged.unmet_share is not None:
        return data | _of_reason(spot.driver, place, spot.driver.logged.unmet_share, today)
    if spot.measured is not None and spot.baseline is not None:
        return data | {
            "description": f"Customers get what they come for ({place}).",
            "measure": f"Mean satisfaction, 0 to 10 ({place})",
            "unit": "points",
            "baseline": spot.measured.satisfaction,
            "target": spot.measured.satisfaction_target,
            "source": f"Baseline {spot.baseline.number}: {spot.baseline.source}",
            "measured_on": spot.measured_on,
        }
    return data


def _of_reason(driver: LoggedReason, place: str, unmet: Decimal, today: date) -> dict[str, Any]:
    reason = driver.reason or "a reason that is not stated"
    whose = "" if driver.audience.is_everybody else f", {driver.audience.word}"
    counts = f"{number(driver.logged.unmet)} of {number(driver.logged.judged)} judged contacts"
    return {
        "description": (
            f"Customers who get in touch about “{reason}” ({place}) get what they expect at the"
            " first contact."
        ),
        "measure": f"Share of judged contacts about “{reason}” whose expectation was not met",
        "unit": "%",
        "baseline": round(unmet * 100, 1),
        "source": (
            f"Contact log, {span_words(driver.span)}{whose}: {counts}"
            f" ({source_words(driver.sources)})"
        ),
        "measured_on": min(driver.span.end - timedelta(days=1), today),
    }

"""What Halden Insurance's Finance lets claims on pools add up to at most in a year."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ControlStory:
    """A control total; ``kind`` is cost_centre or growth, ``owner`` the key of a person."""

    kind: str
    name: str
    amount: str
    owner: str
    source: str


CONTROLS = (
    ControlStory(
        "cost_centre", "Claims contact centre 4410", "9,400,000", "petra",
        "Cost centre report, rostered hours and telephony by the minute",
    ),
    ControlStory(
        "cost_centre", "Sales contact centre 4420", "2,300,000", "petra",
        "Cost centre report, rostered hours and telephony by the minute",
    ),
    ControlStory(
        "cost_centre", "Service contact centre 4430", "6,700,000", "petra",
        "Cost centre report, rostered hours and telephony by the minute",
    ),
    ControlStory(
        "growth", "Organic growth, all lines", "6,000,000", "petra",
        "Three-year plan, margin that journeys may add without new products",
    ),
)  # fmt: skip

SERVE_CENTRES = {
    "claims": "Claims contact centre 4410",
    "buy": "Sales contact centre 4420",
    "renew": "Service contact centre 4430",
}
"""The cost centre whose cost each journey's serve pool would save, by journey key."""

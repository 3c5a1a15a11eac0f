"""Change journeys, record baselines, claim and certify pools."""

from __future__ import annotations

from app.journeys.services.baselines import record_baseline, unfresh_baselines
from app.journeys.services.journeys import create_journey, edit_journey, shape_journey
from app.journeys.services.needs import add_need, edit_need, retire_need
from app.journeys.services.pools import (
    certify_pool,
    certifying_faults,
    claim_pool,
    find_pool,
    hands_fault,
    retain_overclaim,
    withdraw_certification,
)

__all__ = [
    "add_need",
    "certify_pool",
    "certifying_faults",
    "claim_pool",
    "create_journey",
    "edit_journey",
    "edit_need",
    "find_pool",
    "hands_fault",
    "record_baseline",
    "retain_overclaim",
    "retire_need",
    "shape_journey",
    "unfresh_baselines",
    "withdraw_certification",
]

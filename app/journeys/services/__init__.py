"""Change journeys, record baselines, claim and certify pools."""

from __future__ import annotations

from app.journeys.services.baselines import record_baseline, unfresh_baselines
from app.journeys.services.bindings import figure_of_input
from app.journeys.services.certifying import (
    certify_pool,
    certifying_faults,
    hands_fault,
    withdraw_certification,
)
from app.journeys.services.controls import add_control_total, edit_control_total
from app.journeys.services.cutting import cut_baseline, suggested_figures
from app.journeys.services.journeys import create_journey, edit_journey, shape_journey
from app.journeys.services.limits import control_excesses, retain_overclaim
from app.journeys.services.log_cuts import LogCut, look_at_log
from app.journeys.services.needs import add_need, edit_need, restore_need, retire_need
from app.journeys.services.pools import claim_pool, find_pool

__all__ = [
    "LogCut",
    "add_control_total",
    "add_need",
    "certify_pool",
    "certifying_faults",
    "claim_pool",
    "control_excesses",
    "create_journey",
    "cut_baseline",
    "edit_control_total",
    "edit_journey",
    "edit_need",
    "figure_of_input",
    "find_pool",
    "hands_fault",
    "look_at_log",
    "record_baseline",
    "restore_need",
    "retain_overclaim",
    "retire_need",
    "shape_journey",
    "suggested_figures",
    "unfresh_baselines",
    "withdraw_certification",
]

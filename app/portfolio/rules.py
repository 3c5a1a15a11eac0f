"""Kinds of pins in a scenario."""

from __future__ import annotations

from enum import Enum


class PinKind(Enum):
    """How a person binds the optimizer on one initiative."""

    FUND = "fund"
    EXCLUDE = "exclude"
    FIX = "fix"

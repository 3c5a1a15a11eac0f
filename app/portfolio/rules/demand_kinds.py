"""Kinds of rules a person may add to a scenario, and what is missed when one is broken."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

Parameters = Mapping[str, Any]
"""A rule's parameters as the problem file writes them, without key and type.

Shares, risks and prices of money are text. ``price`` is there where the rule may be broken. A rule
of kind ``keep`` has ``run`` and ``held`` besides: whose choices it keeps.
"""


class DemandKind(Enum):
    """Types of rules, named as in the problem file."""

    SHARE = "share"
    SPEND_ON = "spend_on"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    CHANGE_LOAD = "change_load"
    AVERAGE_RISK = "average_risk"
    REQUIRES = "requires"
    TOGETHER = "together"
    KEEP = "keep"
    SYNERGY = "synergy"

    @property
    def word(self) -> str:
        return _WORDS[self]

    @property
    def can_be_soft(self) -> bool:
        """Whether it can be missed at all, and so for a price."""
        return self is not DemandKind.SYNERGY

    @property
    def misses_money(self) -> bool:
        """Whether what is missed is money, so that its price is a share of that money."""
        return self in (DemandKind.SHARE, DemandKind.SPEND_ON)

    @property
    def unit(self) -> str:
        """One unit of what is missed, in words."""
        return _UNITS.get(self, "")


_WORDS = {
    DemandKind.SHARE: "Share of the money",
    DemandKind.SPEND_ON: "Money on a group",
    DemandKind.AT_MOST: "At most so many",
    DemandKind.AT_LEAST: "At least so many",
    DemandKind.CHANGE_LOAD: "Live at a time",
    DemandKind.AVERAGE_RISK: "Average risk",
    DemandKind.REQUIRES: "One needs another",
    DemandKind.TOGETHER: "All or none",
    DemandKind.KEEP: "Keep an earlier plan",
    DemandKind.SYNERGY: "Worth more together",
}
_UNITS = {
    DemandKind.AT_MOST: "initiative too many",
    DemandKind.AT_LEAST: "initiative too few",
    DemandKind.CHANGE_LOAD: "initiative too many in a quarter",
    DemandKind.AVERAGE_RISK: "risk point above it, per initiative",
    DemandKind.REQUIRES: "quarter too early",
    DemandKind.TOGETHER: "initiative lacking",
    DemandKind.KEEP: "initiative changed",
}

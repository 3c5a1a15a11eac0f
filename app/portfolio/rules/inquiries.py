"""Questions that may be asked beside a run's plan."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class InquiryKind(Enum):
    """What is asked; the values are those of answer files."""

    FRONTIER = "frontier"
    EXPLAIN = "explain"
    PRICE = "price"
    MARGINAL = "marginal"
    OUTLOOK = "outlook"
    ROBUST = "robust"
    ALTERNATIVES = "alternatives"
    CONFLICTS = "conflicts"

    @property
    def word(self) -> str:
        return _WORDS[self]

    @property
    def needs_plan(self) -> bool:
        """Whether it can be asked only where the run has a plan."""
        return self not in (InquiryKind.FRONTIER, InquiryKind.CONFLICTS)

    @property
    def draws(self) -> bool:
        """Whether it depends on the ranges of the inputs, too."""
        return self in (InquiryKind.OUTLOOK, InquiryKind.ROBUST)

    @property
    def parameters(self) -> Mapping[str, object]:
        """How it is asked unless otherwise said; seconds are all it may take."""
        return _PARAMETERS[self]


_WORDS = {
    InquiryKind.FRONTIER: "Frontier",
    InquiryKind.EXPLAIN: "Why not",
    InquiryKind.PRICE: "Prices",
    InquiryKind.MARGINAL: "Marginal values",
    InquiryKind.OUTLOOK: "Outlook",
    InquiryKind.ROBUST: "Robustness",
    InquiryKind.ALTERNATIVES: "Alternatives",
    InquiryKind.CONFLICTS: "Conflicts",
}
_PARAMETERS: Mapping[InquiryKind, Mapping[str, object]] = {
    InquiryKind.FRONTIER: {"points": 25, "gap": "0.001", "seconds": 120},
    InquiryKind.EXPLAIN: {"seconds": 300},
    InquiryKind.PRICE: {"gap": "0", "seconds": 120},
    InquiryKind.MARGINAL: {"gap": "0.0001", "seconds": 300, "own_pins": "lifted"},
    InquiryKind.OUTLOOK: {"draws": 10_000, "seed": 20270101, "seconds": 120},
    InquiryKind.ROBUST: {"draws": 200, "seed": 2027, "gap": "0.001", "seconds": 300},
    InquiryKind.ALTERNATIVES: {"count": 5, "distance": 1, "within": "0.05", "seconds": 120},
    InquiryKind.CONFLICTS: {"seconds": 120},
}

"""Answers as JSON: what is stored, printed and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from app.portfolio.engine.answers.alternatives import Alternatives
from app.portfolio.engine.answers.changes import Change, change_document
from app.portfolio.engine.answers.comparing import Comparison
from app.portfolio.engine.answers.conflicts import Conflicts
from app.portfolio.engine.answers.frontier import Frontier, FrontierPoint
from app.portfolio.engine.answers.marginals import Marginals
from app.portfolio.engine.answers.outlook import Outlook
from app.portfolio.engine.answers.prices import Prices
from app.portfolio.engine.answers.robustness import Robustness
from app.portfolio.engine.answers.whynot import WhyNots
from app.portfolio.engine.documents import plain_number
from app.portfolio.engine.problem import Problem

Answer = Frontier | WhyNots | Prices | Marginals | Conflicts | Robustness | Alternatives | Outlook

KINDS: Mapping[type[Any], str] = {
    Frontier: "frontier",
    WhyNots: "explain",
    Prices: "price",
    Marginals: "marginal",
    Conflicts: "conflicts",
    Robustness: "robust",
    Alternatives: "alternatives",
    Outlook: "outlook",
}


def answer_document(problem: Problem, answer: Answer) -> dict[str, Any]:
    """The answer in the public format, ready for ``json.dumps``."""
    return {
        "format": "waymark/answer",
        "version": 1,
        "kind": KINDS[type(answer)],
        "digest": problem.digest,
        "currency": problem.currency,
        **plain(answer),
    }


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """A comparison in the public format."""
    return {"format": "waymark/comparison", "version": 1, **plain(comparison)}


def plain(value: Any) -> Any:
    """Dataclasses as objects by field, changes in their written form, numbers as JSON has them."""
    if isinstance(value, Change):
        return change_document(value)
    if is_dataclass(value):
        found = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, FrontierPoint):
            found |= {"gap": plain(value.gap), "shortfall": value.shortfall}
        return found
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return round(float(value), 9)
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value

"""Answers beside the plan: pure functions of a problem and its plan, every figure recounted.

``frontier``, ``why_not``, ``rule_prices``, ``marginal_values``, ``conflicts``, ``robustness``,
``outlook``, ``alternatives`` and ``compare``; ``answer_document`` writes what they give as JSON.
What would change an answer comes as a ``Change`` that can be applied (`change_document`,
`read_change`).
"""

from app.portfolio.engine.answers.alternatives import Alternative, Alternatives, alternatives
from app.portfolio.engine.answers.changes import (
    Change,
    ChangeError,
    applied,
    change_document,
    read_change,
)
from app.portfolio.engine.answers.comparing import Comparison, ComparisonError, compare
from app.portfolio.engine.answers.conflicts import Conflicts, WayOut, conflicts
from app.portfolio.engine.answers.documents import Answer, answer_document, comparison_document
from app.portfolio.engine.answers.frontier import Frontier, FrontierPoint, frontier
from app.portfolio.engine.answers.marginals import Marginal, Marginals, marginal_values
from app.portfolio.engine.answers.outlook import InputSwing, Outlook, outlook
from app.portfolio.engine.answers.prices import Price, Prices, rule_prices
from app.portfolio.engine.answers.ranges import InputName, Ranges
from app.portfolio.engine.answers.robustness import Robustness, robustness
from app.portfolio.engine.answers.stated import stated_plan
from app.portfolio.engine.answers.stated_ranges import RangesError, read_ranges
from app.portfolio.engine.answers.uncertainty import (
    Uncertainty,
    UncertaintyError,
    read_uncertainty,
)
from app.portfolio.engine.answers.whynot import Remedy, WhyNot, WhyNots, why_not

__all__ = [
    "Alternative",
    "Alternatives",
    "Answer",
    "Change",
    "ChangeError",
    "Comparison",
    "ComparisonError",
    "Conflicts",
    "Frontier",
    "FrontierPoint",
    "InputName",
    "InputSwing",
    "Marginal",
    "Marginals",
    "Outlook",
    "Price",
    "Prices",
    "Ranges",
    "RangesError",
    "Remedy",
    "Robustness",
    "Uncertainty",
    "UncertaintyError",
    "WayOut",
    "WhyNot",
    "WhyNots",
    "alternatives",
    "answer_document",
    "applied",
    "change_document",
    "compare",
    "comparison_document",
    "conflicts",
    "frontier",
    "marginal_values",
    "outlook",
    "read_change",
    "read_ranges",
    "read_uncertainty",
    "robustness",
    "rule_prices",
    "stated_plan",
    "why_not",
]

"""What a portfolio as a whole lacks, each finding with its figure and where to act."""

from __future__ import annotations

from app.reviews.rules.findings.content import (
    metrics_without_need,
    needing_what_is_gone,
    without_behaviour,
    without_owner,
)
from app.reviews.rules.findings.coverage import (
    journeys_without_initiatives,
    stale_baselines,
    units_without_investment,
)
from app.reviews.rules.findings.facts import (
    BehaviourFacts,
    HurdleFacts,
    InitiativeFacts,
    JourneyFacts,
    PortfolioFacts,
    Surroundings,
)
from app.reviews.rules.findings.result import (
    Count,
    Finding,
    Item,
    Place,
    PlaceKind,
    Portion,
    most_severe_first,
)
from app.reviews.rules.findings.sharing import integration_undone, isolated, technology_alone
from app.reviews.rules.findings.words import Definition, FindingKind, Severity

RULES = (
    isolated,
    technology_alone,
    units_without_investment,
    journeys_without_initiatives,
    metrics_without_need,
    stale_baselines,
    without_behaviour,
    without_owner,
    integration_undone,
    needing_what_is_gone,
)


def all_findings(facts: PortfolioFacts) -> list[Finding]:
    """Every finding, the most severe first."""
    return most_severe_first([rule(facts) for rule in RULES])


__all__ = [
    "RULES",
    "BehaviourFacts",
    "Count",
    "Definition",
    "Finding",
    "FindingKind",
    "HurdleFacts",
    "InitiativeFacts",
    "Item",
    "JourneyFacts",
    "Place",
    "PlaceKind",
    "PortfolioFacts",
    "Portion",
    "Severity",
    "Surroundings",
    "all_findings",
    "integration_undone",
    "isolated",
    "journeys_without_initiatives",
    "metrics_without_need",
    "most_severe_first",
    "needing_what_is_gone",
    "stale_baselines",
    "technology_alone",
    "units_without_investment",
    "without_behaviour",
    "without_owner",
]

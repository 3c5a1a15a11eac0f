"""Whether initiatives say whom they serve, what changes, and who answers for it."""

from __future__ import annotations

from collections.abc import Callable

from app.reviews.rules.findings.facts import InitiativeFacts, PortfolioFacts
from app.reviews.rules.findings.result import (
    Count,
    Finding,
    Item,
    in_order,
    portions_of,
    severity_of,
)
from app.reviews.rules.findings.words import NOTHING_TO_JUDGE, FindingKind, Severity


def metrics_without_need(facts: PortfolioFacts) -> Finding:
    """Find behaviours and criteria that serve the company but no customer need (model N5).

    Figure: behaviours that name no need that holds, and the criteria of initiatives none of whose
    behaviours does, ÷ all behaviours and criteria.
    """
    kind = FindingKind.NEEDS
    total = without = 0
    items: list[Item] = []
    for one in facts.judged:
        total += len(one.behaviours) + one.criteria
        lacking = [b for b in one.behaviours if not b.serves]
        serves = any(b.serves for b in one.behaviours)
        without += len(lacking) + (0 if serves else one.criteria)
        parts = [f"“{behaviour.description}”" for behaviour in lacking]
        if one.criteria and not serves:
            noun = "criterion of a hurdle" if one.criteria == 1 else "criteria of hurdles"
            parts.append(f"{one.criteria} {noun}")
        if parts:
            items.append(one.item("; ".join(parts)))
    count = Count(without, total, "metric", "metrics")
    if not total:
        said = "No initiative looked at has a target behaviour or a criterion yet."
        return Finding(kind, Severity.UNKNOWN, count, said)
    said = "Every behaviour, and so every criterion, serves a need of customers."
    if without:
        verb = "serves" if without == 1 else "serve"
        said = f"{count.words} {verb} the company and no need that customers have."
    return Finding(kind, severity_of(count.share), count, said, items=in_order(items))


def without_behaviour(facts: PortfolioFacts) -> Finding:
    """Find initiatives that say nowhere who does what differently (model N7).

    Figure: those without a target behaviour ÷ judged.
    """
    lacking = [one for one in facts.judged if not one.behaviours]
    count = Count(len(lacking), len(facts.judged), "initiative", "initiatives")
    verb = "names" if len(lacking) == 1 else "name"
    return _about_initiatives(
        FindingKind.BEHAVIOURS, facts, count, lacking, severity_of(count.share),
        holds="Every initiative says who does what differently.",
        said=f"{count.words} {verb} nobody who does anything differently.",
        why=lambda one: "no target behaviour",
    )  # fmt: skip


def needing_what_is_gone(facts: PortfolioFacts) -> Finding:
    """Find initiatives under way that need something stopped (model N10).

    Figure: those that need something gone ÷ judged with money under way; one is enough to act.
    """
    under_way = [one for one in facts.judged if one.is_under_way]
    found = [one for one in under_way if one.lost]
    count = Count(len(found), len(under_way), "initiative under way", "initiatives under way")
    portions = portions_of((one.cost for one in found), (one.cost for one in under_way))
    if not under_way:
        said = "No initiative looked at has money under way."
        return Finding(FindingKind.GONE, Severity.UNKNOWN, count, said, portions)
    if not found:
        said = "Nothing that an initiative under way needs was stopped."
        return Finding(FindingKind.GONE, Severity.HOLDS, count, said, portions)
    verb = "needs" if len(found) == 1 else "need"
    items = in_order(one.item("; ".join(lost.words for lost in one.lost)) for one in found)
    said = f"{count.words} {verb} something that was stopped or never got its money."
    return Finding(FindingKind.GONE, Severity.ACT, count, said, portions, items)


def without_owner(facts: PortfolioFacts) -> Finding:
    """Find initiatives whose owner cannot sign in any more (model N8).

    Figure: those with a deactivated owner ÷ judged; one is enough to act.
    """
    lacking = [one for one in facts.judged if not one.has_owner]
    count = Count(len(lacking), len(facts.judged), "initiative", "initiatives")
    verb = "has" if len(lacking) == 1 else "have"
    return _about_initiatives(
        FindingKind.OWNERS, facts, count, lacking, Severity.ACT,
        holds="Every initiative has an owner who can sign in.",
        said=f"{count.words} {verb} an owner who cannot sign in any more.",
        why=lambda one: f"{one.owner} cannot sign in",
    )  # fmt: skip


def _about_initiatives(
    kind: FindingKind,
    facts: PortfolioFacts,
    count: Count,
    lacking: list[InitiativeFacts],
    severity: Severity,
    *,
    holds: str,
    said: str,
    why: Callable[[InitiativeFacts], str],
) -> Finding:
    portions = portions_of((one.cost for one in lacking), (one.cost for one in facts.judged))
    if not facts.judged:
        return Finding(kind, Severity.UNKNOWN, count, NOTHING_TO_JUDGE)
    if not lacking:
        return Finding(kind, Severity.HOLDS, count, holds, portions)
    items = in_order(one.item(why(one)) for one in lacking)
    return Finding(kind, severity, count, said, portions, items)

"""How sure a frozen plan is, in the words of the result page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.portfolio.presenters.names import Names
from app.portfolio.presenters.verdicts import plan_verdict, result_gap
from app.values.money import Money
from app.web.filters import money


@dataclass(frozen=True, slots=True)
class Honesty:
    """State for the eye and the sentences about proof, approximation and the ranked list."""

    kind: str
    word: str
    sentence: str
    greedy: str | None
    gap: str
    solver: str


def honesty_of(result: Mapping[str, Any], inputs: Mapping[str, Any]) -> Honesty:
    """What is known about the plan that was submitted."""
    verdict = plan_verdict(result, Names(inputs))
    return Honesty(
        kind=verdict.kind,
        word=verdict.word,
        sentence=verdict.sentence,
        greedy=_greedy(result),
        gap=result_gap(result),
        solver=f"{result['solver']}, {result['seconds']:.1f} s",
    )


def _greedy(result: Mapping[str, Any]) -> str | None:
    greedy = result.get("greedy")
    if not greedy:
        return None
    shortfall = Money(greedy["shortfall"], result["currency"])
    if not shortfall:
        return "A ranked list would do as well."
    return f"A ranked list would be worth {money(shortfall)} less for the same money."

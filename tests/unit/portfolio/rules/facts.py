"""Facts of a tiny cycle, in few words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.initiatives.rules import EvidenceGrade
from app.portfolio.rules.facts import (
    BoundFacts,
    CandidateFacts,
    CommittedFacts,
    DeclaredFacts,
    EffectFacts,
    FundFacts,
    NeedFacts,
    OptionFacts,
    PoolFacts,
    ProblemFacts,
    TeamFacts,
)
from app.values.quarter import Quarter, QuarterSpan

QUARTERS = QuarterSpan(Quarter(2027, 1), 4)


def pool(key: str = "claims/serve", **changes: Any) -> PoolFacts:
    values: dict[str, Any] = {
        "key": key,
        "barred": None,
        "value": (1_000_000, 900_000, 800_000, 700_000),
        "measured": -1,
    }
    return PoolFacts(**values | changes)


def effect(
    removal: str = "0.1", grade: EvidenceGrade = EvidenceGrade.B, key: str = "claims/serve"
) -> EffectFacts:
    return EffectFacts(key, Decimal(removal), grade)


def option(key: str = "full", **changes: Any) -> OptionFacts:
    values: dict[str, Any] = {
        "key": key,
        "name": key.capitalize(),
        "go_live": 1,
        "ramp": 3,
        "half_life": None,
        "earliest": None,
        "latest": None,
        "spend": {"capex": {0: 50_000}},
        "demand": {},
        "effects": (),
        "declared": None,
        "effort_minutes": 0,
        "risk": 2,
    }
    return OptionFacts(**values | changes)


def candidate(key: str = "CX-1", *options: OptionFacts, **changes: Any) -> CandidateFacts:
    values: dict[str, Any] = {
        "key": key,
        "title": f"Initiative {key}",
        "currency": "EUR",
        "tags": {"lens": "process"},
        "options": options or (option(effects=(effect(),)),),
        "needs": (),
        "excludes": (),
    }
    return CandidateFacts(**values | changes)


def needs(key: str, lag: int = 0) -> tuple[NeedFacts, ...]:
    return (NeedFacts(key, lag),)


def declared(minor: int, grade: EvidenceGrade = EvidenceGrade.D) -> DeclaredFacts:
    return DeclaredFacts(minor, grade)


def committed(key: str = "CX-9", start: int = 0, **changes: Any) -> CommittedFacts:
    return CommittedFacts(key, f"Initiative {key}", option(**changes), start)


def bound(key: str = "CX-9", **changes: Any) -> BoundFacts:
    values: dict[str, Any] = {
        "initiative": key,
        "fund": "Capex",
        "quarter": QUARTERS.first,
        "minor": 500_00,
        "currency": "EUR",
    }
    return BoundFacts(**values | changes)


def fund(**changes: Any) -> FundFacts:
    values: dict[str, Any] = {
        "key": "capex",
        "name": "Capex",
        "carry_over": Decimal("0.25"),
        "budget": (100_000, 100_000, 100_000, 100_000),
        "committed": (0, 0, 0, 0),
    }
    return FundFacts(**values | changes)


def facts(*candidates: CandidateFacts, **changes: Any) -> ProblemFacts:
    values: dict[str, Any] = {
        "currency": "EUR",
        "quarters": QUARTERS,
        "discount_rate": Decimal("0.09"),
        "funds": (fund(),),
        "teams": (TeamFacts("digital", "Digital", (Decimal(100),) * 4),),
        "pools": (pool(),),
        "candidates": candidates or (candidate(),),
        "committed": (),
        "delivered": (),
        "bound": (),
        "pins": (),
        "demands": (),
    }
    return ProblemFacts(**values | changes)

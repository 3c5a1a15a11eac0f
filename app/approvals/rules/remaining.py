"""What is left of a plan when some of its items are struck out, recounted exactly."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.approvals.rules.frozen import FrozenProposal, frozen_of
from app.portfolio.engine.checking import rule_states
from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import credits
from app.portfolio.engine.parsing import parse_known
from app.portfolio.engine.problem import Pin, Placement, Problem

INSEPARABLE = frozenset({"requires", "together"})
"""Rules that say what can be delivered at all; the others say what somebody wanted."""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that held for the whole plan and doesn't for what remains."""

    key: str
    sentence: str
    is_inseparable: bool


@dataclass(frozen=True, slots=True)
class Worth:
    """The three values of one remaining item, in minor units."""

    allocated: int
    standalone: int
    marginal: int


@dataclass(frozen=True, slots=True)
class Remainder:
    """The plan without the struck items; ``worth`` adds up to ``value_minor`` over allocated.

    What a plan pays for broken soft rules is a preference of who plans and in no item's figures.
    """

    value_minor: int
    effort_minutes: int
    worth: Mapping[str, Worth]
    broken: tuple[BrokenRule, ...]


def placements_of(problem: Problem, result: Mapping[str, Any]) -> list[Placement]:
    """The choices a result names, as placements in its problem, by initiative."""
    known = {
        (problem.initiatives[p.initiative].key, problem.option(p).key, problem.quarters[p.start]): p
        for p in problem.placements
    }
    rows = [(row["initiative"], row["option"], row["start"]) for row in result["funded"]]
    return sorted((known[row] for row in rows), key=lambda p: p.initiative)


def whole(frozen: FrozenProposal) -> Remainder:
    """A frozen plan as it was counted when it was submitted: then no rule was broken unpaid."""
    return Remainder(
        value_minor=frozen.value_minor,
        effort_minutes=sum(item.effort_minutes for item in frozen.items),
        worth={
            item.key: Worth(
                item.value_allocated_minor, item.value_standalone_minor, item.value_marginal_minor
            )
            for item in frozen.items
        },
        broken=(),
    )


def strike(frozen: FrozenProposal, struck: Collection[str]) -> Remainder:
    """Recount a frozen plan without the items whose keys are in ``struck``."""
    problem = parse_known(frozen.problem)
    placements = placements_of(problem, json.loads(frozen.result))
    sentences = {demand.key: demand.sentence for demand in frozen.scenario.demands}
    return remainder(problem, placements, struck, sentences)


@lru_cache(maxsize=32)
def remaining(content: bytes, struck: frozenset[str]) -> Remainder:
    """What is left of a snapshot without the items of these keys; kept for those last asked for.

    A plan is worth this wherever it is shown: on its own page, in a list, in a case or its file.
    """
    frozen = frozen_of(content)
    return strike(frozen, struck) if struck else whole(frozen)


def remainder(
    problem: Problem,
    placements: Collection[Placement],
    struck: Collection[str],
    sentences: Mapping[str, str],
) -> Remainder:
    """Recount the choices without ``struck``; ``sentences`` says each rule in words by its key."""
    kept = tuple(p for p in placements if problem.initiatives[p.initiative].key not in struck)
    account = Account(problem, kept)
    worth = {
        problem.initiatives[p.initiative].key: Worth(c.allocated, c.standalone, c.marginal)
        for p, c in zip(kept, credits(account), strict=True)
    }
    return Remainder(
        value_minor=sum(one.allocated for one in worth.values()),
        effort_minutes=sum(problem.option(p).effort_minutes for p in kept),
        worth=worth,
        broken=_broken(problem, account, struck, sentences),
    )


def _broken(
    problem: Problem, account: Account, struck: Collection[str], sentences: Mapping[str, str]
) -> tuple[BrokenRule, ...]:
    """Rules below their limit, without pins on the struck items themselves: those were struck."""
    pinned = {
        rule.key
        for rule in problem.rules
        if isinstance(rule, Pin) and problem.initiatives[rule.initiative].key in struck
    }
    return tuple(
        BrokenRule(state.key, sentences.get(state.key, state.key), state.type in INSEPARABLE)
        for state in rule_states(account)
        if state.is_broken and state.key not in pinned
    )

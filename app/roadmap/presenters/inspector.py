"""One hurdle beside the roadmap."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.roadmap.presenters.standing import Standing
from app.roadmap.presenters.words import agreed_words, criteria_items, distance_words
from app.roadmap.queries.timeline import HurdleEvidence, TimelineHurdle
from app.roadmap.rules import HurdleState, hurdle_state
from app.values.money import Money
from app.web.filters import day, money_short

Deciders = Sequence[tuple[int, str]]
"""Id and name of everybody whose role decides hurdles."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the inspector shows of a hurdle; ``facts`` are names and words."""

    tranche_id: int
    name: str
    key: str
    title: str
    state: HurdleState
    facts: Sequence[tuple[str, str]]
    criteria: list[dict[str, Any]]
    is_open: bool


def find_hurdle(
    known: Sequence[Standing], tranche_id: int | None
) -> tuple[Standing, TimelineHurdle] | None:
    """The hurdle with this id, whatever the filters hide."""
    for standing in known if tranche_id is not None else ():
        for hurdle in standing.commitment.hurdles:
            if hurdle.tranche_id == tranche_id:
                return standing, hurdle
    return None


def inspected(
    standing: Standing,
    hurdle: TimelineHurdle,
    evidence: HurdleEvidence,
    deciders: Deciders,
    today: date,
) -> Inspected:
    one = standing.commitment
    barred = {one.owner_id, one.created_by_id} | evidence.recorded_by | evidence.moved_by
    barred |= evidence.amended_by
    holds = money_short(Money(hurdle.amount_minor, one.currency))
    whole = money_short(Money(one.amount_minor, one.currency))
    due = day(hurdle.due_on)
    facts = [
        ("Initiative", f"{one.key} {one.title}"),
        ("Owner", one.owner),
        ("Due", f"{due}, {distance_words(hurdle.due_on, today)}" if hurdle.is_open else due),
        ("Agreed", agreed_words(hurdle.due_on, hurdle.baseline_due_on)),
    ]
    if hurdle.decided_on is not None:
        facts.append(("Decided", f"{day(hurdle.decided_on)}, {hurdle.decided_by}"))
    elif hurdle.is_open:
        facts.append(("Decides", decider_words(deciders, barred)))
    if hurdle.is_open:
        facts += [("Needs", lost.words.removeprefix("needs ")) for lost in standing.lost_needs]
    facts.append(("Releases" if hurdle.is_open else "Held", f"{holds} of {whole}"))
    return Inspected(
        tranche_id=hurdle.tranche_id,
        name=hurdle.name,
        key=one.key,
        title=one.title,
        state=hurdle_state(hurdle.facts, today),
        facts=facts,
        criteria=criteria_items(evidence.readings),
        is_open=hurdle.is_open,
    )


def decider_words(deciders: Deciders, barred: Collection[int]) -> str:
    """Who may decide: people of Finance without a hand in the hurdle."""
    names = [name for id_, name in deciders if id_ not in barred]
    if not names:
        return "nobody yet: all of Finance had a hand in it"
    return " or ".join(names) if len(names) < 3 else f"{names[0]} or {len(names) - 1} others"

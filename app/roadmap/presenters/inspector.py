"""One hurdle or one initiative beside the roadmap."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.approvals.rules import CommitmentState
from app.roadmap.presenters.bars import last_day
from app.roadmap.presenters.linked import Linked, need_words, needed_words
from app.roadmap.presenters.standing import Standing
from app.roadmap.presenters.words import (
    agreed_words,
    criteria_items,
    distance_words,
    move_days,
    slip_words,
)
from app.roadmap.queries.links import LinkEnd
from app.roadmap.queries.plans import MoveLine
from app.roadmap.queries.timeline import HurdleEvidence, TimelineHurdle
from app.roadmap.rules import HurdleState, hurdle_state
from app.values.money import Money
from app.web.filters import day, money_short

Deciders = Sequence[tuple[int, str]]
"""Id and name of everybody whose role decides hurdles."""

MOVES = 5
"""How many moves are said; all of them stand on the page of plan versions."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the inspector shows; ``facts`` are names and words.

    ``criteria`` is None of an initiative, ``tranche_id`` then 0. ``links`` are words and where they
    lead, None where nothing of it is drawn. ``moves`` are what, by how much, who and why.
    """

    name: str
    note: str
    key: str
    tone: str
    word: str
    facts: Sequence[tuple[str, str]]
    is_open: bool
    tranche_id: int = 0
    work_id: int = 0
    criteria: list[dict[str, Any]] | None = None
    links: Sequence[tuple[str, str | None]] = field(default_factory=tuple)
    moves: Sequence[dict[str, str]] = field(default_factory=tuple)
    more_moves: int = 0


def find_hurdle(
    known: Sequence[Standing], tranche_id: int | None
) -> tuple[Standing, TimelineHurdle] | None:
    """The hurdle with this id, whatever the filters hide."""
    for standing in known if tranche_id is not None else ():
        for hurdle in standing.commitment.hurdles:
            if hurdle.tranche_id == tranche_id:
                return standing, hurdle
    return None


def find_work(known: Sequence[Standing], commitment_id: int | None) -> Standing | None:
    """The funded initiative with this id, whatever the filters hide."""
    return next((one for one in known if one.commitment.id == commitment_id), None)


def inspected(
    standing: Standing,
    hurdle: TimelineHurdle,
    evidence: HurdleEvidence,
    deciders: Deciders,
    today: date,
) -> Inspected:
    """A hurdle with its criteria and who may decide it."""
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
    state = hurdle_state(hurdle.facts, today)
    return Inspected(
        name=hurdle.name,
        note=f"{one.key} {one.title}",
        key=one.key,
        tone=state.value,
        word=state.word,
        facts=facts,
        is_open=hurdle.is_open,
        tranche_id=hurdle.tranche_id,
        criteria=criteria_items(evidence.readings),
    )


def inspected_work(standing: Standing, today: date) -> Inspected:
    """A funded initiative as it is planned and as it was approved."""
    one, following = standing.commitment, standing.following
    ends_on = last_day(one)
    is_stopped = one.state is CommitmentState.STOPPED
    facts = [
        ("Owner", one.owner),
        ("Starts", _beside(one.starts_on, one.start.first_day)),
        ("Ends", day(ends_on) if is_stopped else _beside(ends_on, one.baseline_ends_on)),
        ("Agreed", f"{day(one.start.first_day)} to {day(one.baseline_ends_on)}"),
    ]
    if following is not None:
        when = distance_words(following.due_on, today)
        facts.append(("Next hurdle", f"{following.name}, {day(following.due_on)}, {when}"))
    facts += [("Needs", lost.words.removeprefix("needs ")) for lost in standing.lost_needs]
    released = money_short(Money(one.released_minor, one.currency))
    facts.append(
        ("Released", f"{released} of {money_short(Money(one.amount_minor, one.currency))}")
    )
    is_over = standing.state is None
    return Inspected(
        name=one.title,
        note=f"{one.key}, {one.journey or 'no journey'}",
        key=one.key,
        tone="idle" if is_stopped else "passed" if is_over else _tone(standing.state),
        word=one.end_word.capitalize() if is_over or is_stopped else _word(standing.state),
        facts=facts,
        is_open=one.state is CommitmentState.ACTIVE,
        work_id=one.id,
    )


def _tone(state: HurdleState | None) -> str:
    return state.value if state else "idle"


def _word(state: HurdleState | None) -> str:
    return f"Next hurdle {state.word.lower()}" if state else ""


def _beside(on: date, agreed_on: date) -> str:
    slip = slip_words(on, agreed_on)
    return f"{day(on)}, {slip}" if slip else day(on)


def link_lines(
    linked: Linked, look: Callable[[LinkEnd], str | None]
) -> list[tuple[str, str | None]]:
    """What it needs, then what needs it; ``look`` gives where the other end is looked at."""
    needs = [(need_words(one), look(one.needed)) for one in linked.needs]
    return [*needs, *((needed_words(one), look(one.dependant)) for one in linked.needed_by)]


def move_lines(moves: Iterable[MoveLine]) -> list[dict[str, str]]:
    """Each move in days, with who made it and why; newest first as they come."""
    return [
        {
            "what": f"{one.gate or 'Work'}: {move_days(one.from_on, one.to_on)}",
            "days": f"{day(one.from_on)} to {day(one.to_on)}",
            "who": f"{one.who} on {day(one.at.date())}{_version(one)}",
            "why": _why(one),
        }
        for one in moves
    ]


def _version(one: MoveLine) -> str:
    return f", plan version {one.number} of {one.cycle}" if one.number else ""


def _why(one: MoveLine) -> str:
    if one.cause is None or one.cause.word == one.words:
        return one.words
    return f"{one.cause.word}: {one.words}" if one.words else one.cause.word


def decider_words(deciders: Deciders, barred: Collection[int]) -> str:
    """Who may decide: people of Finance without a hand in the hurdle."""
    names = [name for id_, name in deciders if id_ not in barred]
    if not names:
        return "nobody yet: all of Finance had a hand in it"
    return " or ".join(names) if len(names) < 3 else f"{names[0]} or {len(names) - 1} others"

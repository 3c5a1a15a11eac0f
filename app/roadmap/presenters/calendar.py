"""The gate calendar: hurdles of all initiatives in the order they want attention."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approvals.rules import TrancheState
from app.roadmap.presenters.choices import GateChoices, When, matches
from app.roadmap.presenters.inspector import Deciders, decider_words
from app.roadmap.presenters.standing import Standing, waits_for_decision
from app.roadmap.presenters.words import STATE_ORDER, distance_words, slip_words, sums
from app.roadmap.queries import HurdleRows, TrancheKey
from app.roadmap.queries.timeline import TimelineCommitment, TimelineHurdle
from app.roadmap.rules import HurdleState, readings
from app.values.money import Money
from app.values.written import month_words
from app.web.filters import counted, day, number
from app.web.paging import Page

ROWS = 50
"""Hurdles on one page of the calendar."""

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class GateEntry:
    """A hurdle with its initiative, how it stands and in which group it belongs."""

    commitment: TimelineCommitment
    hurdle: TimelineHurdle
    state: HurdleState
    when: When
    waits: bool

    @property
    def key(self) -> TrancheKey:
        """What the criteria and evidence are asked for by."""
        one = self.hurdle
        return TrancheKey(one.tranche_id, one.milestone_id, one.facts.state, one.due_on)


def entries(known: Iterable[Standing], today: date) -> list[GateEntry]:
    """All hurdles: late, then this month's, then the next ones, then decided ones, latest first."""
    found = [
        GateEntry(
            standing.commitment, hurdle, state, _when(hurdle, today),
            waits=hurdle is standing.following and waits_for_decision(hurdle, today),
        )
        for standing in known
        for hurdle, state in zip(standing.commitment.hurdles, standing.states, strict=True)
    ]  # fmt: skip
    return sorted(found, key=_order)


def _when(hurdle: TimelineHurdle, today: date) -> When:
    if not hurdle.is_open:
        return When.DECIDED
    if hurdle.due_on < today:
        return When.LATE
    is_this_month = (hurdle.due_on.year, hurdle.due_on.month) == (today.year, today.month)
    return When.MONTH if is_this_month else When.NEXT


_GROUPS = (When.LATE, When.MONTH, When.NEXT, When.DECIDED)


def _order(entry: GateEntry) -> tuple[int, int, str, int]:
    on = entry.hurdle.decided_on or entry.hurdle.due_on
    days = -on.toordinal() if entry.when is When.DECIDED else on.toordinal()
    return _GROUPS.index(entry.when), days, entry.commitment.key, entry.hurdle.position


def in_reach(known: Sequence[GateEntry], choices: GateChoices) -> list[GateEntry]:
    """What the filters leave, before a tab is chosen."""
    return [
        one
        for one in known
        if choices.state in ("", one.state.value)
        and choices.owner in (None, one.commitment.owner_id)
        and choices.journey in ("", one.commitment.journey_key)
        and (not choices.month or choices.month == f"{one.hurdle.due_on:%Y-%m}")
        and matches(choices.q, one.commitment.key, one.commitment.title, one.hurdle.name)
    ]


@dataclass(frozen=True, slots=True)
class CalendarHead:
    """What stands above the calendar."""

    subtitle: str
    tabs: Sequence[tuple[str, str, bool, str | None]]
    states: Options
    owners: Options
    journeys: Options
    months: Options


_TABS = {
    When.ALL: "All",
    When.LATE: "Late",
    When.MONTH: "This month",
    When.NEXT: "Next",
    When.DECIDED: "Decided",
}


def calendar_head(
    known: Sequence[GateEntry], reach: Sequence[GateEntry], choices: GateChoices
) -> CalendarHead:
    counts = {when: sum(one.when is when for one in reach) for when in _GROUPS}
    owners = {str(one.commitment.owner_id): one.commitment.owner for one in known}
    journeys = {
        one.commitment.journey_key: one.commitment.journey
        for one in known
        if one.commitment.journey_key and one.commitment.journey
    }
    days = sorted({one.hurdle.due_on for one in known})
    months = {f"{on:%Y-%m}": f"{month_words(on)}" for on in days}
    return CalendarHead(
        subtitle=_subtitle(reach),
        tabs=[
            (
                word,
                choices.href(when=when),
                choices.when is when,
                number(counts[when]) if counts.get(when) else None,
            )
            for when, word in _TABS.items()
        ],
        states=[("", "All states"), *((one.value, one.word) for one in STATE_ORDER)],
        owners=[("", "Everybody"), *sorted(owners.items(), key=lambda one: one[1])],
        journeys=[("", "All journeys"), *sorted(journeys.items(), key=lambda one: one[1])],
        months=[("", "All months"), *months.items()],
    )


def _subtitle(reach: Sequence[GateEntry]) -> str:
    still = [one for one in reach if one.hurdle.is_open]
    held = sums([(one.commitment.currency, one.hurdle.amount_minor) for one in still])
    waiting = sum(one.waits for one in reach)
    late = sum(one.when is When.LATE for one in still)
    parts = [
        counted(len(reach), "hurdle"),
        f"{number(waiting) if waiting else 'none'} to decide",
        f"{number(late) if late else 'none'} late",
        f"{held} held" if held else "",
    ]
    return " · ".join(part for part in parts if part)


def entry_page(reach: Sequence[GateEntry], choices: GateChoices) -> Page[GateEntry]:
    """The entries of one tab on one page."""
    chosen = [one for one in reach if choices.when in (When.ALL, one.when)]
    first = (choices.page - 1) * ROWS
    return Page(chosen[first : first + ROWS], len(chosen), choices.page, ROWS)


def groups(
    shown: Sequence[GateEntry], rows: HurdleRows, deciders: Deciders, today: date
) -> list[dict[str, Any]]:
    """The page's hurdles under the heads of their groups."""
    found = []
    for when in _GROUPS:
        members = [_line(one, rows, deciders, today) for one in shown if one.when is when]
        if members:
            found.append({"title": _GROUP_WORDS[when], "lines": members})
    return found


_GROUP_WORDS = {
    When.LATE: "Late",
    When.MONTH: "Due this month",
    When.NEXT: "Next",
    When.DECIDED: "Decided",
}


def _line(entry: GateEntry, rows: HurdleRows, deciders: Deciders, today: date) -> dict[str, Any]:
    one, hurdle = entry.commitment, entry.hurdle
    facts = rows.facts(entry.key)
    found = readings(facts.criteria, facts.measurements)
    measured = sum(reading.is_measured for reading in found)
    hands = {person for _, person in rows.recorders.get(hurdle.milestone_id, ())}
    hands |= rows.movers.get(hurdle.tranche_id, set())
    hands |= rows.former_owners.get(hurdle.tranche_id, set())
    slip = slip_words(hurdle.due_on, hurdle.baseline_due_on)
    return {
        "tranche_id": hurdle.tranche_id,
        "key": one.key,
        "title": one.title,
        "hurdle": hurdle.name,
        "due_on": hurdle.due_on,
        "due_note": slip or (distance_words(hurdle.due_on, today) if hurdle.is_open else ""),
        "state": entry.state,
        "evidence": f"{measured} of {len(found)}" if found else "no criteria",
        "evidence_note": _evidence_note(entry, rows.conditions.get(hurdle.tranche_id, ())),
        "money": Money(hurdle.amount_minor, one.currency),
        "money_note": _MONEY_NOTES[facts.state],
        "decider": _decider(hurdle, deciders, {one.owner_id, one.created_by_id} | hands),
    }


_MONEY_NOTES = {
    TrancheState.PENDING: "",
    TrancheState.HELD: "on hold",
    TrancheState.RELEASED: "released",
    TrancheState.FREED: "freed",
}


def _evidence_note(entry: GateEntry, conditions: Sequence[str]) -> str:
    """What the hurdle waits for: no money is released before the approval's conditions are met."""
    if conditions:
        return f"{counted(len(conditions), 'condition')} of the approval open"
    return "ready to decide" if entry.waits else ""


def _decider(hurdle: TimelineHurdle, deciders: Deciders, barred: set[int]) -> str:
    if hurdle.decided_on is not None:
        return f"{hurdle.decided_by}, {day(hurdle.decided_on)}"
    return decider_words(deciders, barred) if hurdle.is_open else "with an earlier hurdle"

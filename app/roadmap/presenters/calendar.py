"""The gate calendar: hurdles of all initiatives in the order they want attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approvals.rules import OPEN_TRANCHES, TrancheState
from app.roadmap.presenters.choices import GateChoices, When, matches
from app.roadmap.presenters.inspector import Deciders, decider_words
from app.roadmap.presenters.words import STATE_ORDER, distance_words, slip_words, sums
from app.roadmap.queries import HurdleRows
from app.roadmap.queries.calendar import CalendarOptions, CalendarRow, DueDay
from app.roadmap.rules import hurdle_state
from app.values.money import Money
from app.values.names import by_name
from app.values.quarter import Quarter
from app.values.written import month_words
from app.web.filters import counted, day, number
from app.web.paging import Page

ROWS = 50
"""Hurdles on one page of the calendar."""

Options = Sequence[tuple[str, str]]


_GROUPS = (When.LATE, When.MONTH, When.NEXT, When.DECIDED)


def when_of(due_on: date, state: TrancheState, today: date) -> When:
    """The group a hurdle belongs to."""
    if state not in OPEN_TRANCHES:
        return When.DECIDED
    if due_on < today:
        return When.LATE
    is_this_month = (due_on.year, due_on.month) == (today.year, today.month)
    return When.MONTH if is_this_month else When.NEXT


def in_order(rows: Iterable[CalendarRow], today: date) -> list[CalendarRow]:
    """Late hurdles, then this month's, then the next ones, then decided ones, latest first."""

    def order(row: CalendarRow) -> tuple[int, int, str, int, Quarter, int]:
        when = when_of(row.due_on, row.state, today)
        days = (row.decided_on or row.due_on).toordinal()
        return (
            _GROUPS.index(when), -days if when is When.DECIDED else days, row.key, row.position,
            row.start, row.commitment_id,
        )  # fmt: skip

    return sorted(rows, key=order)


def is_in_reach(row: CalendarRow, choices: GateChoices) -> bool:
    """Whether month and text leave a hurdle in."""
    return is_in_month(row.due_on, choices) and matches(choices.q, row.key, row.title, row.hurdle)


def is_in_month(due_on: date, choices: GateChoices) -> bool:
    return not choices.month or choices.month == f"{due_on:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Reach:
    """The hurdles of one page of a tab are among those due in ``span``, after ``skipped`` others.

    ``span`` is None where none of the page is open, and its last day is part of it.
    """

    span: tuple[date, date] | None
    with_decided: bool
    skipped: int
    total: int


def reach_of(days: Sequence[DueDay], choices: GateChoices, today: date) -> Reach:
    """Where a page of the chosen tab lies, by how many hurdles are due on each day."""
    still, decided = Counter[date](), 0
    for one in days:
        when = when_of(one.due_on, one.state, today)
        if choices.when not in (When.ALL, when):
            continue
        if when is When.DECIDED:
            decided += one.hurdles
        else:
            still[one.due_on] += one.hurdles
    first = (choices.page - 1) * ROWS
    gone = skipped = 0
    shown: list[date] = []
    for on in sorted(still):
        if gone + still[on] > first and gone < first + ROWS:
            skipped = skipped if shown else gone
            shown.append(on)
        gone += still[on]
    span = (shown[0], shown[-1]) if shown else None
    with_decided = bool(decided) and first + ROWS > gone
    return Reach(span, with_decided, skipped if shown else gone, gone + decided)


def shown_rows(
    rows: Iterable[CalendarRow], reach: Reach, choices: GateChoices, today: date
) -> Page[CalendarRow]:
    """The rows of one tab on one page, out of those that ``reach`` says they are among."""
    chosen = chosen_rows(rows, choices, today)
    first = (choices.page - 1) * ROWS - reach.skipped
    return Page(chosen[first : first + ROWS], reach.total, choices.page, ROWS)


def chosen_rows(
    rows: Iterable[CalendarRow], choices: GateChoices, today: date
) -> list[CalendarRow]:
    """The rows of one tab in its order."""
    return in_order(
        (one for one in rows if choices.when in (When.ALL, when_of(one.due_on, one.state, today))),
        today,
    )


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
    options: CalendarOptions, days: Sequence[DueDay], waiting: int, choices: GateChoices,
    today: date,
) -> CalendarHead:  # fmt: skip
    """What stands above the hurdles due on ``days``, ``waiting`` of which wait for a decision."""
    counts = Counter[When]()
    for one in days:
        counts[when_of(one.due_on, one.state, today)] += one.hurdles
    months = sorted({on.replace(day=1) for on in options.days})
    return CalendarHead(
        subtitle=_subtitle(days, waiting, counts),
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
        owners=[("", "Everybody"), *_by_word(options.owners)],
        journeys=[("", "All journeys"), *_by_word(options.journeys)],
        months=[("", "All months"), *((f"{on:%Y-%m}", f"{month_words(on)}") for on in months)],
    )


def _by_word(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return by_name(words.items(), lambda one: one[1])


def _subtitle(days: Sequence[DueDay], waiting: int, counts: Mapping[When, int]) -> str:
    held = sums([(one.currency, one.amount_minor) for one in days if one.state in OPEN_TRANCHES])
    late = counts[When.LATE]
    parts = [
        counted(sum(counts.values()), "hurdle"),
        f"{number(waiting) if waiting else 'none'} to decide",
        f"{number(late) if late else 'none'} late",
        f"{held} held" if held else "",
    ]
    return " · ".join(part for part in parts if part)


def groups(
    shown: Sequence[CalendarRow], rows: HurdleRows, waiting: Collection[int], deciders: Deciders,
    today: date,
) -> list[dict[str, Any]]:  # fmt: skip
    """The page's hurdles under the heads of their groups."""
    found = []
    for when in _GROUPS:
        members = [
            _line(one, rows, one.tranche_id in waiting, deciders, today)
            for one in shown
            if when_of(one.due_on, one.state, today) is when
        ]
        if members:
            found.append({"title": _GROUP_WORDS[when], "lines": members})
    return found


_GROUP_WORDS = {
    When.LATE: "Late",
    When.MONTH: "Due this month",
    When.NEXT: "Next",
    When.DECIDED: "Decided",
}


def _line(
    one: CalendarRow, rows: HurdleRows, waits: bool, deciders: Deciders, today: date
) -> dict[str, Any]:
    facts = rows.facts(one.tranche_key)
    found = facts.readings
    measured = sum(reading.is_measured for reading in found)
    hands = {person for _, person in rows.recorders.get(one.milestone_id, ())}
    hands |= rows.movers.get(one.tranche_id, set())
    hands |= rows.former_owners.get(one.tranche_id, set()) | rows.amenders(one.tranche_id)
    slip = slip_words(one.due_on, one.baseline_due_on)
    return {
        "tranche_id": one.tranche_id,
        "key": one.key,
        "title": one.title,
        "hurdle": one.hurdle,
        "due_on": one.due_on,
        "due_note": slip or (distance_words(one.due_on, today) if one.is_open else ""),
        "state": hurdle_state(facts, today),
        "evidence": f"{measured} of {len(found)}" if found else "no criteria",
        "evidence_note": _evidence_note(waits, rows.conditions.get(one.tranche_id, ())),
        "money": Money(one.amount_minor, one.currency),
        "money_note": _MONEY_NOTES[facts.state],
        "decider": _decider(one, deciders, {one.owner_id, one.created_by_id} | hands),
    }


_MONEY_NOTES = {
    TrancheState.PENDING: "",
    TrancheState.HELD: "on hold",
    TrancheState.RELEASED: "released",
    TrancheState.FREED: "freed",
}


def _evidence_note(waits: bool, conditions: Sequence[str]) -> str:
    """What the hurdle waits for: no money is released before the approval's conditions are met."""
    if conditions:
        return f"{counted(len(conditions), 'condition')} of the approval open"
    return "ready to decide" if waits else ""


def _decider(one: CalendarRow, deciders: Deciders, barred: set[int]) -> str:
    if one.decided_on is not None:
        return f"{one.decided_by}, {day(one.decided_on)}"
    return decider_words(deciders, barred) if one.is_open else "with an earlier hurdle"

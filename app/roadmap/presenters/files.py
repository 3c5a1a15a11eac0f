"""The roadmap's table and the gate calendar as lines of a file, all pages of what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.approvals.rules import CommitmentState
from app.roadmap.presenters.board import last_day
from app.roadmap.presenters.standing import Standing
from app.roadmap.presenters.words import slip_words
from app.values.money import Money
from app.values.spreadsheets import csv_line, inert

ROADMAP = (
    "Key", "Initiative", "Journey", "Organisation unit", "Owner", "Cycle", "Starts on",
    "Start slip", "Ends on", "End slip", "State", "Next hurdle", "Next hurdle due on",
)  # fmt: skip
GATES = (
    "When", "Key", "Initiative", "Hurdle", "Due on", "Due", "State", "Evidence", "Ready",
    "Decides or decided",
)  # fmt: skip
ROADMAP_MONEY = ("Currency", "Approved", "Released")
GATES_MONEY = ("Currency", "Holds", "Money")
NUMBERS = frozenset({"Approved", "Released", "Holds"})


def roadmap_lines(shown: Sequence[Standing], *, shows_money: bool) -> Iterator[str]:
    """One line per initiative; amounts as plain decimals in their currency."""
    yield csv_line([*ROADMAP, *(ROADMAP_MONEY if shows_money else ())])
    for standing in shown:
        one, following = standing.commitment, standing.following
        ends_on = last_day(one)
        is_stopped = one.state is CommitmentState.STOPPED
        cells = [
            inert(one.key),
            inert(one.title),
            inert(one.journey),
            inert(one.unit),
            inert(one.owner),
            inert(one.cycle),
            one.starts_on.isoformat(),
            inert(slip_words(one.starts_on, one.start.first_day)),
            ends_on.isoformat(),
            "" if is_stopped else inert(slip_words(ends_on, one.baseline_ends_on)),
            standing.state.word if standing.state else one.end_word.capitalize(),
            inert(following.name) if following else "",
            following.due_on.isoformat() if following else "",
        ]
        if shows_money:
            amounts = [
                Money(minor, one.currency) for minor in (one.amount_minor, one.released_minor)
            ]
            cells += [one.currency, *(str(amount.amount) for amount in amounts)]
        yield csv_line(cells)


def gate_lines(groups: Sequence[dict[str, Any]], *, shows_money: bool) -> Iterator[str]:
    """One line per hurdle, in the order of the calendar."""
    yield csv_line([*GATES, *(GATES_MONEY if shows_money else ())])
    for group in groups:
        for line in group["lines"]:
            cells = [
                group["title"],
                inert(line["key"]),
                inert(line["title"]),
                inert(line["hurdle"]),
                line["due_on"].isoformat(),
                inert(line["due_note"]),
                line["state"].word,
                line["evidence"],
                line["evidence_note"],
                inert(line["decider"]),
            ]
            if shows_money:
                money = line["money"]
                cells += [money.currency, str(money.amount), line["money_note"]]
            yield csv_line(cells)

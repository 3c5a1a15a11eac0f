"""The scenarios of a cycle side by side, each with its latest plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.errors import InvalidError
from app.portfolio.presenters.bench import budget_of, short_difference
from app.portfolio.presenters.comparison import compare
from app.portfolio.presenters.frontier import Mark
from app.portfolio.presenters.results import ratio
from app.portfolio.queries.answers import Answer
from app.values.money import Money
from app.web.filters import money_short, number, signed

LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A scenario with the plan it is held up by; the first of several is the one in view."""

    scenario_id: int
    run_id: int
    name: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure; ``note`` is its difference to the scenario in view."""

    text: str
    note: str = ""
    is_better: bool = False


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Letters with neighbours, and rows of a label and a cell per neighbour."""

    columns: Sequence[tuple[str, Neighbour]]
    rows: Sequence[tuple[str, Sequence[Cell]]]


def side_by_side(neighbours: Sequence[Neighbour]) -> SideBySide:
    """The figures of up to four scenarios; the first is what the others are held against."""
    shown = neighbours[: len(LETTERS)]
    currency = shown[0].answer.result["currency"]

    def cash(minor: int) -> str:
        return money_short(Money(minor, currency))

    def row(
        read: Callable[[Answer], int | Decimal | None],
        words: Callable[[int], str] | Callable[[Decimal], str],
        better: int = 0,
    ) -> list[Cell]:
        return _cells([read(one.answer) for one in shown], words, better)

    rows: list[tuple[str, Sequence[Cell]]] = [
        ("Budget", row(lambda a: budget_of(a.result), cash)),
        ("Value", _with_difference(row(lambda a: a.result["value"], cash, 1), shown, currency)),
        ("Spend", row(lambda a: a.result["spend"], cash)),
        (f"Per {currency}", row(per_money, lambda x: number(x, 2), 1)),
        ("Funded", row(lambda a: len(a.result["funded"]), lambda x: number(x), 1)),
        ("Average risk", row(average_risk, lambda x: number(x, 1), -1)),
    ]
    if len(shown) > 1:
        rows.append(("Against A", [Cell("·"), *(_changes(shown[0], one) for one in shown[1:])]))
    return SideBySide(list(zip(LETTERS, shown, strict=False)), rows)


def marks_of(neighbours: Sequence[Neighbour]) -> list[Mark]:
    """The other scenarios as marks of a chart."""
    return [
        Mark(letter, budget_of(one.answer.result), one.answer.result["value"])
        for letter, one in list(zip(LETTERS, neighbours, strict=False))[1:]
    ]


def _cells(
    values: Sequence[int | Decimal | None],
    words: Callable[..., str],
    better: int,
) -> list[Cell]:
    first = values[0]
    cells = []
    for place, value in enumerate(values):
        if value is None:
            cells.append(Cell("–"))
            continue
        ahead = better and place and first is not None and (value - first) * better > 0
        cells.append(Cell(words(value), is_better=bool(ahead)))
    return cells


def _with_difference(
    cells: Sequence[Cell], shown: Sequence[Neighbour], currency: str
) -> list[Cell]:
    base = shown[0].answer.result["value"]
    found = [cells[0]]
    for cell, one in zip(cells[1:], shown[1:], strict=True):
        difference = Money(one.answer.result["value"] - base, currency)
        found.append(Cell(cell.text, short_difference(difference), cell.is_better))
    return found


def per_money(answer: Answer) -> Decimal | None:
    """The value of a plan per unit of money spent; None where nothing is spent."""
    currency = answer.result["currency"]
    return ratio(Money(answer.result["value"], currency), Money(answer.result["spend"], currency))


def average_risk(answer: Answer) -> Decimal | None:
    """The mean over what is funded, each initiative once."""
    risks = [Decimal(repr(row["risk"])) for row in answer.result["funded"]]
    return round(sum(risks, Decimal(0)) / len(risks), 1) if risks else None


def _changes(first: Neighbour, other: Neighbour) -> Cell:
    try:
        found = compare(first.answer, other.answer)
    except InvalidError:
        return Cell("–")
    moved = len(found.moved) + len(found.rescoped)
    words = f"{signed(len(found.added))} {signed(-len(found.dropped))}"
    return Cell(words, f"{moved} moved" if moved else "")

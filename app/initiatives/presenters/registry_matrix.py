"""Arrange the matrix: value by effort, each initiative a point that leads to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from app.initiatives.queries import MatrixLine
from app.initiatives.rules import InitiativeState, Lens, round_axis
from app.values.money import Money
from app.web.filters import money, money_short, number

MOST_POINTS = 300
"""More would stand on top of each other, and a page of links nobody steps through."""
_MOST_LABELS = 12
_SMALLEST, _LARGEST = 5, 15
"""Radii in pixels."""
_GROUPS = (
    ("idle", "Draft, withdrawn or retired", (
        InitiativeState.DRAFT, InitiativeState.WITHDRAWN, InitiativeState.RETIRED,
    )),
    ("review", "With Finance", (InitiativeState.SUBMITTED,)),
    ("accent", "Certified or candidate", (InitiativeState.CERTIFIED, InitiativeState.CANDIDATE)),
    ("ok", "Approved or sustained", (InitiativeState.APPROVED, InitiativeState.SUSTAINED)),
    ("bad", "Stopped", (InitiativeState.STOPPED,)),
)  # fmt: skip
_TONES = {state: tone for tone, _, states in _GROUPS for state in states}


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid at a percentage of its axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """An initiative at percentages of the plot.

    ``label`` is written beside it where it fits, to its left where ``is_left``.
    """

    key: str
    href: str
    x: float
    y: float
    r: int
    tone: str
    words: str
    label: str
    is_left: bool


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The matrix: points, both axes, what colours mean, what is not drawn, and the table's rows."""

    points: Sequence[Point]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    legend: Sequence[tuple[str, str]]
    notes: Sequence[str]
    says: str | None
    shows_money: bool
    head: Sequence[str]
    rows: Sequence[Sequence[dict[str, str]]]


def matrix_view(lines: Sequence[MatrixLine], *, shows_money: bool) -> MatrixView:
    """Draw what has a place, the most valuable first; by what it changes where money is hidden."""
    able, notes = _with_a_place(lines, shows_money)
    if shows_money:
        able.sort(key=lambda one: -_minor(one))
    drawn = able[:MOST_POINTS]
    if len(drawn) < len(able):
        first = "worth most" if shows_money else "first by key"
        count = f"{number(MOST_POINTS)} of {number(len(able))}"
        notes.insert(0, f"Drawn are the {count} that are {first}; filter to see others.")
    if not shows_money:
        notes.append(
            "Money is hidden from you, so there is no axis of value: the rows say what each mainly"
            " changes."
        )
    days = round_axis(0, max((_days(one) for one in drawn), default=Decimal(0)))
    tones = {_TONES[one.line.state] for one in drawn}
    return MatrixView(
        points=_points(drawn, shows_money),
        x_ticks=[Tick(days.place(one), number(one)) for one in days.ticks],
        y_ticks=_value_ticks(drawn) if shows_money else _lens_ticks(),
        legend=[(tone, words) for tone, words, _ in _GROUPS if tone in tones],
        notes=notes,
        says=_says(drawn) if shows_money else None,
        shows_money=shows_money,
        head=_HEAD + (_MONEY_HEAD if shows_money else ()),
        rows=[_row(one, shows_money) for one in drawn],
    )


def _with_a_place(
    lines: Sequence[MatrixLine], shows_money: bool
) -> tuple[list[MatrixLine], list[str]]:
    """Those that can be drawn, and how many can't for which reason."""
    effort = [one for one in lines if one.days]
    notes = []
    if lacking := len(lines) - len(effort):
        notes.append(f"{number(lacking)} without person-days in the full option can’t be drawn.")
    if not shows_money:
        return effort, notes
    valued = [one for one in effort if one.value is not None]
    if lacking := len(effort) - len(valued):
        notes.append(f"{number(lacking)} without a value can’t be drawn: no cycle is chosen.")
    currencies = Counter(one.line.currency for one in valued)
    main = min(currencies, key=lambda one: (-currencies[one], one), default="")
    for currency in sorted(currencies.keys() - {main}):
        notes.append(
            f"{number(currencies[currency])} in {currency} are not drawn, as one axis holds one"
            f" currency; filter by a cycle in {currency} to see them."
        )
    return [one for one in valued if one.line.currency == main], notes


def _minor(one: MatrixLine) -> int:
    return one.value.minor if one.value is not None else 0


def _days(one: MatrixLine) -> Decimal:
    return one.days or Decimal(0)


def _points(drawn: Sequence[MatrixLine], shows_money: bool) -> list[Point]:
    across = round_axis(0, max((_days(one) for one in drawn), default=Decimal(0)))
    values = [_minor(one) for one in drawn]
    up = round_axis(min(values, default=0), max(values, default=0))
    dearest = max((one.line.cost_minor for one in drawn), default=0) or 1
    places = [
        (
            across.place(_days(one)),
            round(100 - up.place(_minor(one)), 2) if shows_money else _lane(one),
        )
        for one in drawn
    ]
    labelled = _labelled(places)
    found = []
    for place, (one, (x, y)) in enumerate(zip(drawn, places, strict=True)):
        share = (one.line.cost_minor / dearest) ** 0.5 if shows_money else 0
        found.append(
            Point(
                key=one.line.key,
                href=url_for("initiatives.show", key=one.line.key),
                x=x,
                y=y,
                r=round(_SMALLEST + (_LARGEST - _SMALLEST) * share),
                tone=_TONES[one.line.state],
                words=_words(one, shows_money),
                label=one.line.key if place in labelled else "",
                is_left=labelled.get(place, False),
            )
        )
    return found


def _labelled(places: Sequence[tuple[float, float]]) -> dict[int, bool]:
    """The first ones beside which a key covers no point and no other key, and whether at the left.

    A key takes some nine per cent of the width and four of the height.
    """
    found: dict[int, bool] = {}
    taken = list(places)
    for place, (x, y) in enumerate(places):
        if len(found) == _MOST_LABELS:
            break
        for is_left, start in ((False, x), (True, x - 9)):
            is_inside = 0 <= start <= 95
            others = [at for other, at in enumerate(taken) if other != place]
            if is_inside and not any(start <= a < start + 9 and abs(b - y) < 4 for a, b in others):
                found[place] = is_left
                taken += [(start + 3, y), (start + 6, y)]
                break
    return found


_LANES = {lens: (place + 0.5) * 100 / len(Lens) for place, lens in enumerate(Lens)}


def _lane(one: MatrixLine) -> float:
    return round(_LANES[one.line.lens], 2)


def _lens_ticks() -> list[Tick]:
    return [Tick(round(at, 2), lens.word) for lens, at in _LANES.items()]


def _value_ticks(drawn: Sequence[MatrixLine]) -> list[Tick]:
    values = [_minor(one) for one in drawn]
    axis = round_axis(min(values, default=0), max(values, default=0))
    currency = drawn[0].line.currency if drawn else "EUR"
    return [
        Tick(round(100 - axis.place(one), 2), money_short(Money(one, currency)))
        for one in axis.ticks
    ]


def _words(one: MatrixLine, shows_money: bool) -> str:
    parts = [f"{one.line.key} {one.line.title}", one.line.state.word]
    parts.append(f"{number(one.days)} person-days")
    if shows_money:
        parts += [f"value {money(one.value)}", f"cost {money(one.line.cost)}"]
    return ", ".join(parts)


def _says(drawn: Sequence[MatrixLine]) -> str | None:
    """Which one is worth most for a day of work; nothing where none is worth anything."""
    best = max(drawn, key=lambda one: _minor(one) / _days(one), default=None)
    if best is None or _minor(best) <= 0 or len(drawn) < 2:
        return None
    a_day = Money(int(_minor(best) / _days(best)), best.line.currency)
    return f"{best.line.key} is worth most for its work: {money_short(a_day)} a person-day."


_HEAD = ("Key", "Initiative", "State", "Person-days")
_MONEY_HEAD = ("Standalone value", "Cost")


def _row(one: MatrixLine, shows_money: bool) -> list[dict[str, str]]:
    place = url_for("initiatives.show", key=one.line.key)
    cells = [
        {"text": one.line.key, "href": place},
        {"text": one.line.title},
        {"text": one.line.state.word},
        {"text": number(one.days)},
    ]
    if shows_money:
        cells += [{"text": money(one.value)}, {"text": money(one.line.cost)}]
    return cells

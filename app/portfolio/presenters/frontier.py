"""What each budget can buy: the points of a stored frontier as steps of a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.portfolio.presenters.bench import budget_of, short_difference
from app.portfolio.presenters.verdicts import gap_words
from app.portfolio.queries.answers import Answer
from app.values.money import CURRENCY_DIGITS, Money
from app.web.filters import counted, money, money_short

AT_END = 60
"""Per cent of the width from which a label stands left of its point."""
SURE = 1e-3
"""The relative gap up to which a point counts as the best; the answer is asked for with it."""
CLOSE = 2
"""Per cent within which marks would lie on each other."""


@dataclass(frozen=True, slots=True)
class Chart:
    """All positions are per cent; ``rows`` are the figures for the table beside it."""

    points: Sequence[Mapping[str, Any]]
    x_ticks: Sequence[Mapping[str, Any]]
    y_ticks: Sequence[Mapping[str, Any]]
    now: Mapping[str, Any]
    against: Mapping[str, Any] | None
    others: Sequence[Mapping[str, Any]]
    says: str
    label: str
    rows: Sequence[Sequence[str]]
    caveat: str = ""
    """How far the points may be from the best; empty where they are the best."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Another scenario's plan: its letter, budget and value in minor units."""

    letter: str
    budget: int
    value: int


class _Scale:
    """From money to per cent of a field that begins at zero."""

    def __init__(self, budget: int, value: int, unit: int) -> None:
        self.x_step, self.x_most = _nice(budget, unit)
        self.y_step, self.y_most = _nice(value, unit)

    def x(self, budget: int) -> float:
        return round(100 * budget / self.x_most, 2)

    def y(self, value: int) -> float:
        return round(100 - 100 * value / self.y_most, 2)


def frontier_chart(
    document: Mapping[str, Any], answer: Answer, marks: Sequence[Mark] = ()
) -> Chart | None:
    """The chart of a run's frontier, with its own plan marked; None without two points."""
    found = [point for point in document["points"] if point["value"] is not None]
    value = answer.result["value"]
    if len(found) < 2 or value is None:
        return None
    currency, budget = document["currency"], budget_of(answer.result)
    # Points that the search left below their neighbours are of the smaller budget's plan.
    found.sort(key=lambda point: point["budget"])
    marks = [mark for mark in marks if mark.budget <= found[-1]["budget"] * 1.2]
    most = max(value, *(p["value"] for p in found), *(m.value for m in marks))
    widest = max(budget, found[-1]["budget"], *(m.budget for m in marks), 1)
    scale = _Scale(widest, most, 10 ** CURRENCY_DIGITS[currency])

    def words(minor: int) -> str:
        return money_short(Money(minor, currency))

    return Chart(
        points=[_point(point, scale, words) for point in found],
        x_ticks=_ticks(scale.x_step, scale.x_most, currency, along=True),
        y_ticks=_ticks(scale.y_step, scale.y_most, currency, along=False),
        now=_now(answer, budget, value, scale, currency),
        against=_against(answer, budget, scale, currency),
        others=_others(marks, scale, scale.x(budget), scale.y(value)),
        says=_next_step(found, budget, answer.result, currency),
        caveat=_caveat(found),
        label=_spoken(found, budget, value, currency),
        rows=_rows(found, currency),
    )  # fmt: skip


def _point(point: Mapping[str, Any], scale: _Scale, words: Any) -> Mapping[str, Any]:
    title = f"{words(point['budget'])} buys {words(point['value'])}"
    return {"x": scale.x(point["budget"]), "y": scale.y(point["value"]), "title": title}


def _now(
    answer: Answer, budget: int, value: int, scale: _Scale, currency: str
) -> Mapping[str, Any]:
    x = scale.x(budget)
    funded = len(answer.result["funded"])
    return {
        "x": x, "y": scale.y(value), "at_end": x > AT_END,
        "label": f"This plan · {money_short(Money(value, currency))}",
        "note": f"{funded} funded, budget {money_short(Money(budget, currency))}",
    }  # fmt: skip


def _others(marks: Sequence[Mark], scale: _Scale, x: float, y: float) -> list[Mapping[str, Any]]:
    """Other scenarios, but for those that would lie under this plan's mark."""
    found: list[Mapping[str, Any]] = [
        {"x": scale.x(m.budget), "y": scale.y(m.value), "label": m.letter} for m in marks
    ]
    return [one for one in found if abs(one["x"] - x) > CLOSE or abs(one["y"] - y) > 2 * CLOSE]


def _against(answer: Answer, budget: int, scale: _Scale, currency: str) -> Mapping[str, Any] | None:
    greedy = answer.result["greedy"]
    if not greedy or greedy["shortfall"] <= 0:
        return None
    short = money_short(Money(-greedy["shortfall"], currency))
    x = scale.x(budget)
    return {
        "x": x, "y": scale.y(greedy["value"]), "at_end": x > AT_END,
        "text": f"{short} for the same money", "short": short, "note": "ranked list",
    }  # fmt: skip


def _next_step(
    found: Sequence[Mapping[str, Any]], budget: int, result: Mapping[str, Any], currency: str
) -> str:
    """What the next budget that was looked at adds, as far as it is known."""
    value, is_best = result["value"], result["status"] == "optimal"
    larger = [p for p in found if p["budget"] > budget]
    more = next((p for p in larger if p["value"] > value), None)
    if more is None:
        is_sure = is_best and all(_is_sure(point) for point in larger)
        return "more money adds nothing" if is_sure else "nothing found that more money adds"
    extra = money_short(Money(more["budget"] - budget, currency))
    added = money_short(Money(more["value"] - value, currency))
    if not is_best:
        return f"with {extra} more a plan was found that is worth {added} more"
    return f"{extra} more adds {added}" if _is_sure(more) else f"{extra} more adds at least {added}"


def _is_sure(point: Mapping[str, Any]) -> bool:
    return point["gap"] is not None and point["gap"] <= SURE


def _caveat(found: Sequence[Mapping[str, Any]]) -> str:
    far = [point for point in found if not _is_sure(point)]
    if not far:
        return ""
    gaps = [point["gap"] for point in far]
    most = "an unknown part" if None in gaps else f"up to {gap_words(max(gaps))}"
    return (
        f"The points are the best plans found: at {counted(len(far), 'budget')} "
        f"{most} more may be possible."
    )


def _spoken(found: Sequence[Mapping[str, Any]], budget: int, value: int, currency: str) -> str:
    def words(minor: int) -> str:
        return money_short(Money(minor, currency))

    first, last = found[0], found[-1]
    return (
        f"Value against budget: from {words(first['value'])} at {words(first['budget'])} to "
        f"{words(last['value'])} at {words(last['budget'])}; this plan {words(value)} at "
        f"{words(budget)}"
    )


def _rows(found: Sequence[Mapping[str, Any]], currency: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for before, point in pairwise([None, *found]):
        assert point is not None
        gained = point["value"] - before["value"] if before else None
        rows.append(
            (
                money(Money(point["budget"], currency)),
                money(Money(point["value"], currency)),
                "–" if gained is None else short_difference(Money(gained, currency)),
                counted(len(point["funded"]), "initiative"),
                "–" if point["gap"] is None else gap_words(point["gap"]),
            )
        )
    return rows


def _nice(most: int, unit: int) -> tuple[int, int]:
    """A round step, of which four to eight reach ``most``, and the end of the axis."""
    step = unit
    for factor in _factors():
        step = unit * factor
        if most <= step * 8:
            break
    return step, max(1, -(-most // step)) * step


def _factors() -> Sequence[int]:
    return [base * 10**power for power in range(10) for base in (1, 2, 5)]


def _ticks(step: int, most: int, currency: str, *, along: bool) -> list[Mapping[str, Any]]:
    """Marks from zero; every other one on the money axis is left out on a phone."""
    found: list[Mapping[str, Any]] = []
    for number, minor in enumerate(range(0, most + 1, step)):
        at = round(100 * minor / most, 2)
        label = _tick_words(minor, step, currency) if minor else "0"
        found.append({"at": at if along else 100 - at, "label": label, "minor": number % 2 == 1})
    return found


def _tick_words(minor: int, step: int, currency: str) -> str:
    """The shortest words that tell the ticks apart."""
    text = money_short(Money(minor, currency))
    unit = 10 ** CURRENCY_DIGITS[currency]
    whole = Decimal(minor) / unit
    for size, letter in ((10**9, "bn"), (10**6, "m"), (10**3, "k")):
        if whole >= size and not (minor % (unit * size // 10) or step % (unit * size // 10)):
            digits = 0 if not minor % (unit * size) and not step % (unit * size) else 1
            plain = f"{whole / size:.{digits}f}"
            sign = text[: next(i for i, c in enumerate(text) if c.isdigit())]
            return f"{sign}{plain}{letter}"
    return text

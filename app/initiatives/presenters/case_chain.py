"""The chain of a case as it is drawn: initiative → behaviour → lever → money.

x and w are percentages of the width, y and heights are pixels, so that boxes keep their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.presenters.case_sources import CaseSources, pool_page
from app.initiatives.presenters.sections import pool_name, removal_words
from app.initiatives.rules import OptionCase
from app.values.money import Money
from app.web.filters import money, money_short, number

ROW, BOX = 68, 48
_COLUMNS = ((0, 19), (25, 25), (61, 23), (89, 11))
"""Left end and width of the boxes of each station."""
_LETTERS = (24, 33, 29, 14)
"""About how many letters fit into a box of each station on a narrow desk."""


@dataclass(frozen=True, slots=True)
class ChainView:
    """Boxes, the lines between them, the height in pixels, and the same as a list for a phone.

    ``total`` is what all its pools bring alone, in words.
    """

    height: int
    boxes: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    nodes: list[dict[str, Any]]
    total: str


def chain_view(
    initiative: Initiative, option: Option, effects: Sequence[Effect], case: OptionCase
) -> ChainView | None:
    """The chain of one option; None where no behaviour acts on a lever under it."""
    if not effects:
        return None
    behaviours = list({one.behaviour_id: one for one in effects}.values())
    pools = list({one.pool_id: one for one in effects}.values())
    height = ROW * max(len(behaviours), len(pools))
    at = {
        **{("behaviour", one.behaviour_id): _middle(k, len(behaviours), height)
           for k, one in enumerate(behaviours)},
        **{("pool", one.pool_id): _middle(k, len(pools), height) for k, one in enumerate(pools)},
    }  # fmt: skip
    sources = CaseSources.of(initiative, option)
    boxes = [_box(0, height // 2, initiative.key, initiative.title, sources.initiative)]
    boxes += [_behaviour_box(one, at["behaviour", one.behaviour_id], sources.behaviour(one))
              for one in behaviours]  # fmt: skip
    boxes += [_pool_box(one, at["pool", one.pool_id]) for one in pools]
    boxes += [_money_box(one, case, at["pool", one.pool_id], sources) for one in pools]
    lines = [_line(0, height // 2, at["behaviour", one.behaviour_id], "") for one in behaviours]
    lines += [
        _line(1, at["behaviour", one.behaviour_id], at["pool", one.pool_id], _claim(one),
              sources.behaviour(one), is_harm=one.removal_share < 0)
        for one in effects
    ]  # fmt: skip
    lines += [
        _line(2, at["pool", one.pool_id], at["pool", one.pool_id], "",
              is_harm=case.standalone.pools.get(one.pool_id, 0) < 0)
        for one in pools
    ]  # fmt: skip
    total = money(Money(case.standalone.total, initiative.currency))
    return ChainView(height, boxes, lines, _nodes(initiative, effects, case, sources), total)


def _middle(place: int, of: int, height: int) -> int:
    return round(height * (2 * place + 1) / (2 * of))


def _box(
    column: int, middle: int, title: str, note: str, href: str | None, *, is_harm: bool = False
) -> dict[str, Any]:
    left, width = _COLUMNS[column]
    letters = _LETTERS[column]
    return {
        "x": left, "w": width, "y": middle - BOX // 2, "h": BOX, "title": _cut(title, letters),
        "note": _cut(note, letters), "whole": f"{title}: {note}", "href": href,
        "tone": "bad" if is_harm else None,
    }  # fmt: skip


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"


def _line(
    column: int, start: int, end: int, label: str, href: str | None = None, *, is_harm: bool = False
) -> dict[str, Any]:
    left, width = _COLUMNS[column]
    x1, x2 = left + width, _COLUMNS[column + 1][0]
    return {
        "x1": x1, "y1": start, "x2": x2, "y2": end, "label": label, "x": round((x1 + x2) / 2, 2),
        "y": round((start + end) / 2) - 6, "tone": "bad" if is_harm else None, "href": href,
    }  # fmt: skip


def _claim(effect: Effect) -> str:
    return f"{removal_words(effect.removal_share)}, {effect.grade.value}"


def _behaviour_box(effect: Effect, middle: int, href: str) -> dict[str, Any]:
    one = effect.behaviour
    unit = f" {one.unit}" if one.unit else ""
    note = f"{number(one.baseline)} → {number(one.target)}{unit}, {one.measure}"
    return _box(1, middle, one.description, note, href)


def _pool_box(effect: Effect, middle: int) -> dict[str, Any]:
    pool = effect.pool
    worth = money_short(Money(pool.annual_value_minor, pool.journey.currency))
    title = f"{pool.lever.value.capitalize()}, {worth} a year"
    return _box(2, middle, title, pool.journey.name, pool_page(effect))


def _money_box(
    effect: Effect, case: OptionCase, middle: int, sources: CaseSources
) -> dict[str, Any]:
    minor = case.standalone.pools.get(effect.pool_id, 0)
    worth = money_short(Money(minor, effect.pool.journey.currency))
    return _box(3, middle, worth, "alone", sources.part("values"), is_harm=minor < 0)


def _nodes(
    initiative: Initiative, effects: Sequence[Effect], case: OptionCase, sources: CaseSources
) -> list[dict[str, Any]]:
    """The chain one under the other, a behaviour and its levers at a time."""
    nodes: list[dict[str, Any]] = [
        {"kind": initiative.key, "title": initiative.title, "href": sources.initiative}
    ]
    seen = None
    for one in sorted(effects, key=lambda effect: (effect.behaviour_id, effect.id)):
        if one.behaviour_id != seen:
            description, href = one.behaviour.description, sources.behaviour(one)
            nodes.append({"kind": "Behaviour", "title": description, "href": href})
            seen = one.behaviour_id
        minor = case.standalone.pools.get(one.pool_id, 0)
        worth = money_short(Money(minor, initiative.currency))
        nodes.append(
            {
                "kind": "Lever",
                "title": pool_name(one),
                "href": pool_page(one),
                "note": f"{removal_words(one.removal_share)}; the pool brings {worth} alone",
                "note_href": sources.part("values"),
                "grade": f"Evidence: {one.grade.word}",
            }
        )
    return nodes

"""The heat map of a journey: stage × channel, with the satisfaction above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.models import Journey, Stage, Touchpoint
from app.journeys.queries import Acting
from app.journeys.rules import (
    Channel,
    Measured,
    is_hot_spot,
    mean_satisfaction,
    mean_target,
    pain,
    pain_scale,
)
from app.values.money import Money
from app.web.filters import money_short, number

LEVELS = 8
STEADY = 2
"""A pain that moves by less than this against the other baseline counts as unchanged."""

Figures = Mapping[int, Measured]


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell shows: its word in the switch, and the ends of its scale."""

    key: str
    word: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """What the page draws: columns, rows, the line above, the scale and what nobody covers."""

    look: Look
    stages: Sequence[Mapping[str, object]]
    rows: Sequence[Mapping[str, object]]
    line: Mapping[str, object] | None
    uncovered: Sequence[Mapping[str, object]]
    ranking: Sequence[int]
    pains: Mapping[int, int]
    selected: int | None


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything a cell is drawn from."""

    currency: str
    show: str
    figures: Figures
    pains: Mapping[int, int]
    earlier: Mapping[int, int]
    acting: Mapping[int, Sequence[Acting]]
    selected: int | None
    address: Callable[[int], str]


def heat_map(
    journey: Journey,
    figures: Figures,
    earlier: Figures,
    acting: Mapping[int, Sequence[Acting]],
    *,
    show: str,
    selected: int | None,
    address: Callable[[int], str],
) -> HeatMap:
    """Arrange a journey's figures by touchpoint id, compared with ``earlier`` ones.

    ``show`` is pain, satisfaction, volume or cost; the trend of a cell is always that of its
    pain, both baselines measured on the scale of the shown one. Without a measured ``selected``
    the worst touchpoint is. ``address`` gives the page with a touchpoint selected.
    """
    scale = pain_scale(figures.values())
    pains = {id_: pain(one.score, scale) for id_, one in figures.items()}
    before = {id_: pain(one.score, scale) for id_, one in earlier.items()}
    stages = [stage for stage in journey.stages if not stage.is_hidden]
    cells = {(one.stage_id, one.channel): one for one in journey.touchpoints}
    channels = [c for c in Channel if any((stage.id, c) in cells for stage in stages)]
    shown = {one.id: one for one in journey.touchpoints if one.stage_id in {s.id for s in stages}}
    ranking = sorted(shown.keys() & pains.keys(), key=lambda id_: (-pains[id_], id_))
    if selected not in ranking:
        selected = ranking[0] if ranking else None
    scene = _Scene(journey.currency, show, figures, pains, before, acting, selected, address)
    by_stage = {
        stage.id: [
            figures[i] for i, one in shown.items() if one.stage_id == stage.id and i in figures
        ]
        for stage in stages
    }
    return HeatMap(
        look=_look(show, figures, journey.currency),
        stages=[_stage(stage, by_stage[stage.id]) for stage in stages],
        rows=[
            {
                "channel": channel.word,
                "cells": [_cell(cells.get((stage.id, channel)), scene) for stage in stages],
            }
            for channel in channels
        ],
        line=_line(stages, by_stage),
        uncovered=_uncovered(shown, scene),
        ranking=ranking,
        pains=pains,
        selected=selected,
    )


def short_count(value: Decimal) -> str:
    """A count as charts write it: 950, 41k, 1.3m."""
    for size, letter in ((Decimal(1_000_000), "m"), (Decimal(1_000), "k")):
        if value >= size:
            scaled = value / size
            return number(round(scaled, 1) if scaled < 10 else round(scaled)) + letter
    return number(round(value))


def is_covered(acting: Sequence[Acting]) -> bool:
    """Whether any live initiative is among them."""
    return any(one.is_live for one in acting)


def _look(show: str, figures: Figures, currency: str) -> Look:
    most = max((one.contacts_per_year for one in figures.values()), default=Decimal(0))
    dearest = max((one.cost_per_year_minor for one in figures.values()), default=0)
    looks = {
        "satisfaction": Look("satisfaction", "Satisfaction", "10", "0 satisfaction"),
        "volume": Look("volume", "Volume", "0", f"{short_count(most)} contacts"),
        "cost": Look(
            "cost", "Cost to serve", "0", f"{money_short(Money(dearest, currency))} a year"
        ),
    }
    return looks.get(show, Look("pain", "Pain", "0", "100 pain"))


def _stage(stage: Stage, figures: Sequence[Measured]) -> dict[str, object]:
    mean = mean_satisfaction(figures)
    contacts = sum((one.contacts_per_year for one in figures), Decimal(0))
    return {
        "name": stage.name,
        "note": f"{short_count(contacts)} contacts" if figures else "",
        "satisfaction": number(mean, 1) if mean is not None else None,
    }


def _cell(touchpoint: Touchpoint | None, scene: _Scene) -> dict[str, object] | None:
    if touchpoint is None or touchpoint.id not in scene.figures:
        return None
    id_ = touchpoint.id
    value, level = _shown(id_, scene)
    acting = [one for one in scene.acting.get(id_, ()) if one.is_live]
    is_hot = is_hot_spot(scene.pains[id_])
    note = f"{len(acting)} initiative{'s' if len(acting) > 1 else ''}" if acting else "none"
    return {
        "value": value,
        "level": level,
        "note": "uncovered" if is_hot and not acting else note,
        "uncovered": is_hot and not acting,
        "trend": trend(scene.pains[id_], scene.earlier.get(id_)),
        "href": scene.address(id_),
        "selected": id_ == scene.selected,
    }


def _shown(id_: int, scene: _Scene) -> tuple[str, int]:
    one = scene.figures[id_]
    if scene.show == "satisfaction":
        return number(one.satisfaction, 1), _level(10 - one.satisfaction, Decimal(10))
    if scene.show == "volume":
        most = max(figure.contacts_per_year for figure in scene.figures.values())
        return short_count(one.contacts_per_year), _level(one.contacts_per_year, most)
    if scene.show == "cost":
        most = Decimal(max(figure.cost_per_year_minor for figure in scene.figures.values()))
        cost = one.cost_per_year_minor
        return money_short(Money(cost, scene.currency)), _level(Decimal(cost), most)
    return str(scene.pains[id_]), _level(Decimal(scene.pains[id_]), Decimal(100))


def _level(value: Decimal, most: Decimal) -> int:
    """The colour of the pain scale, 0 to 7, in eight equal steps."""
    return min(LEVELS - 1, int(value * LEVELS / most)) if most else 0


def trend(now: int, before: int | None) -> str:
    """Whether a pain went up (worse), down (better) or stayed flat."""
    if before is None or abs(now - before) < STEADY:
        return "flat"
    return "up" if now > before else "down"


def _line(
    stages: Sequence[Stage], by_stage: Mapping[int, Sequence[Measured]]
) -> dict[str, object] | None:
    """The mean satisfaction over the stages as points in per cent of the drawing."""
    means = {stage.id: mean_satisfaction(by_stage[stage.id]) for stage in stages}
    known = {id_: mean for id_, mean in means.items() if mean is not None}
    target = mean_target([one for figures in by_stage.values() for one in figures])
    if len(known) < 2 or target is None:
        return None
    low, high = min(*known.values(), target), max(*known.values(), target)
    spread = max(high - low, Decimal(1))

    def height(value: Decimal) -> float:
        return round(float(26 + (high - value) / spread * 62), 2)

    worst = min(known, key=lambda id_: known[id_])
    points = [
        {
            "x": round((place + 0.5) / len(stages) * 100, 2),
            "y": height(known[stage.id]),
            "label": number(known[stage.id], 1),
            "name": stage.name,
            "hot": stage.id == worst and known[stage.id] < target,
        }
        for place, stage in enumerate(stages)
        if stage.id in known
    ]
    label = f"Satisfaction, target {number(target, 1)}"
    return {"points": points, "target": height(target), "label": label, "target_label": None}


def _uncovered(shown: Mapping[int, Touchpoint], scene: _Scene) -> list[dict[str, object]]:
    hot = [
        (scene.pains[id_], one)
        for id_, one in shown.items()
        if is_hot_spot(scene.pains.get(id_, 0)) and not is_covered(scene.acting.get(id_, ()))
    ]
    return [
        {
            "value": value,
            "level": _level(Decimal(value), Decimal(100)),
            "text": f"{one.stage.name}, {one.channel.word.lower()}",
            "href": scene.address(one.id),
        }
        for value, one in sorted(hot, key=lambda item: (-item[0], item[1].id))
    ]

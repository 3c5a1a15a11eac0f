"""The heat map of a journey: stage × channel, with the satisfaction above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.models import Journey, Stage, Touchpoint
from app.journeys.presenters.looks import (
    Figures,
    Known,
    Logs,
    Look,
    Origins,
    look_at,
    pain_level,
    short_contacts,
)
from app.journeys.queries import Acting
from app.journeys.rules import (
    Audience,
    Channel,
    is_hot_spot,
    mean_satisfaction,
    mean_target,
    pain,
    pain_scale,
    total_of,
)
from app.web.filters import counted, number

Means = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """What the page draws: columns, rows, the line above, the scale and what nobody covers."""

    look: Look
    stages: Sequence[Mapping[str, object]]
    rows: Sequence[Mapping[str, object]]
    line: Mapping[str, object] | None
    uncovered: Sequence[Mapping[str, object]]
    ranking: Sequence[int]
    known: Known
    selected: int | None


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything a cell is drawn from."""

    look: Look
    known: Known
    acting: Mapping[int, Sequence[Acting]]
    selected: int | None
    address: Callable[[int], str]


def known_of(
    journey: Journey,
    now: tuple[Figures, Origins],
    before: tuple[Figures, Origins],
    logs: Logs,
    audience: Audience,
) -> Known:
    """What is known of a journey; both baselines' pains stand on the scale of the shown one.

    ``now`` and ``before`` are the figures of the baselines with where they come from.
    """
    figures, earlier = now[0], before[0]
    scale = pain_scale(figures.values())
    return Known(
        currency=journey.currency,
        figures=figures,
        earlier=earlier,
        pains={id_: pain(one.score, scale) for id_, one in figures.items()},
        earlier_pains={id_: pain(one.score, scale) for id_, one in earlier.items()},
        logs=logs,
        audience=audience,
        origins=now[1],
        earlier_origins=before[1],
    )


def heat_map(
    journey: Journey,
    known: Known,
    acting: Mapping[int, Sequence[Acting]],
    *,
    show: str,
    selected: int | None,
    address: Callable[[int], str],
) -> HeatMap:
    """Arrange what is known of a journey's touchpoints.

    ``show`` is one of SHOWS. Without a known ``selected`` the worst touchpoint is: by pain, or
    without a baseline by unmet contacts. ``address`` gives the page with a touchpoint selected.
    """
    stages = [stage for stage in journey.stages if not stage.is_hidden]
    cells = {(one.stage_id, one.channel): one for one in journey.touchpoints}
    channels = [c for c in Channel if any((stage.id, c) in cells for stage in stages)]
    visible = {stage.id for stage in stages}
    shown = {one.id: one for one in journey.touchpoints if one.stage_id in visible}
    ranking = _ranking(shown, known)
    if selected not in ranking:
        selected = ranking[0] if ranking else None
    scene = _Scene(look_at(show, known), known, acting, selected, address)
    by_stage: dict[int, list[int]] = {stage.id: [] for stage in stages}
    for one in shown.values():
        by_stage[one.stage_id].append(one.id)
    means = _means(by_stage, scene)
    return HeatMap(
        look=scene.look,
        stages=[_stage(stage, by_stage[stage.id], means.get(stage.id), scene) for stage in stages],
        rows=[
            {
                "channel": channel.word,
                "cells": [_cell(cells.get((stage.id, channel)), scene) for stage in stages],
            }
            for channel in channels
        ],
        line=_line(stages, means, _before(by_stage, scene), _target(shown, scene)),
        uncovered=_uncovered(shown, scene),
        ranking=ranking,
        known=known,
        selected=selected,
    )


def is_covered(acting: Sequence[Acting]) -> bool:
    """Whether any live initiative is among them."""
    return any(one.is_live for one in acting)


def _ranking(shown: Mapping[int, Touchpoint], known: Known) -> list[int]:
    pains, logged = known.pains, known.logged
    if pains:
        return sorted(shown.keys() & pains.keys(), key=lambda id_: (-pains[id_], id_))
    return sorted(shown.keys() & logged.keys(), key=lambda id_: (-logged[id_].unmet, id_))


def _stage(
    stage: Stage, touchpoints: Sequence[int], mean: Decimal | None, scene: _Scene
) -> dict[str, object]:
    figures, logged = scene.known.figures, scene.known.logged
    if scene.look.is_logged:
        contacts = [Decimal(logged[id_].contacts) for id_ in touchpoints if id_ in logged]
    else:
        contacts = [figures[id_].contacts_per_year for id_ in touchpoints if id_ in figures]
    return {
        "name": stage.name,
        "note": short_contacts(sum(contacts, Decimal(0))) if contacts else "",
        "satisfaction": number(mean, 1) if mean is not None else None,
    }


def _cell(touchpoint: Touchpoint | None, scene: _Scene) -> dict[str, object] | None:
    known = scene.known
    if touchpoint is None or not (touchpoint.id in known.figures or touchpoint.id in known.logged):
        return None
    id_ = touchpoint.id
    cell = scene.look.cells.get(id_)
    acting = [one for one in scene.acting.get(id_, ()) if one.is_live]
    is_hot = is_hot_spot(known.pains.get(id_, 0))
    note = counted(len(acting), "initiative") if acting else "none"
    return {
        "value": cell.text if cell else "–",
        "level": cell.level if cell else None,
        "note": ("uncovered" if is_hot and not acting else note) if cell else scene.look.absent,
        "uncovered": is_hot and not acting and cell is not None,
        "trend": cell.trend if cell else None,
        "trend_note": cell.trend_note if cell else "",
        "href": scene.address(id_),
        "selected": id_ == scene.selected,
    }


def _means(by_stage: Mapping[int, Sequence[int]], scene: _Scene) -> dict[int, Decimal]:
    """The mean satisfaction of each stage, of the baseline or of an audience's logged scores."""
    known = scene.known
    if known.audience.is_everybody and known.figures:
        return _measured_means(by_stage, known.figures)
    found = {
        stage: total_of(known.logged[id_] for id_ in ids if id_ in known.logged).satisfaction
        for stage, ids in by_stage.items()
    }
    return {stage: mean for stage, mean in found.items() if mean is not None}


def _before(by_stage: Mapping[int, Sequence[int]], scene: _Scene) -> dict[int, Decimal]:
    """The mean satisfaction of each stage in the baseline compared with."""
    is_shown = scene.known.audience.is_everybody
    return _measured_means(by_stage, scene.known.earlier) if is_shown else {}


def _measured_means(by_stage: Mapping[int, Sequence[int]], figures: Figures) -> dict[int, Decimal]:
    found = {
        stage: mean_satisfaction([figures[id_] for id_ in ids if id_ in figures])
        for stage, ids in by_stage.items()
    }
    return {stage: mean for stage, mean in found.items() if mean is not None}


def _target(shown: Mapping[int, Touchpoint], scene: _Scene) -> Decimal | None:
    return mean_target([one for id_, one in scene.known.figures.items() if id_ in shown])


def _line(
    stages: Sequence[Stage], means: Means, before: Means, target: Decimal | None
) -> dict[str, object] | None:
    """The mean satisfaction over the stages as points in per cent of the drawing."""
    if len(means) < 2 or target is None:
        return None
    all_values = [*means.values(), *before.values(), target]
    low, high = min(all_values), max(all_values)
    spread = max(high - low, Decimal(1))

    def height(value: Decimal) -> float:
        return round(float(26 + (high - value) / spread * 62), 2)

    worst = min(means, key=lambda id_: means[id_])
    points = [
        {
            "x": round((place + 0.5) / len(stages) * 100, 2),
            "y": height(means[stage.id]),
            "before": height(before[stage.id]) if stage.id in before else None,
            "label": number(means[stage.id], 1),
            "name": stage.name,
            "hot": stage.id == worst and means[stage.id] < target,
        }
        for place, stage in enumerate(stages)
        if stage.id in means
    ]
    label = f"Satisfaction, target {number(target, 1)}"
    return {"points": points, "target": height(target), "label": label, "target_label": None}


def _uncovered(shown: Mapping[int, Touchpoint], scene: _Scene) -> list[dict[str, object]]:
    pains = scene.known.pains
    hot = [
        (pains[id_], one)
        for id_, one in shown.items()
        if is_hot_spot(pains.get(id_, 0)) and not is_covered(scene.acting.get(id_, ()))
    ]
    return [
        {
            "value": value,
            "level": pain_level(value),
            "text": f"{one.stage.name}, {one.channel.word.lower()}",
            "href": scene.address(one.id),
        }
        for value, one in sorted(hot, key=lambda item: (-item[0], item[1].id))
    ]

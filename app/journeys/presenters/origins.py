"""Where figures come from, in words, and what two versions of a baseline differ in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.models import Baseline, Journey
from app.journeys.presenters.baselines import place_of, touchpoints_in_order
from app.journeys.presenters.basis import span_words
from app.journeys.presenters.heat_map import Figures
from app.journeys.rules import (
    BY_HAND,
    JUDGED_BY_PEOPLE,
    LEVER_INPUTS,
    Binding,
    BoundFigure,
    Change,
    FigureKind,
    Lever,
    MonthSpan,
    Origin,
    OriginKind,
    bound_value,
    change_of,
    figure_of,
    joint_error,
    overlap,
    shared_months,
)
from app.values.money import Money
from app.web.filters import NONE, bare_money, counted, day, number, percent, signed
from app.web.guards import costs_are_hidden

Origins = Mapping[int, Mapping[FigureKind, Origin]]

SHOWN = (
    FigureKind.CONTACTS,
    FigureKind.SATISFACTION,
    FigureKind.UNMET,
    FigureKind.TARGET,
    FigureKind.IMPORTANCE,
    FigureKind.COST,
    FigureKind.MINUTES,
)
"""The figures of a touchpoint in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class FigureCell:
    """A figure as it is read, with where it comes from; ``is_doubted`` marks a correction."""

    value: str
    note: str
    is_doubted: bool = False


@dataclass(frozen=True, slots=True)
class ChangeCell:
    """A figure in two versions: ``before``, ``now``, the difference, and what can be said of it."""

    before: str
    now: str
    change: str
    verdict: str
    tone: str


@dataclass(frozen=True, slots=True)
class OriginRow:
    """A touchpoint with a cell a figure, in the order of SHOWN."""

    place: str
    name: str
    cells: Sequence[FigureCell]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A touchpoint in two versions with a cell a figure, in the order of SHOWN."""

    place: str
    name: str
    cells: Sequence[ChangeCell]


def written_figure(kind: FigureKind, value: Decimal | None, currency: str) -> str:
    """A figure as it is read: money in major units, unmet as a percentage."""
    if value is None:
        return number(None)
    if kind is FigureKind.UNMET:
        return percent(value)
    if kind is FigureKind.COST:
        return bare_money(Money(int(value), currency))
    return number(value)


def origin_words(kind: FigureKind, origin: Origin, currency: str) -> str:
    """Where a figure comes from: log, n 12,345; kept from version 2 and measured when; by hand."""
    if origin.kind is OriginKind.LOG:
        return ", ".join(filter(None, (f"log, n {number(origin.sample)}", origin.note)))
    if origin.kind is OriginKind.KEPT:
        is_judged = kind in JUDGED_BY_PEOPLE
        since = f", {'made' if is_judged else 'measured'} on {day(origin.measured_on)}"
        return (
            f"{'judgement ' if is_judged else ''}kept from version {origin.kept_from}"
            f"{since if origin.measured_on else ''}"
        )
    said = "judgement" if kind in JUDGED_BY_PEOPLE else "by hand"
    if origin.logged is not None:
        said += f", log says {written_figure(kind, origin.logged, currency)}"
    return said


def origin_rows(journey: Journey, figures: Figures, origins: Origins) -> list[OriginRow]:
    """Every figure of a baseline with where it comes from, by stage, then channel."""
    return [
        OriginRow(
            place_of(one),
            one.name,
            [
                _cell(kind, figure_of(figures[one.id], kind), origins.get(one.id, {}), journey)
                for kind in SHOWN
            ],
        )
        for one in touchpoints_in_order(journey)
        if one.id in figures
    ]


def _cell(
    kind: FigureKind, value: Decimal | None, origins: Mapping[FigureKind, Origin], journey: Journey
) -> FigureCell:
    origin = origins.get(kind, BY_HAND)
    if value is None and origin.logged is None:
        return FigureCell(number(None), "not known")
    note = origin_words(kind, origin, journey.currency)
    if origin.note and origin.logged is not None:
        note += f": {origin.note}"
    written = written_figure(kind, value, journey.currency)
    return FigureCell(written, note, is_doubted=origin.logged is not None)


def change_rows(
    journey: Journey, before: tuple[Figures, Origins], now: tuple[Figures, Origins]
) -> list[ChangeRow]:
    """What changed between two versions, every touchpoint measured in either of them."""
    return [
        ChangeRow(
            place_of(one),
            one.name,
            [_change(kind, one.id, before, now, journey.currency) for kind in SHOWN],
        )
        for one in touchpoints_in_order(journey)
        if one.id in before[0] or one.id in now[0]
    ]


def _change(
    kind: FigureKind,
    touchpoint_id: int,
    before: tuple[Figures, Origins],
    now: tuple[Figures, Origins],
    currency: str,
) -> ChangeCell:
    old, new = (
        figure_of(figures[touchpoint_id], kind) if touchpoint_id in figures else None
        for figures, _ in (before, now)
    )
    written = [written_figure(kind, value, currency) for value in (old, new)]
    if kind is FigureKind.COST and costs_are_hidden():
        return ChangeCell(NONE, NONE, "", "", "idle")
    if old is None or new is None:
        word = "" if old is new else "newly measured" if old is None else "not measured any more"
        return ChangeCell(written[0], written[1], "", word, "idle")
    origins = [one[1].get(touchpoint_id, {}).get(kind, BY_HAND) for one in (before, now)]
    verdict = change_of(new - old, *origins)
    shared = shared_months(*origins)
    return ChangeCell(
        before=written[0],
        now=written[1],
        change="" if verdict is Change.NONE else written_change(kind, new - old, currency),
        verdict=_verdict_words(kind, verdict, joint_error(*origins), shared, currency),
        tone="strong" if verdict is Change.CLEAR else "muted",
    )


def _verdict_words(
    kind: FigureKind,
    verdict: Change,
    error: Decimal | None,
    shared: MonthSpan | None,
    currency: str,
) -> str:
    if verdict is Change.SHARED and shared is not None:
        return f"not judged: both count {span_words(shared)}"
    if verdict in (Change.CLEAR, Change.WITHIN) and error is not None:
        if kind is FigureKind.UNMET:
            size = f"{number(round(error * 100, 1))} points"
        else:
            size = written_figure(kind, round(error, 0 if kind is FigureKind.COST else 2), currency)
        return f"{verdict.word}, ±{size}"
    if kind in JUDGED_BY_PEOPLE and verdict is not Change.NONE:
        return "a judgement"
    return verdict.word


def written_change(kind: FigureKind, difference: Decimal, currency: str) -> str:
    """A difference with its sign; of shares in points of a hundred."""
    if kind is FigureKind.UNMET:
        return f"{signed(round(difference * 100, 1))} points"
    if kind is FigureKind.COST:
        return signed(Money(int(difference), currency).amount)
    return signed(difference)


@dataclass(frozen=True, slots=True)
class InputChange:
    """A bound pool input as two versions have it; ``used`` is what the pool is worked out with."""

    lever: Lever
    label: str
    before: str
    now: str
    used: str


def input_changes(journey: Journey, before: Figures, now: Figures) -> list[InputChange]:
    """Every pool input that is bound to a baseline, in two versions; no cost where it is hidden."""
    found = []
    for pool in journey.pools:
        specs = {spec.symbol: spec for spec in LEVER_INPUTS[pool.lever]}
        for one in pool.inputs:
            if one.bound_figure is None:
                continue
            binding = Binding(one.bound_figure, tuple(one.bound_touchpoints or ()))
            values = [bound_value(binding, figures, journey.currency) for figures in (before, now)]
            words = [
                "not measured" if value is None else _written_input(one.bound_figure, value)
                for value in values
            ]
            label = f"{specs[one.symbol].label} ({specs[one.symbol].sign})"
            used = f"{_written_input(one.bound_figure, one.value)}, version {one.bound_number}"
            found.append(InputChange(pool.lever, label, words[0], words[1], used))
    return found


def _written_input(figure: BoundFigure, value: Decimal) -> str:
    if figure is BoundFigure.UNMET:
        return percent(value, 2)
    if figure is BoundFigure.COST:
        return NONE if costs_are_hidden() else number(value, 2)
    return number(value)


def shared_words(before: Baseline, now: Baseline) -> str:
    """Why nothing is judged of figures of the log, where two versions share months of it."""
    spans = [
        MonthSpan.through(one.logged_from, one.logged_to)
        for one in (before, now)
        if one.logged_from and one.logged_to
    ]
    both = overlap(*spans) if len(spans) == 2 else None
    if both is None:
        return ""
    return (
        f"Both versions count {span_words(both)}, so they are no independent samples: what the log "
        "says of both can’t be judged against chance. Compare with a version whose months end "
        "before, or cut one from the months after."
    )


def log_days_words(baseline: Baseline, origins: Origins) -> str:
    """Which days of the log a baseline was cut from; empty for one that was not."""
    if baseline.logged_from is None or baseline.logged_to is None:
        return ""
    contacts = [found.get(FigureKind.CONTACTS, BY_HAND) for found in origins.values()]
    is_mixed = any(one.kind is OriginKind.LOG and one.note for one in contacts)
    one_in = baseline.logged_one_in or 1
    return (
        f"log of {day(baseline.logged_from)} to {day(baseline.logged_to)}, a year’s contacts from "
        f"{counted(baseline.days_covered or 0, 'day')} covered"
        + (", or as many as a figure says" if is_mixed else "")
        + (f" and one contact in {number(one_in)} logged" if one_in > 1 else "")
    )


def log_line(figures: Figures, origins: Origins) -> str:
    """How many figures of a baseline stand on what: 12 from the log, 3 kept, 1 by hand."""
    kinds = [
        one.kind
        for id_, found in origins.items()
        for kind, one in found.items()
        if figure_of(figures[id_], kind) is not None
    ]
    words = (
        (OriginKind.LOG, "from the log"),
        (OriginKind.KEPT, "kept"),
        (OriginKind.HAND, "by hand"),
    )
    said = [f"{number(kinds.count(kind))} {word}" for kind, word in words if kind in kinds]
    return f"{counted(len(kinds), 'figure')}: {', '.join(said)}" if kinds else "entered by hand"

"""The figures of a touchpoint by kind, and where each of them comes from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from app.journeys.rules.cutting import LoggedFigure
from app.journeys.rules.hot_spots import Measured
from app.journeys.rules.origins import FigureKind, Origin, OriginKind


def figure_of(measured: Measured, kind: FigureKind) -> Decimal | None:
    """One figure of a touchpoint by its kind, cost in minor units."""
    values: dict[FigureKind, Decimal | None] = {
        FigureKind.CONTACTS: measured.contacts_per_year,
        FigureKind.SATISFACTION: measured.satisfaction,
        FigureKind.TARGET: measured.satisfaction_target,
        FigureKind.IMPORTANCE: measured.importance,
        FigureKind.COST: Decimal(measured.cost_per_contact_minor),
        FigureKind.MINUTES: measured.minutes_per_contact,
        FigureKind.UNMET: measured.unmet_share,
    }
    return values[kind]


def measured_from(figures: Mapping[FigureKind, Decimal]) -> Measured | None:
    """The figures of a touchpoint from a figure a kind; None while one is missing."""
    if any(kind not in figures for kind in FigureKind if kind is not FigureKind.UNMET):
        return None
    return Measured(
        contacts_per_year=figures[FigureKind.CONTACTS],
        satisfaction=figures[FigureKind.SATISFACTION],
        satisfaction_target=figures[FigureKind.TARGET],
        importance=figures[FigureKind.IMPORTANCE],
        cost_per_contact_minor=int(figures[FigureKind.COST]),
        minutes_per_contact=figures[FigureKind.MINUTES],
        unmet_share=figures.get(FigureKind.UNMET),
    )


def origins_of(
    now: Measured,
    logged: Mapping[FigureKind, LoggedFigure],
    last: Measured | None,
    last_origins: Mapping[FigureKind, Origin],
    *,
    last_number: int,
    anew: Collection[FigureKind] = (),
    note: str = "",
) -> dict[FigureKind, Origin]:
    """Where each figure of a touchpoint comes from, told by comparing it with the log.

    What equals the log is from the log; what the log lacks and equals the last version is kept,
    from the version that measured it, unless a person says that it was measured ``anew``; the rest
    was entered by hand, with what the log said. A figure of the log that a person took away was
    taken away by hand.
    """
    found = {}
    for kind in FigureKind:
        value = figure_of(now, kind)
        said = logged.get(kind)
        if said is not None:
            by_hand = Origin(OriginKind.HAND, sample=said.sample, logged=said.value, note=note)
            found[kind] = said.origin if value == said.value else by_hand
        elif value is None:
            continue
        elif last is not None and kind not in anew and value == figure_of(last, kind):
            before = last_origins.get(kind)
            since = before.kept_from if before and before.kept_from else last_number
            found[kind] = Origin(OriginKind.KEPT, kept_from=since)
        else:
            found[kind] = Origin(OriginKind.HAND, note=note)
    return found

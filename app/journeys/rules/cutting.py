"""The figures of a baseline that the logged months of a period add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.journeys.rules.coverage import LogSource, days_covered
from app.journeys.rules.log import Logged, total_of
from app.journeys.rules.months import MonthSpan
from app.journeys.rules.origins import (
    FigureKind,
    Origin,
    OriginKind,
    count_error,
    mean_error,
    score_error,
    share_error,
)

DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class LoggedMonth:
    """What one source logged at one touchpoint in one month, whatever the reason."""

    touchpoint_id: int
    source_id: int
    month: date
    logged: Logged


@dataclass(frozen=True, slots=True)
class LoggedFigure:
    """A figure the log gives: its value, how many contacts it stands on, its standard error.

    ``note`` is what else should be known of it.
    """

    value: Decimal
    sample: int
    error: Decimal | None
    note: str = ""

    @property
    def origin(self) -> Origin:
        return Origin(OriginKind.LOG, sample=self.sample, error=self.error, note=self.note)


LoggedFigures = Mapping[int, Mapping[FigureKind, LoggedFigure]]
"""Figures by touchpoint id and kind; cost is in minor units, unmet a share of 1."""


def days_by_touchpoint(
    period: MonthSpan, sources: Sequence[LogSource], months: Iterable[LoggedMonth]
) -> dict[int, int]:
    """Days of a period that the sources with contacts at a touchpoint cover, by its id.

    A source says nothing of a touchpoint it never logs: its days don't count there. Where there are
    contacts, a day is covered at least, whatever a source says of its own.
    """
    logging: dict[int, set[int]] = defaultdict(set)
    for one in months:
        logging[one.touchpoint_id].add(one.source_id)
    return {
        id_: max(1, days_covered(period, [one for one in sources if one.id in ids]))
        for id_, ids in sorted(logging.items())
    }


def cut_figures(
    months: Iterable[LoggedMonth], *, days: Mapping[int, int], one_in: int = 1
) -> dict[int, dict[FigureKind, LoggedFigure]]:
    """The figures of every touchpoint with contacts, a year's from the ``days`` covered there.

    A log that is a sample holds one contact in ``one_in``: contacts are multiplied, means are not.
    Where fewer days are covered than elsewhere, the contacts say so.
    """
    places: dict[int, list[LoggedMonth]] = defaultdict(list)
    for one in months:
        places[one.touchpoint_id].append(one)
    most = max(days.values(), default=0)
    return {
        id_: _place(
            rows,
            Decimal(DAYS_A_YEAR * one_in) / days[id_],
            f"from {days[id_]:,} {'day' if days[id_] == 1 else 'days'}" if days[id_] < most else "",
        )
        for id_, rows in sorted(places.items())
    }


def _place(
    rows: Sequence[LoggedMonth], yearly: Decimal, note: str
) -> dict[FigureKind, LoggedFigure]:
    whole, months = total_of(row.logged for row in rows), _by_month(rows)
    count = whole.contacts
    found = {
        FigureKind.CONTACTS: LoggedFigure(
            round(count * yearly, 0), count, round(count_error(count) * yearly, 2), note
        )
    }
    if (score := whole.satisfaction) is not None:
        error = score_error(whole.score_sum, whole.scored)
        found[FigureKind.SATISFACTION] = LoggedFigure(round(score, 2), whole.scored, error)
    if (share := whole.unmet_share) is not None:
        error = share_error(Decimal(whole.unmet), whole.judged)
        found[FigureKind.UNMET] = LoggedFigure(round(share, 4), whole.judged, error)
    if (cost := whole.cost_per_contact_minor) is not None:
        spread = mean_error([(Decimal(one.cost_minor), one.costed) for one in months])
        found[FigureKind.COST] = LoggedFigure(Decimal(cost), whole.costed, spread)
    if (minutes := whole.minutes_per_contact) is not None:
        spread = mean_error([(one.minutes, one.timed) for one in months])
        found[FigureKind.MINUTES] = LoggedFigure(round(minutes, 2), whole.timed, spread)
    return found


def _by_month(rows: Iterable[LoggedMonth]) -> list[Logged]:
    """What every month adds up to, whichever source logged it."""
    found: dict[date, Logged] = defaultdict(Logged)
    for one in rows:
        found[one.month] += one.logged
    return list(found.values())

"""The figures of a baseline, the contacts of the log and what followed them as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from app.journeys.models import Touchpoint
from app.journeys.queries import Followed, ReasonRow
from app.journeys.rules import (
    FILE_COLUMNS,
    UNMET_COLUMN,
    WATCH,
    Consequence,
    FigureKind,
    Measured,
    MonthSpan,
    Origin,
    ordered_by_loss,
)
from app.values.money import Money
from app.values.spreadsheets import csv_line, inert

_COLUMN_KINDS = (
    FigureKind.CONTACTS, FigureKind.SATISFACTION, FigureKind.TARGET, FigureKind.IMPORTANCE,
    FigureKind.COST, FigureKind.MINUTES, FigureKind.UNMET,
)  # fmt: skip
"""What the columns of a file of figures hold, after stage and channel."""

CONTACT_COLUMNS = (
    "Reason", "Channel", "Expected result", "Contacts", "Judged", "Unmet", "With cost", "Cost",
    "Currency", "With minutes", "Minutes", "Scored", "Sum of scores", "With customer",
    "Repeats", "Escalated", "Customers lost",
)  # fmt: skip


def figures_csv(
    touchpoints: Sequence[Touchpoint],
    figures: Mapping[int, Measured],
    origins: Mapping[int, Mapping[FigureKind, Origin]],
    currency: str,
) -> str:
    """One line per touchpoint with the columns that ``read_figures`` reads, unmeasured ones empty.

    The last column tells which figures were kept, from which version and of which day. Stages and
    channels are written by their fixed words, so no text of a person's can turn into a formula in
    a spreadsheet.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*FILE_COLUMNS, UNMET_COLUMN, "kept"])
    for one in touchpoints:
        measured = figures.get(one.id)
        row = _figures(measured, currency) if measured else [""] * (len(FILE_COLUMNS) - 1)
        kept = _kept(origins.get(one.id, {}))
        writer.writerow([one.stage.kind.value, one.channel.value, *row, kept])
    return out.getvalue()


def _kept(origins: Mapping[FigureKind, Origin]) -> str:
    columns = dict(zip(_COLUMN_KINDS, (*FILE_COLUMNS[2:], UNMET_COLUMN), strict=True))
    return "; ".join(
        f"{column} from version {one.kept_from} of {one.measured_on}"
        for kind, column in columns.items()
        if (one := origins.get(kind)) and one.kept_from
    )


def _figures(measured: Measured, currency: str) -> list[str]:
    return [
        _number(measured.contacts_per_year),
        _number(measured.satisfaction),
        _number(measured.satisfaction_target),
        _number(measured.importance),
        str(Money(measured.cost_per_contact_minor, currency).amount),
        _number(measured.minutes_per_contact),
        "" if measured.unmet_share is None else _number(measured.unmet_share),
    ]


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def contacts_csv(rows: Sequence[ReasonRow], currency: str) -> str:
    """One line per reason, channel and expected result, every figure as it was counted."""
    return "".join(
        csv_line(cells)
        for cells in (CONTACT_COLUMNS, *(_contact_cells(row, currency) for row in rows))
    )


def _contact_cells(row: ReasonRow, currency: str) -> list[str]:
    one = row.logged
    return [
        inert(row.reason), row.channel.word, inert(row.expected), str(one.contacts),
        str(one.judged), str(one.unmet), str(one.costed),
        str(Money(one.cost_minor, currency).amount), currency, str(one.timed),
        _number(one.minutes), str(one.scored), _number(one.score_sum), str(one.keyed),
        str(one.repeats), str(one.escalated), str(one.lost),
    ]  # fmt: skip


def moment_figures(key: str, span: MonthSpan, followed: Followed) -> dict[str, Any]:
    """What followed the moments of a journey, as JSON takes it: counts, and lifts of both sides.

    A lift is null where either side has too few contacts or the met one never had it.
    """
    return {
        "journey": key,
        "first_month": span.first.isoformat(),
        "last_month": span.last.isoformat(),
        "watch_days": WATCH.days,
        "contacts": followed.contacts,
        "contacts_with_customer": followed.keyed,
        "systems": [
            {
                "name": one.name,
                "is_followed_alone": one.is_warehouse,
                "customers": one.customers,
                "customers_in_other_systems": one.elsewhere,
            }
            for one in followed.systems
        ],
        "reasons": [
            {
                "reason": reason,
                "moments": asdict(one.unmet),
                "met": asdict(one.met),
                "is_telling": one.is_telling,
                "lift": {what.value: _lift(one.lift(what)) for what in Consequence},
            }
            for reason, one in ordered_by_loss(followed.by_reason)
        ],
    }


def _lift(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 4)

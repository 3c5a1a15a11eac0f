"""The figures of a baseline and the contacts of the log as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.journeys.models import Touchpoint
from app.journeys.queries import ReasonRow
from app.journeys.rules import FILE_COLUMNS, UNMET_COLUMN, Measured
from app.values.money import Money
from app.web.spreadsheets import csv_line, inert

CONTACT_COLUMNS = (
    "Reason", "Channel", "Expected result", "Contacts", "Judged", "Unmet", "With cost", "Cost",
    "Currency", "With minutes", "Minutes", "Scored", "Sum of scores", "Came back", "Escalated",
    "Customers lost",
)  # fmt: skip


def figures_csv(
    touchpoints: Sequence[Touchpoint], figures: Mapping[int, Measured], currency: str
) -> str:
    """One line per touchpoint with the columns that ``read_figures`` reads, unmeasured ones empty.

    Stages and channels are written by their fixed words, so no text of a person's can turn into a
    formula in a spreadsheet.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*FILE_COLUMNS, UNMET_COLUMN])
    for one in touchpoints:
        measured = figures.get(one.id)
        row = _figures(measured, currency) if measured else [""] * (len(FILE_COLUMNS) - 1)
        writer.writerow([one.stage.kind.value, one.channel.value, *row])
    return out.getvalue()


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
        _number(one.minutes), str(one.scored), _number(one.score_sum), str(one.repeats),
        str(one.escalated), str(one.lost),
    ]  # fmt: skip

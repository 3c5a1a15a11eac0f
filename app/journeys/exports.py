"""The figures of a baseline as a file that can be edited and read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.journeys.models import Touchpoint
from app.journeys.rules import FILE_COLUMNS, UNMET_COLUMN, Measured
from app.values.money import Money


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

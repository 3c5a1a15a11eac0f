"""Choose what to cut a baseline from, and look over its figures before they are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import Field, HiddenField, SelectField, StringField

from app.journeys.forms.baselines import BaselineForm, baseline_form
from app.journeys.rules import FigureKind, MonthSpan, figure_cell
from app.values.money import Money
from app.web.fields import CountField
from app.web.forms import Form


class PeriodForm(Form):
    """The first and the last month to count; it is sent by address and changes nothing."""

    class Meta:
        csrf = False

    first = SelectField("First month")
    last = SelectField("Last month")
    one_in = CountField("The log holds one contact in", description="1: every contact is logged.")


def period_form(months: Sequence[tuple[str, str]], **kwargs: Any) -> PeriodForm:
    """Build the form for months given as (first day, words)."""
    form = PeriodForm(**kwargs)
    form.first.choices = form.last.choices = list(months)
    return form


def asked_period(typed: Mapping[str, str]) -> tuple[MonthSpan | None, dict[str, str]]:
    """The months an address names by a day of theirs or as 2026-01, and what cannot be read.

    None without faults: it names none.
    """
    said = {name: (typed.get(name) or "").strip() for name in ("first", "last")}
    if not any(said.values()):
        return None, {}
    months: dict[str, date] = {}
    faults = {}
    for name, text in said.items():
        try:
            months[name] = date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
        except ValueError:
            faults[name] = (
                f"“{text[:20]}” is no month that can be read; write it as 2026-01."
                if text
                else f"The {name} month is missing; choose it, too."
            )
            continue
        if not 1900 <= months[name].year < 3000:
            faults[name] = f"“{text[:20]}” lies outside the years 1900 to 2999."
    return (None, faults) if faults else (MonthSpan.through(*months.values()), {})


class CutForm(BaselineForm):
    """The figures of the log to correct; ``log`` is the digest of what it said when shown."""

    log = HiddenField()

    def take_log(self, digest: str) -> None:
        """Count the log as seen that now stands beside the figures."""
        self.log.data, self.log.raw_data = digest, None

    def reason(self, touchpoint_id: int) -> Field | None:
        field: Field = self[figure_cell(touchpoint_id, "note")]
        return field

    def notes(self) -> dict[int, str]:
        return {id_: (self[figure_cell(id_, "note")].data or "") for id_ in self.touchpoint_ids}


def cut_form(touchpoints: Sequence[tuple[int, str, str]], currency: str, **kwargs: Any) -> CutForm:
    """Build the grid for touchpoints given as (id, place, name), with a note a touchpoint."""
    notes = {
        figure_cell(id_, "note"): StringField(f"{place}, note on what you corrected")
        for id_, place, _ in touchpoints
    }
    form = baseline_form(touchpoints, currency, base=CutForm, more=notes, **kwargs)
    assert isinstance(form, CutForm)
    return form


def cut_filled(
    figures: Mapping[int, Mapping[FigureKind, Decimal]], currency: str
) -> dict[str, object]:
    """Figures by touchpoint id and kind, cost in minor units, as the values of the grid."""
    values: dict[str, object] = {}
    for id_, found in figures.items():
        for kind, value in found.items():
            is_cost = kind is FigureKind.COST
            shown = Money(int(value), currency) if is_cost else value
            values[figure_cell(id_, kind.value)] = shown
    return values

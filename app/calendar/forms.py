"""Forms of the calendar: cycles, funds, budget and capacity grids, teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from app.calendar.rules import CycleDraft, budget_cell, capacity_cell, typed_cycle_faults
from app.values.money import CURRENCY_DIGITS, Money
from app.values.quarter import Quarter
from app.web.fields import (
    CountField,
    DayField,
    MeasureField,
    MoneyField,
    PercentField,
    QuarterField,
    SeenField,
)
from app.web.filters import quarter as written_quarter
from app.web.forms import Form, OnceForm

CURRENCIES = [(code, code) for code in sorted(CURRENCY_DIGITS)]


def needed(message: str) -> list[InputRequired]:
    return [InputRequired(message)]


class VersionedForm(Form):
    """A form that remembers which version of the thing it was filled from."""

    version = SeenField()

    @property
    def seen_version(self) -> int:
        """The version the person looked at."""
        return self.version.seen


class ConfirmedForm(VersionedForm):
    """A form whose unusual figures are asked about once before they are taken."""

    is_confirmed = BooleanField("The unusual figures are right")

    @property
    def is_questioned(self) -> bool:
        """Whether the person has to be asked, or has answered already."""
        asked = any("confirm it" in message for _, _, message in self.error_list())
        return asked or bool(self.is_confirmed.data)


class CycleForm(OnceForm, VersionedForm):
    """A cycle's own figures."""

    name = StringField("Name", needed("Give the cycle a name, such as FY27 H1."))
    starts_on = DayField("Starts on", needed("Say when the cycle starts."))
    ends_on = DayField("Ends on", needed("Say when the cycle ends."))
    currency = SelectField("Currency", choices=CURRENCIES, default="EUR")
    first_quarter = QuarterField(
        "First quarter",
        needed("Say which quarter is planned first."),
        description="Written as year and number, such as 2027-Q1.",
    )
    quarter_count = CountField(
        "Quarters planned",
        needed("Say how many quarters are planned."),
        description="Values and costs count within this horizon and not beyond it.",
        default=12,
    )
    discount_rate = PercentField(
        "Discount rate a year",
        needed("Enter the discount rate."),
        description="What next year’s money is worth less today.",
    )
    hurdle_rate = PercentField(
        "Hurdle rate",
        needed("Enter the hurdle rate."),
        description="The return on its cost that a plan is compared with when it is proposed.",
    )
    release_confidence = PercentField(
        "Release confidence θ",
        needed("Enter the release confidence."),
        description="Kept with every proposal; hurdles are judged by their criteria alone.",
        default=Decimal("0.6"),
    )

    def rule_faults(self) -> dict[str, str]:
        return typed_cycle_faults(
            {field.name: self[field.name].data for field in fields(CycleDraft)}
        )

    def draft(self) -> CycleDraft:
        return CycleDraft(**{field.name: self[field.name].data for field in fields(CycleDraft)})


class FundForm(OnceForm):
    """A fund that joins a cycle."""

    key = StringField(
        "Key",
        needed("Enter the fund’s key."),
        description="Lower case, such as capex. The key of a known fund brings that fund in.",
    )
    name = StringField("Name", description="Only for a fund that is new.")
    carry_over = PercentField(
        "Carry-over",
        description="The share of a quarter’s budget that may move on unspent.",
        default=Decimal(0),
    )


class TeamForm(OnceForm):
    """A new team; its currency is that of the cycle it is added from."""

    key = StringField(
        "Key", needed("Enter the team’s key."), id="team-key", description="Such as digital."
    )
    name = StringField("Name", needed("Give the team a name."), id="team-name")
    day_rate = MoneyField(
        "Day rate", needed("Enter the cost of one person for one day."), id="team-rate"
    )


class TeamEditForm(Form):
    """A team's name and rate, and what stood there when the page was opened."""

    name = StringField("Name", needed("Give the team a name."))
    day_rate = MoneyField("Day rate", needed("Enter the cost of one person for one day."))
    seen_name = HiddenField()
    seen_minor = HiddenField()

    def seen(self) -> tuple[str, Money]:
        text = self.seen_minor.data or ""
        minor = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1
        return self.seen_name.data or "", Money(minor, str(self.currency))


class GridForm(ConfirmedForm):
    """A grid of fields, named in ``cells`` by row key and quarter; rows are (key, name, note)."""

    cells: Mapping[tuple[str, Quarter], str]
    rows: Sequence[tuple[str, str, str]]
    quarters: Sequence[Quarter]

    @property
    def grid(self) -> dict[str, Any]:
        """Columns and rows of inputs for the page."""
        return {
            "columns": [written_quarter(one) for one in self.quarters],
            "rows": [
                {"label": name, "note": note, "cells": self._row(key)}
                for key, name, note in self.rows
            ],
        }

    def _row(self, key: str) -> list[Field]:
        return [self[self.cells[key, one]] for one in self.quarters]


class BudgetForm(GridForm):
    """Budgets by fund and quarter; before them each fund's carry-over and an amount for all its
    quarters."""

    fills_all = BooleanField("Put the amount for every quarter over what stands there, too")

    @property
    def grid(self) -> dict[str, Any]:
        grid = super().grid
        return grid | {"columns": ["Carry-over %", "Every quarter", *grid["columns"]]}

    def _row(self, key: str) -> list[Field]:
        return [self[f"carry-{key}"], self[f"fill-{key}"], *super()._row(key)]

    def budgets(self) -> dict[tuple[str, Quarter], Money]:
        """What was entered; an empty cell has the amount for every quarter, else no budget."""
        nothing = Money.zero(str(self.currency))
        found = {}
        for (key, quarter), name in self.cells.items():
            typed, fill = self[name].data, self[f"fill-{key}"].data
            fills = fill is not None and (self.fills_all.data or not typed)
            found[key, quarter] = (fill if fills else typed) or nothing
        return found

    def carry_over(self) -> dict[str, Decimal]:
        return {key: self[f"carry-{key}"].data or Decimal(0) for key, _, _ in self.rows}


class CapacityForm(GridForm):
    """Person-days by team and quarter."""

    def capacities(self) -> dict[tuple[str, Quarter], Decimal | None]:
        return {cell: self[name].data for cell, name in self.cells.items()}


def budget_form(
    funds: Sequence[tuple[str, str]], quarters: Sequence[Quarter], **kwargs: Any
) -> BudgetForm:
    """Build the budget grid for funds, given as (key, name), and quarters."""
    rows = [(key, name, "") for key, name in funds]
    cells = {(key, one): budget_cell(key, one) for key, _ in funds for one in quarters}
    made: dict[str, Any] = {"rows": rows, "cells": cells, "quarters": quarters}
    for key, name in funds:
        made[f"carry-{key}"] = PercentField(f"{name}, carry-over")
        made[f"fill-{key}"] = MoneyField(f"{name}, every quarter")
        for one in quarters:
            made[cells[key, one]] = MoneyField(f"{name}, {written_quarter(one)}")
    form: BudgetForm = type("BudgetGrid", (BudgetForm,), made)(**kwargs)
    return form


def capacity_form(
    teams: Sequence[tuple[str, str, str]], quarters: Sequence[Quarter], **kwargs: Any
) -> CapacityForm:
    """Build the capacity grid for teams, given as (key, name, note), and quarters."""
    cells = {(key, one): capacity_cell(key, one) for key, _, _ in teams for one in quarters}
    made: dict[str, Any] = {"rows": teams, "cells": cells, "quarters": quarters}
    for key, name, _ in teams:
        for one in quarters:
            made[cells[key, one]] = MeasureField(f"{name}, {written_quarter(one)}")
    form: CapacityForm = type("CapacityGrid", (CapacityForm,), made)(**kwargs)
    return form

"""A new version of a journey's baseline, typed or read from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import Field, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from app.calendar.forms import ConfirmedForm, needed
from app.journeys.rules import BaselineDraft, FigureKind, Measured, figure_cell
from app.values.money import Money
from app.web.fields import DayField, MeasureField, MoneyField, PercentField
from app.web.forms import Form, OnceForm

COLUMNS = (
    ("contacts", "Contacts a year"),
    ("satisfaction", "Satisfaction"),
    ("target", "Target"),
    ("importance", "Importance"),
    ("cost", "Cost per contact"),
    ("minutes", "Minutes per contact"),
    ("unmet", "Unmet, %"),
)
"""The figures of a touchpoint: field name and label. Scores run from 0 to 10."""

KINDS = tuple(FigureKind(name) for name, _ in COLUMNS)

Said = Mapping[int, Mapping[FigureKind, str]]
"""What stands under each input, by touchpoint id and kind."""

OPTIONAL = frozenset({"unmet"})
"""What may stay empty in a row that has the other figures."""

_FIELDS = {"cost": MoneyField, "unmet": PercentField}


class UploadForm(Form):
    """A file with the figures of a baseline."""

    file = FileField("CSV file", [FileRequired("Choose the file with the figures.")])


class BaselineForm(OnceForm, ConfirmedForm):
    """A measurement; ``version`` is the number of the last version seen."""

    touchpoints: Sequence[tuple[int, str, str]] = ()

    measured_on = DayField(
        "Measured on",
        needed("Say when this was measured."),
        description="The day of what was measured anew. What you leave as it is keeps its own.",
    )
    source = StringField(
        "Source",
        needed("Say where the figures come from."),
        description="Such as: contact statistics and customer survey, October.",
    )
    note = TextAreaField("Note")

    def row(self, touchpoint_id: int) -> list[Field]:
        return [self[figure_cell(touchpoint_id, name)] for name, _ in COLUMNS]

    @property
    def touchpoint_ids(self) -> list[int]:
        return [id_ for id_, _, _ in self.touchpoints]

    def grid(self, said: Said) -> dict[str, Any]:
        """A row of inputs a touchpoint with what is ``said`` under each.

        Where anything was kept a row has check boxes of what was measured anew all the same.
        """
        return {
            "columns": [label for _, label in COLUMNS],
            "rows": [
                {
                    "label": place,
                    "note": name,
                    "cells": [
                        {"field": field, "said": said.get(id_, {}).get(kind, "")}
                        for kind, field in zip(KINDS, self.row(id_), strict=True)
                    ],
                    "anew": self[figure_cell(id_, "anew")],
                    "reason": self.reason(id_),
                }
                for id_, place, name in self.touchpoints
            ],
        }

    def reason(self, touchpoint_id: int) -> Field | None:
        """Why a touchpoint's figures were corrected; a baseline by hand asks for none."""
        return None

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that a touchpoint has all its figures or none."""
        valid = bool(super().validate(extra_validators))
        for touchpoint_id in self.touchpoint_ids:
            row = self.row(touchpoint_id)
            if all(field.data is None and not field.errors for field in row):
                continue
            for (name, _), field in zip(COLUMNS, row, strict=True):
                if field.data is None and not field.errors and name not in OPTIONAL:
                    field.errors = ["Enter this too, or leave the whole row empty."]
                    valid = False
        return valid

    def draft(self) -> BaselineDraft:
        return BaselineDraft(
            measured_on=self.data["measured_on"],
            source=self.source.data or "",
            note=self.note.data or "",
            figures={
                id_: self._measured(id_)
                for id_ in self.touchpoint_ids
                if self.row(id_)[0].data is not None
            },
            anew={
                id_: frozenset(FigureKind(word) for word in ticked)
                for id_ in self.touchpoint_ids
                if (ticked := self[figure_cell(id_, "anew")].data)
            },
        )

    def _measured(self, touchpoint_id: int) -> Measured:
        contacts, satisfaction, target, importance, cost, minutes, unmet = (
            field.data for field in self.row(touchpoint_id)
        )
        return Measured(
            contacts_per_year=contacts,
            satisfaction=satisfaction,
            satisfaction_target=target,
            importance=importance,
            cost_per_contact_minor=cost.minor,
            minutes_per_contact=minutes,
            unmet_share=unmet,
        )


def baseline_form(
    touchpoints: Sequence[tuple[int, str, str]],
    currency: str,
    *,
    base: type[BaselineForm] = BaselineForm,
    more: Mapping[str, Field] | None = None,
    **kwargs: Any,
) -> BaselineForm:
    """Build the grid for touchpoints given as (id, place, name); ``more`` are further fields."""
    made: dict[str, Any] = {"touchpoints": touchpoints, **(more or {})}
    for id_, place, _ in touchpoints:
        for column, label in COLUMNS:
            kind = _FIELDS.get(column, MeasureField)
            made[figure_cell(id_, column)] = kind(f"{place}, {label.lower()}")
        made[figure_cell(id_, "anew")] = SelectMultipleField(
            f"{place}: measured again, and as before",
            choices=[(kind.value, kind.word) for kind in KINDS],
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        )
    form: BaselineForm = type("Figures", (base,), made)(currency=currency, **kwargs)
    return form


def filled(figures: Mapping[int, Measured], currency: str) -> dict[str, object]:
    """Figures by touchpoint id as the values of the grid's fields."""
    values: dict[str, object] = {}
    for id_, one in figures.items():
        row = (
            one.contacts_per_year,
            one.satisfaction,
            one.satisfaction_target,
            one.importance,
            Money(one.cost_per_contact_minor, currency),
            one.minutes_per_contact,
            one.unmet_share,
        )
        for (column, _), value in zip(COLUMNS, row, strict=True):
            values[figure_cell(id_, column)] = value
    return values

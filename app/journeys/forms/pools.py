"""What is claimed about a lever's pool, and Finance's answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field, SelectField, StringField

from app.calendar.forms import VersionedForm, needed
from app.journeys.rules import LEVER_INPUTS, InputKind, Lever, PoolDraft, PoolFigure, input_unit
from app.web.fields import DayField, MeasureField, PercentField
from app.web.forms import Form


class PoolForm(VersionedForm):
    """The inputs of one lever with their spreads and sources."""

    lever: Lever

    source = StringField(
        "Source",
        needed("Say where the figures come from."),
        description="What Finance can look up: a report, a cost centre, a study.",
    )
    measured_on = DayField("Figures from", needed("Say which day the figures are from."))
    owner_id = SelectField("Owner", coerce=int)

    def row(self, symbol: str) -> list[Field]:
        return [
            self[f"{symbol}-low"],
            self[symbol],
            self[f"{symbol}-high"],
            self[f"{symbol}-source"],
        ]

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """Every input with its words and its fields: low, likely, high and source."""
        return [
            {
                "label": f"{spec.label} ({spec.sign})",
                "unit": input_unit(spec, str(self.currency)),
                "fields": self.row(spec.symbol),
            }
            for spec in LEVER_INPUTS[self.lever]
        ]

    def draft(self) -> PoolDraft:
        figures = []
        for spec in LEVER_INPUTS[self.lever]:
            low, value, high, source = (field.data for field in self.row(spec.symbol))
            figures.append(PoolFigure(spec.symbol, value, low, high, source or ""))
        return PoolDraft(
            lever=self.lever,
            figures=tuple(figures),
            source=self.source.data or "",
            measured_on=self.data["measured_on"],
            owner_id=self.owner_id.data,
        )


class CertifyForm(VersionedForm):
    """Finance takes the version it has looked at."""


class WithdrawForm(Form):
    """Finance takes a certification back."""

    reason = StringField("Reason", needed("Say why the figures no longer hold."))


def pool_form(lever: Lever, **kwargs: Any) -> PoolForm:
    """Build the form of a lever's inputs; money inputs are in the journey's currency."""
    made: dict[str, Any] = {"lever": lever}
    for spec in LEVER_INPUTS[lever]:
        kind = PercentField if spec.kind is InputKind.SHARE else MeasureField
        made[f"{spec.symbol}-low"] = kind(f"{spec.label}, P10")
        made[spec.symbol] = kind(spec.label, needed(f"Enter a figure for “{spec.label}”."))
        made[f"{spec.symbol}-high"] = kind(f"{spec.label}, P90")
        made[f"{spec.symbol}-source"] = StringField(f"{spec.label}, source")
    form: PoolForm = type("Pool", (PoolForm,), made)(**kwargs)
    return form


def filled(draft_like: Mapping[str, PoolFigure]) -> dict[str, object]:
    """Stored figures by symbol as the values of the form's fields."""
    values: dict[str, object] = {}
    for symbol, figure in draft_like.items():
        values[symbol] = figure.value
        values[f"{symbol}-low"], values[f"{symbol}-high"] = figure.low, figure.high
        values[f"{symbol}-source"] = figure.source
    return values

"""What is claimed about a lever's pool, and Finance's answer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import Field, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from app.calendar.forms import VersionedForm, needed
from app.journeys.rules import (
    BINDABLE,
    LEVER_INPUTS,
    Binding,
    BoundFigure,
    InputKind,
    Lever,
    PoolDraft,
    PoolFigure,
    input_unit,
)
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
    cost_centre_id = SelectField(
        "Cost centre",
        coerce=int,
        default=0,
        description="Whose cost goes when these contacts do; claims on it never exceed its"
        " variable cost.",
    )

    bound: Sequence[str] = ()

    @property
    def names_cost_centre(self) -> bool:
        return self.lever is Lever.SERVE

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
                "bound": self._bound(spec.symbol),
            }
            for spec in LEVER_INPUTS[self.lever]
        ]

    def _bound(self, symbol: str) -> dict[str, Any] | None:
        """The touchpoints an input may be taken from, and the word for what of them."""
        if symbol not in self.bound or not self[f"{symbol}-bound"].choices:
            return None
        field = self[f"{symbol}-bound"]
        is_open = bool(field.data or field.errors)
        return {"field": field, "word": _figure(self.lever, symbol).word, "is_open": is_open}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that every input is typed or bound."""
        valid = bool(super().validate(extra_validators))
        for spec in LEVER_INPUTS[self.lever]:
            field = self[spec.symbol]
            if field.data is None and not field.errors and not self._binding(spec.symbol):
                field.errors = [f"Enter a figure for “{spec.label}”."]
                valid = False
        return valid

    def _binding(self, symbol: str) -> Binding | None:
        chosen = self[f"{symbol}-bound"].data if symbol in self.bound else None
        return Binding(_figure(self.lever, symbol), tuple(sorted(chosen))) if chosen else None

    def draft(self) -> PoolDraft:
        figures = []
        for spec in LEVER_INPUTS[self.lever]:
            low, value, high, source = (field.data for field in self.row(spec.symbol))
            binding = self._binding(spec.symbol)
            figures.append(
                PoolFigure(spec.symbol, value or Decimal(0), low, high, source or "", binding)
            )
        return PoolDraft(
            lever=self.lever,
            figures=tuple(figures),
            source=self.source.data or "",
            measured_on=self.data["measured_on"],
            owner_id=self.owner_id.data,
            cost_centre_id=self.cost_centre_id.data or None,
        )


class CertifyForm(VersionedForm):
    """Finance takes the version it has looked at."""


class WithdrawForm(Form):
    """Finance takes a certification back."""

    reason = StringField("Reason", needed("Say why the figures no longer hold."))


def pool_form(
    lever: Lever,
    places: Mapping[BoundFigure, Sequence[tuple[int, str]]] | None = None,
    **kwargs: Any,
) -> PoolForm:
    """Build the form of a lever's inputs; money inputs are in the journey's currency.

    ``places`` are the touchpoints, as (id, words), that each figure may be taken from.
    """
    made: dict[str, Any] = {"lever": lever, "bound": tuple(BINDABLE.get(lever, {}))}
    for spec in LEVER_INPUTS[lever]:
        kind = PercentField if spec.kind is InputKind.SHARE else MeasureField
        made[f"{spec.symbol}-low"] = kind(f"{spec.label}, P10")
        made[spec.symbol] = kind(spec.label)
        made[f"{spec.symbol}-high"] = kind(f"{spec.label}, P90")
        made[f"{spec.symbol}-source"] = StringField(f"{spec.label}, source")
        if spec.symbol in made["bound"]:
            made[f"{spec.symbol}-bound"] = _PlacesField(
                f"{spec.label}, from these touchpoints",
                coerce=int,
                choices=list((places or {}).get(_figure(lever, spec.symbol), ())),
            )
    form: PoolForm = type("Pool", (PoolForm,), made)(**kwargs)
    return form


class _PlacesField(SelectMultipleField):
    """Touchpoints to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _figure(lever: Lever, symbol: str) -> BoundFigure:
    return BINDABLE[lever][symbol]


def filled(draft_like: Mapping[str, PoolFigure]) -> dict[str, object]:
    """Stored figures by symbol as the values of the form's fields."""
    values: dict[str, object] = {}
    for symbol, figure in draft_like.items():
        values[symbol] = figure.value
        values[f"{symbol}-low"], values[f"{symbol}-high"] = figure.low, figure.high
        values[f"{symbol}-source"] = figure.source
        if figure.binding is not None:
            values[f"{symbol}-bound"] = list(figure.binding.touchpoints)
    return values

"""The form that starts a proposal from a hot spot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from app.initiatives.forms.base import CustomerNeedField
from app.initiatives.forms.proposing import InitiativeForm
from app.initiatives.rules import BehaviourDraft
from app.web.fields import Choices, DayField, MeasureField

_MISSING = {
    "measure": "Say how it is measured.",
    "baseline": "Enter what is measured today.",
    "target": "Enter what it is to become, or leave the behaviour out for now.",
    "source": "Say where the baseline comes from.",
    "measured_on": "Say when the baseline was measured.",
}


class SpotForm(InitiativeForm):
    """What an initiative is, what it changes, and the behaviour it starts from.

    Without a description there is no behaviour yet, and nothing else of it is asked for.
    """

    touchpoints = SelectMultipleField(
        "Touchpoints it changes",
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    description = StringField(
        "Who does what differently",
        description="The behaviour to change. Empty it to say it later.",
    )
    measure = StringField("Measure")
    unit_of_measure = StringField("Unit", description="Such as %, calls, days.")
    baseline = MeasureField("Baseline", description="What is measured today.")
    target = MeasureField("Target", description="What it is to become.")
    source = StringField("Source of the baseline")
    measured_on = DayField("Measured on")
    need_id = CustomerNeedField()

    def offer_places(self, places: Sequence[tuple[int, str]], needs: Choices) -> None:
        """Fill the lists that depend on the journey: its touchpoints and its needs."""
        self.touchpoints.choices = list(places)
        self.need_id.offer(needs)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if not (self.description.data or "").strip():
            return is_valid
        for name, message in _MISSING.items():
            field = self[name]
            if not field.errors and field.data in (None, ""):
                field.errors = [message]
                is_valid = False
        return is_valid

    def behaviour(self) -> BehaviourDraft | None:
        if not (self.description.data or "").strip():
            return None
        names = ("description", "measure", "baseline", "target", "source", "measured_on")
        return BehaviourDraft(
            **{name: self[name].data for name in names},
            unit=self.unit_of_measure.data or "",
            need_id=self.need_id.data,
            effects=(),
        )

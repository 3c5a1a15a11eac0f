"""The form of one cell of the registry: one field of what an initiative is."""

from __future__ import annotations

from typing import Any

from wtforms import Field

from app.initiatives.forms.base import VersionedForm
from app.initiatives.forms.proposing import InitiativeForm
from app.initiatives.rules import Lens
from app.web.fields import Choices

EMPTY = {"journey_id": "No journey", "cycle_id": "No cycle yet", "sponsor_id": "No sponsor yet"}
"""The words of choosing none, where that is possible."""


class CellForm(VersionedForm):
    """One field of an initiative, named as in its draft."""

    field_name = ""

    @property
    def field(self) -> Field:
        return self[self.field_name]

    @property
    def value(self) -> Any:
        """What was typed, as the draft has it."""
        return Lens(self.field.data) if self.field_name == "lens" else self.field.data


def cell_form(field_name: str, choices: Choices | None = None, **kwargs: Any) -> CellForm:
    """Build the form with the field as the whole form of an initiative has it."""
    made = {field_name: getattr(InitiativeForm, field_name), "field_name": field_name}
    form: CellForm = type("Cell", (CellForm,), made)(**kwargs)
    if choices is not None:
        form.field.offer(choices, EMPTY.get(field_name, "Choose …"))
    return form

"""Name, note and limits of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from app.values.money import Money
from app.web.fields import MoneyField, SeenField
from app.web.forms import Form, OnceForm


def stripped(text: str | None) -> str:
    return (text or "").strip()


class VersionForm(Form):
    """A change of a scenario somebody has read in a certain version."""

    version = SeenField()

    @property
    def expected_version(self) -> int:
        """The version the form was rendered with."""
        return self.version.seen

    def is_based_on(self, version: int) -> None:
        """Count the form as filled from that version."""
        self.version.is_based_on(version)


class ScenarioForm(OnceForm, VersionForm):
    """A scenario's name and note."""

    name = StringField(
        "Name", filters=[stripped], validators=[DataRequired("Give the scenario a name.")]
    )
    note = TextAreaField("Note", filters=[stripped])


class NewScenarioForm(ScenarioForm):
    """A scenario to be made in a cycle."""

    cycle = SelectField("Cycle", coerce=int, validate_choice=True)


def limits_form(
    cells: Mapping[str, str], *, currency: str, version: int, budgets: Mapping[str, Money]
) -> VersionForm:
    """A form with a money field per cell; ``cells`` maps field names to labels."""
    fields = {name: MoneyField(label) for name, label in cells.items()}
    kind = type("LimitsForm", (VersionForm,), fields)
    return kind(currency=currency, data={"version": version, **budgets})

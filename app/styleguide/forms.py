"""Forms that show every kind of field; nothing that is typed into them is kept."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from app.errors import InvalidError
from app.values.money import Money
from app.web.fields import DayField, MeasureField, MoneyField, PercentField
from app.web.forms import Form, OnceForm
from app.web.rows import RowForm


class MilestoneForm(RowForm):
    currency = "EUR"
    title = StringField("Milestone")
    due = DayField("Due")
    threshold = MeasureField("Threshold")
    spend = MoneyField("Holds", currency="EUR")


class SampleForm(OnceForm):
    title = StringField("Title", validators=[InputRequired("Enter a title.")])
    journey = SelectField("Journey", choices=[("motor", "Motor insurance"), ("home", "Home")])
    cost = MoneyField("Cost", description="Everything until the last milestone.")
    share = PercentField("Removal fraction")
    need = TextAreaField("Latent need")
    due = DayField("Go-live")
    log = FileField("Log")
    must = BooleanField("Must meet", description="A missed criterion stops the money.")
    grade = RadioField("Evidence", choices=[("a", "Measured in a pilot"), ("b", "Benchmark")])
    milestones = FieldList(FormField(MilestoneForm), min_entries=4)
    quarters = FieldList(MoneyField("Spend", currency="EUR"), min_entries=8)


class NeedForm(RowForm):
    desire = StringField("Overt desire")
    latent = StringField("Latent need")


class StatesForm(Form):
    """Fields as they are by themselves, switched off and only to be read."""

    natural = StringField("As it is")
    switched_off = StringField("Disabled")
    only_read = StringField("Read only")
    budget = MoneyField("Budget")
    needs = FieldList(FormField(NeedForm), min_entries=2)


def sample_form(*, broken: bool, prefix: str = "") -> SampleForm:
    """A form half filled in; ``broken`` has been refused, and only without a prefix."""
    form = SampleForm(
        formdata=None, prefix=prefix, currency="EUR", title="Claim status tracker", grade="a"
    )
    form.cost.data = Money(460_000_00, "EUR")
    form.milestones.entries[0].form.title.data = "Pilot evidence"
    for i in range(4):
        form.quarters.entries[i].data = Money((i + 1) * 40_000_00, "EUR")
    if broken:
        form.refuse(
            InvalidError(
                "Two fields need another look.",
                fields={
                    "title": "Enter a title.",
                    "cost": "€999,999,999 is more than the fund holds.",
                },
            )
        )
    return form


def states_form() -> StatesForm:
    """Fields with something in them, so that each state is seen with words."""
    form = StatesForm(
        formdata=None,
        prefix="states",
        currency="EUR",
        natural="Motor insurance",
        switched_off="Motor insurance",
        only_read="Motor insurance",
    )
    form.budget.data = Money(4_200_000_00, "EUR")
    return form

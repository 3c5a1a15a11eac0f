"""What Finance says about a control total."""

from __future__ import annotations

from wtforms import SelectField, StringField

from app.calendar.forms import CURRENCIES, VersionedForm, needed
from app.journeys.rules import ControlDraft, ControlKind
from app.values.money import CURRENCY_DIGITS
from app.web.fields import DayField, MoneyField
from app.web.forms import OnceForm


class _AmountField(MoneyField):
    """Money in the currency that is chosen beside it."""

    @property
    def currency(self) -> str:
        form = getattr(self, "_form", None)
        chosen = form["currency_code"].data if form is not None else None
        return chosen if chosen in CURRENCY_DIGITS else "EUR"


class ControlForm(OnceForm, VersionedForm):
    """A control total; kind and currency are chosen once."""

    kind = SelectField("Limits", choices=[(kind.value, kind.word) for kind in ControlKind])
    name = StringField(
        "Name",
        needed("Give it the name people know it by, such as Contact centre 4410."),
        description="A cost centre by the name pools will show, or what the ceiling covers.",
    )
    currency_code = SelectField("Currency", choices=CURRENCIES, default="EUR")
    amount = _AmountField(
        "Amount a year",
        needed("Enter the amount a year."),
        description="A cost centre’s variable cost, or the most growth Finance believes in.",
    )
    owner_id = SelectField("Owner", coerce=int)
    source = StringField("Source", needed("Say where the amount comes from."))
    measured_on = DayField("Figures from", needed("Say which day the amount is from."))

    def fix(self) -> None:
        """Let kind and currency stay as they are."""
        for field in (self.kind, self.currency_code):
            field.choices = [choice for choice in field.choices if choice[0] == field.object_data]

    def draft(self) -> ControlDraft:
        return ControlDraft(
            kind=ControlKind(self.kind.data),
            name=self.name.data or "",
            amount=self.data["amount"],
            owner_id=self.owner_id.data,
            source=self.source.data or "",
            measured_on=self.data["measured_on"],
        )

"""The filter of the audit page."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from app.web.fields import DayField
from app.web.forms import Form


class AuditFilterForm(Form):
    """What to look for; it is read from the address and changes nothing."""

    class Meta:
        csrf = False

    text = StringField("Words")
    person = StringField("Person")
    action = SelectField("Action", validate_choice=False)
    subject = StringField("Subject")
    request = StringField("Request")
    first_day = DayField("From")
    last_day = DayField("To")

    def validate_last_day(self, field: DayField) -> None:
        """A span ends where it begins or later; the other way round nothing could be in it."""
        first = self.data["first_day"]
        if first is not None and field.data is not None and field.data < first:
            raise ValidationError("This is before the first day; turn the two round.")

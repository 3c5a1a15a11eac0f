"""The filter of the audit page."""

from __future__ import annotations

from wtforms import SelectField, StringField

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

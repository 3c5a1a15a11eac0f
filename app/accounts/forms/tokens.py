"""The form of a personal token."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.rules import SCOPE_WORDS
from app.web.forms import Form


class TokenForm(Form):
    """What a token is for and how long it lasts."""

    name = StringField(
        "Name",
        [InputRequired("Enter a name, such as the program that uses it.")],
        description="The program that uses it, so that you know it again.",
    )
    scopes = SelectMultipleField(
        "What it is for",
        choices=list(SCOPE_WORDS.items()),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    days = SelectField(
        "Lasts", coerce=int, default=90, choices=[(n, f"{n} days") for n in (7, 30, 90, 180, 365)]
    )

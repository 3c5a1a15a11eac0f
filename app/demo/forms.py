"""Forms that load and remove the demo company."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired

from app.web.forms import Form


class LoadForm(Form):
    """The order to load the demo company."""


class RemoveForm(Form):
    """The confirmation that all of the demo company goes."""

    typed = StringField(
        "Name of the demo company", validators=[InputRequired("Write the name to confirm.")]
    )

"""The form that puts an organisation unit on the list."""

from __future__ import annotations

from wtforms import StringField

from app.initiatives.forms.base import needed
from app.web.forms import OnceForm


class UnitForm(OnceForm):
    """The name of a unit, as initiatives write it."""

    name = StringField(
        "Name",
        needed("Name the organisation unit."),
        description="Written as initiatives write it, such as Claims.",
    )

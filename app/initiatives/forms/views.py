"""Forms of saved views."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from app.initiatives.forms.base import VersionedForm, needed
from app.web.forms import OnceForm


class SaveViewForm(OnceForm):
    """The name under which what the registry shows is kept; ``query`` is its address."""

    name = StringField("Name of the view", needed("Give the view a name."))
    query = HiddenField(default="")


class RenameViewForm(VersionedForm):
    """Another name for a view."""

    name = StringField("New name", needed("Give the view a name."))


class ViewForm(VersionedForm):
    """A view as somebody saw it, and what it is to show where that changes."""

    query = HiddenField(default="")

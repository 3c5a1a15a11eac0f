"""Forms of the people pages."""

from __future__ import annotations

from wtforms import (
    EmailField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.rules import SHORTEST_PASSWORD, Role
from app.web.forms import Form, OnceForm

ROLE_CHOICES = [(role.value, role.word) for role in Role]


class InvitationForm(OnceForm):
    """Somebody new who chooses their own password."""

    name = StringField("Name", [InputRequired("Enter the person's name.")])
    email = EmailField("E-mail address", [InputRequired("Enter the person's e-mail address.")])
    roles = SelectMultipleField(
        "Roles",
        choices=ROLE_CHOICES,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def chosen_roles(self) -> frozenset[Role]:
        return frozenset(Role(value) for value in self.roles.data or ())


class PersonForm(InvitationForm):
    """Somebody new who gets a first password from an admin."""

    password = PasswordField(
        "First password",
        [InputRequired("Enter a first password; the person has to change it.")],
        description=f"At least {SHORTEST_PASSWORD} characters. Hand it over on a safe way;"
        " it opens nothing until the person has changed it.",
    )


class RoleForm(Form):
    """One role, to give, confirm or withdraw."""

    role = SelectField("Role", choices=ROLE_CHOICES)

    def chosen_role(self) -> Role:
        return Role(self.role.data)


class ConfirmForm(Form):
    """A button that changes something."""

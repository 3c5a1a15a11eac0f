"""Forms of the sign-in, the own account and the people pages."""

from __future__ import annotations

from wtforms import (
    EmailField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, Role
from app.web.forms import Form, OnceForm

ROLE_CHOICES = [(role.value, role.word) for role in Role]


class SignInForm(Form):
    """E-mail address and password."""

    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    next = HiddenField()


class PasswordForm(Form):
    """A new password for oneself."""

    current = PasswordField("Current password", [InputRequired("Enter your current password.")])
    new = PasswordField(
        "New password",
        [InputRequired("Enter a new password.")],
        description=(
            f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a few unrelated words will do."
        ),
    )


class ThemeForm(Form):
    """Light, dark or as the system says."""

    theme = SelectField(
        "Appearance", choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")]
    )
    next = HiddenField()


class PersonForm(OnceForm):
    """Somebody new."""

    name = StringField("Name", [InputRequired("Enter the person's name.")])
    email = EmailField("E-mail address", [InputRequired("Enter the person's e-mail address.")])
    password = PasswordField(
        "First password",
        [InputRequired("Enter a first password; the person has to change it.")],
        description=f"At least {SHORTEST_PASSWORD} characters. Hand it over on a safe way;"
        " it opens nothing until the person has changed it.",
    )
    roles = SelectMultipleField(
        "Roles",
        choices=ROLE_CHOICES,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def chosen_roles(self) -> frozenset[Role]:
        return frozenset(Role(value) for value in self.roles.data or ())


class RoleForm(Form):
    """One role, to give, confirm or withdraw."""

    role = SelectField("Role", choices=ROLE_CHOICES)

    def chosen_role(self) -> Role:
        return Role(self.role.data)


class ConfirmForm(Form):
    """A button that changes something."""

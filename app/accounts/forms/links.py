"""Forms of the links by which people choose a password."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired

from app.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, SHORTEST_WITH_FACTOR
from app.web.forms import Form


class ForgottenForm(Form):
    """Whose password is forgotten."""

    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address.")])


class ChosenPasswordForm(Form):
    """The password that the owner of a link chooses."""

    token = HiddenField()
    password = PasswordField(
        "New password",
        [InputRequired("Enter a new password.")],
        description=(
            f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; {SHORTEST_WITH_FACTOR} are"
            " enough beside a second factor. A few unrelated words will do."
        ),
    )

"""Forms of the sign-in and the own account."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import AnyOf, InputRequired

from app.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, SHORTEST_WITH_FACTOR
from app.accounts.rules.digests import DigestRhythm
from app.web.forms import Form


class SignInForm(Form):
    """E-mail address and password."""

    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    next = HiddenField()


class ProofForm(Form):
    """A proof of who somebody is, beside the fields of the form that it lets through."""

    confirm_password = PasswordField("Password", [InputRequired("Enter your password.")])


class CodeProofForm(Form):
    """The same by a code of the second factor."""

    confirm_code = StringField("Code", [InputRequired("Enter the code of your app.")])


class CodeForm(Form):
    """A code of the authenticator app, or a recovery code."""

    code = StringField("Code", [InputRequired("Enter the code of your app.")])


class PasswordForm(Form):
    """A new password for oneself."""

    current = PasswordField("Current password", [InputRequired("Enter your current password.")])
    new = PasswordField(
        "New password",
        [InputRequired("Enter a new password.")],
        description=(
            f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; {SHORTEST_WITH_FACTOR} are"
            " enough beside a second factor. A few unrelated words will do."
        ),
    )


class ThemeForm(Form):
    """Light, dark or as the system says."""

    theme = SelectField(
        "Appearance", choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")]
    )
    next = HiddenField()


LOCALE_WORDS = {
    "en_GB": "English, United Kingdom",
    "en_US": "English, United States",
    "de_DE": "German, Germany",
    "de_CH": "German, Switzerland",
    "fr_FR": "French, France",
    "es_ES": "Spanish, Spain",
    "it_IT": "Italian, Italy",
    "nl_NL": "Dutch, Netherlands",
    "pl_PL": "Polish, Poland",
    "sv_SE": "Swedish, Sweden",
}


class LocaleForm(Form):
    """How somebody reads numbers and days."""

    locale = SelectField(
        "Numbers and days are written as in",
        choices=[("", "As the company writes them"), *LOCALE_WORDS.items()],
        description="Pages only: words stay English, files stay as programs read them, and fields"
        " take numbers with a decimal point.",
    )


class FirstStepsForm(Form):
    """Whether the list of first steps is put away."""

    hidden = HiddenField(validators=[AnyOf(("yes", "no"), message="Reload the page.")])


class MentionsForm(Form):
    """Whether mentions come by mail, too."""

    mention_letters = BooleanField(
        "Write to me when a comment mentions me",
        description="One letter for each comment, without its text. Home shows mentions anyway.",
    )


class DigestForm(Form):
    """How often what waits comes by mail."""

    digest = RadioField(
        "Write to me", choices=[(one.value, one.word) for one in DigestRhythm],
        description="What waits for you and what others changed on what you own, in one letter.",
    )  # fmt: skip

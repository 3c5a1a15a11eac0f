"""Forms of the sign-in, the own account and the people pages."""

from __future__ import annotations

from app.accounts.forms.links import ChosenPasswordForm, ForgottenForm
from app.accounts.forms.people import (
    ROLE_CHOICES,
    ConfirmForm,
    InvitationForm,
    PersonForm,
    RoleForm,
)
from app.accounts.forms.sign_in import (
    CodeForm,
    CodeProofForm,
    DigestForm,
    FirstStepsForm,
    LocaleForm,
    MentionsForm,
    PasswordForm,
    ProofForm,
    SignInForm,
    ThemeForm,
)
from app.accounts.forms.tokens import TokenForm

__all__ = [
    "ROLE_CHOICES",
    "ChosenPasswordForm",
    "CodeForm",
    "CodeProofForm",
    "ConfirmForm",
    "DigestForm",
    "FirstStepsForm",
    "ForgottenForm",
    "InvitationForm",
    "LocaleForm",
    "MentionsForm",
    "PasswordForm",
    "PersonForm",
    "ProofForm",
    "RoleForm",
    "SignInForm",
    "ThemeForm",
    "TokenForm",
]

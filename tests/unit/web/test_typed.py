"""No password and no token is ever kept, and password fields stay where nothing is kept."""

from __future__ import annotations

from app.web.typed import typed_fields
from tests.support.sources import ROOT


def test_passwords_and_tokens_are_left_out() -> None:
    typed = [
        ("csrf_token", "t"), ("password", "p"), ("New-Passwort", "p"), ("api_key", "k"),
        ("secret", "s"), ("name", "Moving"), ("rows-0-metric", "Calls"), ("tag", "a"), ("tag", "b"),
    ]  # fmt: skip
    assert typed_fields(typed) == typed[5:]


def test_only_accounts_asks_for_passwords() -> None:
    """Forms of accounts are never kept, whatever their fields are called."""
    asking = [file for file in (ROOT / "app").rglob("*.py") if "PasswordField(" in file.read_text()]
    assert {file.parent.relative_to(ROOT).as_posix() for file in asking} == {"app/accounts/forms"}

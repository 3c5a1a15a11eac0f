"""Second factors in force, and the codes their apps would show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Person, SecondFactor
from app.accounts.rules import step_at, totp
from app.db.secret_box import SecretBox
from app.db.session import transaction

SECRET = b"12345678901234567890"


def box_of(app: Flask) -> SecretBox:
    return SecretBox([str(app.config["SECRET_KEY"])])


def give_factor(session: Session, person: Person, box: SecretBox, now: datetime) -> None:
    """Put a second factor with `SECRET` in force."""
    with transaction(session):
        session.add(
            SecondFactor(
                person_id=person.id, secret=box.seal(SECRET), created_at=now, confirmed_at=now
            )
        )


def code_at(moment: datetime, off: int = 0) -> str:
    """What the app shows at a moment, or so many half minutes later."""
    return totp(SECRET, step_at(moment) + off)


def sign_in_by_code(client: Any, email: str, password: str, code: str, **more: str) -> Any:
    """Both steps of signing in; gives the answer to the second."""
    first = client.post("/sign-in", data={"email": email, "password": password, **more})
    assert first.headers["Location"] == "/sign-in/code", first.status
    return client.post("/sign-in/code", data={"code": code})

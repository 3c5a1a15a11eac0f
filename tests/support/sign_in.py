"""Signing in without the sign-in page: a session row, as the page itself would write it."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Person, SignInSession
from app.accounts.routes.sign_in import TOKEN
from app.accounts.services import token_hash
from app.db.session import transaction


def sign_in(
    client: FlaskClient,
    session: Session,
    person: Person,
    *,
    now: datetime,
    confirmed_at: datetime | None = None,
) -> None:
    """Make `client` a browser in which `person` signed in at `now` and proved who they are."""
    token = secrets.token_urlsafe(32)
    with transaction(session):
        session.add(
            SignInSession(
                token_hash=token_hash(token),
                person_id=person.id,
                created_at=now,
                seen_at=now,
                confirmed_at=confirmed_at or now,
                address="127.0.0.1",
                browser="tests",
            )
        )
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token

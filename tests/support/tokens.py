"""Tokens of people, and requests of programs that send them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.rules import SCOPES
from app.accounts.services import TokenDraft, create_token
from app.db.session import transaction


def token_for(session: Session, person: Person, *scopes: str, now: datetime) -> str:
    """A token of the person, for everything a token can be for unless `scopes` are given."""
    draft = TokenDraft("A program", frozenset(scopes or SCOPES), timedelta(days=30))
    with transaction(session):
        return create_token(session, person, draft, now=now)


class Program:
    """Asks the API with a token and nothing else."""

    def __init__(self, app: Flask, token: str) -> None:
        self._client: Any = app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(f"/api/v1{path}", query_string=query, headers=self._headers)

    def post(self, path: str, body: Any, key: str | None = "key-0001", **more: Any) -> Any:
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        return self._client.post(f"/api/v1{path}", json=body, headers=headers, csrf=False, **more)

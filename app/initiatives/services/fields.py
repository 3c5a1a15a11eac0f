"""Change one simple field of an initiative, as a cell of the registry does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.initiatives.models import Initiative
from app.initiatives.queries import initiative_draft
from app.initiatives.services.proposing import edit_initiative


def edit_field(
    session: Session,
    initiative: Initiative,
    field: str,
    value: Any,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Change ``field`` of the initiative's draft and nothing else. Raises InvalidError by field."""
    draft = replace(initiative_draft(initiative), **{field: value})
    edit_initiative(
        session, initiative, draft, expected_version=expected_version, actor=actor, now=now
    )

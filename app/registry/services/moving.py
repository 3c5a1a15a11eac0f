"""Move all initiatives of an import on; each by its own rules, the barred ones named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.initiatives.models import ImportBatch
from app.registry.rules import Move


def move_all(
    session: Session, batch: ImportBatch, move: Move, *, actor: Person, now: datetime
) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the keys that moved and (key, reason) for those that could not."""
    raise RuntimeError

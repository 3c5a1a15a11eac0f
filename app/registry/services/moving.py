"""Move all initiatives of an import on; each by its own rules, the barred ones named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import NotAllowedError
from app.initiatives.models import ImportBatch
from app.initiatives.services import Refusal, move_many
from app.registry.queries import list_in_state
from app.registry.rules import Move


def move_all(
    session: Session, batch: ImportBatch, move: Move, *, actor: Person, now: datetime
) -> tuple[int, list[Refusal]]:
    """Move every initiative of the import that stands where ``move`` begins.

    Gives how many moved and a refusal for each that could not.
    """
    if not actor.may(move.permission):
        raise NotAllowedError(f"None of your roles may do this: {move.label.lower()}.")
    initiatives = list_in_state(session, batch, move.from_state)
    return move_many(session, initiatives, move.action, actor=actor, now=now)

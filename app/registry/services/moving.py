"""Move all initiatives of an import on; each by its own rules, the barred ones named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import NotAllowedError
from app.initiatives.models import ImportBatch, Initiative
from app.initiatives.services import Refusal, find_refusals, move_many
from app.registry.queries import list_in_states
from app.registry.rules import Move


def list_held(
    session: Session, batch: ImportBatch, *, actor: Person
) -> list[tuple[Initiative, str]]:
    """Initiatives of the import that can't go on from where they stand, each with its reasons."""
    actions = {move.from_state: move.action for move in Move}
    initiatives = list_in_states(session, batch, tuple(actions))
    return find_refusals(session, initiatives, actions, actor=actor)


def move_all(
    session: Session, batch: ImportBatch, move: Move, *, actor: Person, now: datetime
) -> tuple[int, list[Refusal]]:
    """Move every initiative of the import that stands where ``move`` begins.

    Gives how many moved and a refusal for each that could not.
    """
    if not actor.may(move.permission):
        raise NotAllowedError(f"None of your roles may do this: {move.label.lower()}.")
    initiatives = list_in_states(session, batch, (move.from_state,))
    return move_many(session, initiatives, move.action, actor=actor, now=now)

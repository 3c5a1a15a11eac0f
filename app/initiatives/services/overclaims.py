"""Keep what the behaviours of an option remove of a pool together within what one may."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidError
from app.initiatives.models import Effect, Initiative, Option, TargetBehaviour
from app.initiatives.rules import BehaviourDraft, overclaim_faults


def refuse_overclaims(
    session: Session, initiative: Initiative, draft: BehaviourDraft, *, besides: int | None
) -> None:
    """Refuse effects that claim too much with those of the other behaviours, by field.

    ``besides``: the stored behaviour the draft replaces. Raises InvalidError.
    """
    query = (
        select(Option.key, Effect.pool_id, Effect.removal_share)
        .join(Option, Option.id == Effect.option_id)
        .join(TargetBehaviour, TargetBehaviour.id == Effect.behaviour_id)
        .where(TargetBehaviour.initiative_id == initiative.id)
    )
    if besides is not None:
        query = query.where(TargetBehaviour.id != besides)
    others: dict[tuple[str, int], list[Decimal]] = {}
    for option, pool, removal in session.execute(query):
        others.setdefault((option, pool), []).append(removal)
    if faults := overclaim_faults(draft, others):
        raise InvalidError("Some of this is not possible.", fields=faults)

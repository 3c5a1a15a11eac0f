"""What earlier stations ask of initiatives: who acts on a touchpoint, what ties a cycle."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.calendar.queries import CURRENCY_TIES
from app.initiatives.models import Initiative, InitiativeTouchpoint
from app.initiatives.rules import OVER, tone_of
from app.journeys.queries import TOUCHPOINT_COVERS, Acting


def covers(session: Session, journey_id: int | None) -> Mapping[int, list[Acting]]:
    """The initiatives that change each touchpoint of a journey, or of all journeys, by key."""
    found: dict[int, list[Acting]] = {}
    query = (
        select(
            InitiativeTouchpoint.touchpoint_id, Initiative.key, Initiative.title, Initiative.state
        )
        .join(Initiative, Initiative.id == InitiativeTouchpoint.initiative_id)
        .order_by(Initiative.key)
    )
    if journey_id is not None:
        query = query.where(Initiative.journey_id == journey_id)
    for touchpoint_id, key, title, state in session.execute(query):
        acting = Acting(key, title, state.word, tone_of(state), state not in OVER)
        found.setdefault(touchpoint_id, []).append(acting)
    return found


def currency_tie(session: Session, cycle_id: int) -> str | None:
    """Why a cycle's currency has to stay: initiatives are proposed for it."""
    proposed = exists().where(Initiative.cycle_id == cycle_id, Initiative.state.not_in(OVER))
    if session.scalar(select(proposed)):
        return "Initiatives are proposed for it in its currency."
    return None


TOUCHPOINT_COVERS.append(covers)
CURRENCY_TIES.append(currency_tie)

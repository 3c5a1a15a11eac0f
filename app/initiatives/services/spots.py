"""Start a proposal from a hot spot."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.initiatives.models import Initiative
from app.initiatives.rules import BehaviourDraft, InitiativeDraft
from app.initiatives.services.behaviours import add_behaviour
from app.initiatives.services.proposing import answer_questions, create_initiative


def start_from_spot(
    session: Session,
    draft: InitiativeDraft,
    *,
    touchpoint_ids: Collection[int],
    behaviour: BehaviourDraft | None,
    actor: Person,
    now: datetime,
) -> Initiative:
    """Add a draft initiative that changes these touchpoints, with its first behaviour if any.

    Each of the three steps is on the record by itself. Raises InvalidError by field.
    """
    initiative = create_initiative(session, draft, actor=actor, now=now)
    answer_questions(
        session, initiative, {},
        touchpoint_ids=touchpoint_ids, expected_version=None, actor=actor, now=now,
    )  # fmt: skip
    if behaviour is not None:
        add_behaviour(session, initiative, behaviour, expected_version=None, actor=actor, now=now)
    return initiative

"""What stands in the dropdowns of the registry's workbook."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.calendar.models import Cycle, Fund, Team
from app.calendar.rules import CycleState
from app.initiatives.rules import Direction, EvidenceGrade, Lens
from app.initiatives.rules.milestone_kinds import HurdleKind
from app.journeys.models import Journey
from app.registry.engine.current import Names, labelled
from app.registry.engine.layout import EXCLUDES, NEEDS, Words

RISKS = {"1 very low": 1, "2 low": 2, "3 medium": 3, "4 high": 4, "5 very high": 5}

_FIXED: dict[Words, dict[str, object]] = {
    Words.LENS: {one.word: one for one in Lens},
    Words.GRADE: {one.value: one for one in EvidenceGrade},
    Words.RISK: dict(RISKS),
    Words.KIND: {one.word: one for one in HurdleKind},
    Words.DIRECTION: {one.word: one for one in Direction},
    Words.LINK: {NEEDS: NEEDS, EXCLUDES: EXCLUDES},
    Words.FLAG: {"yes": True, "no": False},
}


def load_names(session: Session) -> Names:
    """Everything that can be named, and of it what may still be chosen."""
    queries: dict[Words, Any] = {
        Words.PERSON: select(Person.id, Person.name, Person.is_active),
        Words.JOURNEY: select(Journey.id, Journey.name, Journey.is_in_use),
        Words.CYCLE: select(Cycle.id, Cycle.name, Cycle.state != CycleState.CLOSED),
        Words.FUND: select(Fund.id, Fund.name),
        Words.TEAM: select(Team.id, Team.name),
    }
    known, offered = dict(_FIXED), {words: tuple(one) for words, one in _FIXED.items()}
    for words, query in queries.items():
        rows = session.execute(query).all()
        labels = labelled((row[0], row[1]) for row in rows)
        known[words] = {label: id_ for id_, label in labels.items()}
        offered[words] = tuple(
            sorted((labels[row[0]] for row in rows if len(row) < 3 or row[2]), key=str.casefold)
        )
    return Names(known, offered)

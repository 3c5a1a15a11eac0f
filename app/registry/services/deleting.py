"""Take initiatives that nobody has worked on out of the registry with all they came with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from app.db.statements import rows_changed
from app.initiatives.models import (
    Answer,
    Criterion,
    Dependency,
    Exclusion,
    Initiative,
    Milestone,
    Option,
    OptionDemand,
    OptionSpend,
)
from app.roadmap.models import Evidence


def delete_initiatives(session: Session, which: ColumnElement[bool]) -> int:
    """Delete these drafts with all an import gives them, children first; how many there were."""
    ids = select(Initiative.id).where(which)
    milestones = select(Milestone.id).where(Milestone.initiative_id.in_(ids))
    criteria = select(Criterion.id).where(Criterion.milestone_id.in_(milestones))
    options = select(Option.id).where(Option.initiative_id.in_(ids))
    linked: Any = or_(Exclusion.initiative_id.in_(ids), Exclusion.other_id.in_(ids))
    for statement in (
        delete(Evidence).where(Evidence.criterion_id.in_(criteria)),
        delete(Criterion).where(Criterion.milestone_id.in_(milestones)),
        delete(Milestone).where(Milestone.initiative_id.in_(ids)),
        delete(OptionSpend).where(OptionSpend.option_id.in_(options)),
        delete(OptionDemand).where(OptionDemand.option_id.in_(options)),
        delete(Option).where(Option.initiative_id.in_(ids)),
        delete(Answer).where(Answer.initiative_id.in_(ids)),
        delete(Dependency).where(Dependency.initiative_id.in_(ids)),
        delete(Exclusion).where(linked),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
    count = rows_changed(session, delete(Initiative).where(which))
    session.expire_all()
    return count

"""Who changed what initiatives are or cost, by the audit trail."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.audit.queries import load_changers
from app.initiatives.rules import NO_CHANGES


def load_editors(session: Session, initiative_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Ids of the people who ever changed each initiative; moving it on is no change."""
    subjects = {f"initiative:{one}": one for one in initiative_ids}
    found = load_changers(session, subjects, besides=NO_CHANGES) if subjects else {}
    return {subjects[subject]: people for subject, people in found.items()}

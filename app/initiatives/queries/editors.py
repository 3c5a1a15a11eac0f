"""Who changed what initiatives are or cost, by the audit trail, or owned them before."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.audit.queries import load_changers
from app.initiatives.queries.handovers import load_former_owners
from app.initiatives.rules import NO_CHANGES


def load_editors(session: Session, initiative_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Ids of the people who ever changed each initiative or owned it; moving it on is no change."""
    if not initiative_ids:
        return {}
    subjects = {f"initiative:{one}": one for one in initiative_ids}
    found = load_changers(session, subjects, besides=NO_CHANGES)
    former = load_former_owners(session, initiative_ids)
    return {id_: found[subject] | former.get(id_, frozenset()) for subject, id_ in subjects.items()}

"""Find the things people talk about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.models import Proposal, Tranche
from app.calendar.models import Cycle
from app.comments.models import Comment
from app.comments.rules import Thing
from app.errors import NotFoundError
from app.initiatives.models import Initiative, Milestone

COLUMNS = {
    Thing.INITIATIVE: Comment.initiative_id,
    Thing.PROPOSAL: Comment.proposal_id,
    Thing.HURDLE: Comment.tranche_id,
}
"""The column of a comment that says which thing of a kind it is on."""

MOST_ID = 2**31


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing people talk about; ``key`` is its initiative's, None where it has none."""

    thing: Thing
    id: int
    title: str
    key: str | None = None

    @property
    def audit_key(self) -> str:
        kind = "tranche" if self.thing is Thing.HURDLE else self.thing.value
        return f"{kind}:{self.id}"


def get_subject(session: Session, thing: Thing, number: int) -> Subject:
    """The thing of this kind with this id. Raises NotFoundError."""
    find, own = _FOUND[thing]
    row = session.execute(find.where(own == number)).first() if number < MOST_ID else None
    if row is None:
        raise NotFoundError(f"There is no such {thing.value}, or it was removed.")
    return named(thing, number, row)


def named(thing: Thing, number: int, row: Sequence[Any]) -> Subject:
    """A subject from what it is called: key and title, or cycle and round."""
    if thing is Thing.PROPOSAL:
        return Subject(thing, number, f"{row[0]}, round {row[1]}")
    return Subject(thing, number, f"{row[0]} {row[1]}", row[0])


_FOUND: dict[Thing, tuple[Any, Any]] = {
    Thing.INITIATIVE: (select(Initiative.key, Initiative.title), Initiative.id),
    Thing.PROPOSAL: (select(Cycle.name, Proposal.round).join(Proposal.cycle), Proposal.id),
    Thing.HURDLE: (
        select(Initiative.key, Milestone.name)
        .select_from(Tranche)
        .join(Tranche.milestone)
        .join(Initiative, Initiative.id == Milestone.initiative_id),
        Tranche.id,
    ),
}


def thing_of(comment: Comment) -> tuple[Thing, int]:
    """What a comment is on: the kind of thing and its id."""
    for thing, column in COLUMNS.items():
        number = getattr(comment, column.key)
        if number is not None:
            return thing, number
    raise NotFoundError("This comment is on nothing.")

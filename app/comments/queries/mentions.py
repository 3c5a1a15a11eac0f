"""Find what somebody is mentioned in and has not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Person
from app.accounts.rules import COSTS
from app.approvals.models import Proposal, Tranche
from app.calendar.models import Cycle
from app.comments.models import Comment, CommentMention
from app.comments.queries.subjects import Subject, named, thing_of
from app.comments.rules import Thing
from app.initiatives.models import Initiative, Milestone


@dataclass(frozen=True, slots=True)
class MentionLine:
    """An unread mention: the comment, who wrote it when, and on what."""

    comment_id: int
    who: str
    at: datetime
    on: Subject


def list_unread(session: Session, person: Person, *, limit: int) -> tuple[list[MentionLine], int]:
    """The latest unread mentions of a person in what they may see, and how many there are."""
    theirs, hurdle = aliased(Initiative), aliased(Initiative)
    query = (
        select(
            Comment, Person.name, theirs.key, theirs.title, Cycle.name, Proposal.round,
            hurdle.key, Milestone.name, func.count().over(),
        )
        .select_from(CommentMention)
        .join(CommentMention.comment)
        .join(Comment.author)
        .outerjoin(theirs, theirs.id == Comment.initiative_id)
        .outerjoin(Proposal, Proposal.id == Comment.proposal_id)
        .outerjoin(Cycle, Cycle.id == Proposal.cycle_id)
        .outerjoin(Tranche, Tranche.id == Comment.tranche_id)
        .outerjoin(Milestone, Milestone.id == Tranche.milestone_id)
        .outerjoin(hurdle, hurdle.id == Milestone.initiative_id)
        .where(*_unread(person))
        .order_by(Comment.written_at.desc(), Comment.id.desc())
        .limit(limit)
    )  # fmt: skip
    rows = session.execute(query).all()
    return [_line(row) for row in rows], rows[0][-1] if rows else 0


def _unread(person: Person) -> list[ColumnElement[bool]]:
    wanted = [CommentMention.person_id == person.id, CommentMention.read_at.is_(None)]
    if not person.may(COSTS):
        wanted.append(Comment.proposal_id.is_(None))
    return wanted


def _line(row: Sequence[Any]) -> MentionLine:
    comment: Comment = row[0]
    names = {Thing.INITIATIVE: row[2:4], Thing.PROPOSAL: row[4:6], Thing.HURDLE: row[6:8]}
    thing, number = thing_of(comment)
    return MentionLine(comment.id, row[1], comment.written_at, named(thing, number, names[thing]))

"""Read the comments of a thing, and who can be mentioned in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.models import Person
from app.comments.models import Comment, CommentMention
from app.comments.queries.subjects import COLUMNS, MOST_ID, Subject
from app.comments.rules import Known
from app.errors import NotFoundError
from app.values.names import by_name, name_key

MOST_OFFERED = 8
_MISSING = "There is no such comment."
_PEOPLE = (
    joinedload(Comment.author).lazyload(Person.grants),
    joinedload(Comment.deleted_by).lazyload(Person.grants),
    selectinload(Comment.mentions).joinedload(CommentMention.person).lazyload(Person.grants),
)


def get_comment(session: Session, comment_id: int) -> Comment:
    """A comment with author and mentions. Raises NotFoundError."""
    query = select(Comment).where(Comment.id == comment_id).options(*_PEOPLE)
    found = session.scalar(query) if comment_id < MOST_ID else None
    if found is None:
        raise NotFoundError(_MISSING)
    return found


def list_comments(session: Session, subject: Subject) -> list[Comment]:
    """The comments on a thing, the earliest first, deleted ones in their places."""
    query = (
        select(Comment)
        .where(COLUMNS[subject.thing] == subject.id)
        .options(*_PEOPLE)
        .order_by(Comment.written_at, Comment.id)
    )
    return list(session.scalars(query))


def list_known(session: Session) -> list[Known]:
    """Everybody active who can be mentioned, by name."""
    rows = session.execute(
        select(Person.id, Person.name, Person.email).where(Person.is_active).order_by(Person.id)
    )
    return by_name((Known(*row) for row in rows), lambda one: one.name)


def find_known(people: Iterable[Known], typed: str) -> list[Known]:
    """The first few whose name has a word, or whose address, begins with what was typed."""
    wanted = _plain(typed)
    return list(islice((one for one in people if _begins(one, wanted)), MOST_OFFERED))


def _begins(one: Known, wanted: str) -> bool:
    name = _plain(one.name)
    return name.startswith(wanted) or f" {wanted}" in f" {name}" or one.handle.startswith(wanted)


def _plain(text: str) -> str:
    parts, _ = name_key(text)
    return "".join(words or str(number) for _, number, words in parts)


def list_recipients(session: Session, ids: Collection[int]) -> list[Person]:
    """Active people with their roles, by id."""
    if not ids:
        return []
    query = select(Person).where(Person.id.in_(ids), Person.is_active).order_by(Person.id)
    return list(session.scalars(query))

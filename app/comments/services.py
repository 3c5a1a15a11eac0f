"""Write, change and delete comments, tell whom they mention, and note what was read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.comments.models import Comment, CommentMention
from app.comments.queries import (
    COLUMNS,
    Subject,
    get_subject,
    list_known,
    list_recipients,
    thing_of,
)
from app.comments.rules import (
    Thing,
    could_see,
    delete_bar,
    edit_bar,
    find_mentions,
    letter_kind,
    mention_letter,
    mentioned_ids,
    not_told_words,
    permissions_for,
    unsure_words,
)
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.mail.services import Outbox, drop_letters
from app.values.texts import LONGEST_NOTE

WRITE = "comments.write"
MODERATE = "comments.moderate"


@dataclass(frozen=True, slots=True)
class Told:
    """A comment that was written, and who was not told of it, as a sentence."""

    comment: Comment
    not_told: str | None


def check_may_see(person: Person, thing: Thing) -> None:
    """Raises NotAllowedError for somebody who may not see such a thing at all."""
    if not all(person.may(one) for one in permissions_for(thing)):
        raise NotAllowedError(f"You may not see this {thing.value}, so you can’t talk about it.")


def write_comment(
    session: Session,
    subject: Subject,
    text: str,
    *,
    actor: Person,
    outbox: Outbox | None,
    now: datetime,
) -> Told:
    """Say something about a thing; people named after an @ are told.

    What mentioned the writer in the same discussion counts as read. Raises InvalidError for an
    empty or too long text.
    """
    _check_may_write(actor, subject.thing)
    comment = Comment(author_id=actor.id, written_at=now, text=_checked(text))
    setattr(comment, COLUMNS[subject.thing].key, subject.id)
    session.add(comment)
    session.flush()
    told, not_told = _mention(session, comment, subject, actor=actor, outbox=outbox, now=now)
    read = _mark_read(session, actor, _unread_in(session, actor, subject), now=now)
    after = {"on": subject.audit_key, "text": comment.text, "mentions": told}
    record(
        session, actor=actor, action="comment.written", subject=comment.audit_key,
        after=after | ({"read": read} if read else {}), now=now,
    )  # fmt: skip
    return Told(comment, not_told)


def edit_comment(
    session: Session,
    comment: Comment,
    text: str,
    *,
    actor: Person,
    outbox: Outbox | None,
    now: datetime,
) -> Told:
    """Change what one has said a few minutes ago; only who is newly named is told.

    Raises NotAllowedError for another's comment, ConflictError for an old or deleted one.
    """
    thing, number = thing_of(comment)
    check_may_edit(comment, actor=actor, now=now)
    clean, before = _checked(text), comment.text
    if clean == before:
        return Told(comment, None)
    had = [one.person_id for one in comment.mentions]
    comment.text, comment.edited_at = clean, now
    subject = get_subject(session, thing, number)
    told, not_told = _mention(session, comment, subject, actor=actor, outbox=outbox, now=now)
    session.flush()
    record(
        session, actor=actor, action="comment.edited", subject=comment.audit_key,
        before={"text": before, "mentions": had}, after={"text": clean, "mentions": told}, now=now,
    )  # fmt: skip
    return Told(comment, not_told)


def delete_comment(session: Session, comment: Comment, *, actor: Person, now: datetime) -> None:
    """Take a comment's text away; that it was there, by whom and when it was deleted, stays.

    The audit trail keeps the text. Raises NotAllowedError, or ConflictError for a deleted one.
    """
    _check_may_write(actor, thing_of(comment)[0])
    is_deleted = comment.deleted_at is not None
    bar = delete_bar(
        actor_id=actor.id, author_id=comment.author_id, moderates=actor.may(MODERATE),
        is_deleted=is_deleted,
    )  # fmt: skip
    if bar:
        raise ConflictError(bar) if is_deleted else NotAllowedError(bar)
    before = comment.text
    for one in comment.mentions:
        _drop_letter(session, comment, one.person, why="The comment was deleted.")
    comment.mentions.clear()
    comment.text, comment.deleted_at, comment.deleted_by = "", now, actor
    session.flush()
    record(
        session, actor=actor, action="comment.deleted", subject=comment.audit_key,
        before={"text": before}, after={"text": ""}, now=now,
    )  # fmt: skip


def read_mentions(
    session: Session, person: Person, subject: Subject | None, *, now: datetime
) -> int:
    """Note that somebody has read what mentions them, in one discussion or in all; how many."""
    found = _mark_read(session, person, _unread_in(session, person, subject), now=now)
    if found:
        record(
            session, actor=person, action="person.mentions_read", subject=person.audit_key,
            after={"comments": found}, now=now,
        )  # fmt: skip
    return len(found)


def _check_may_write(actor: Person, thing: Thing) -> None:
    if not actor.may(WRITE):
        raise NotAllowedError("Commenting takes a role; an admin gives you one.")
    check_may_see(actor, thing)


def check_may_edit(comment: Comment, *, actor: Person, now: datetime) -> None:
    """Raises NotAllowedError for another's comment, ConflictError for an old or deleted one."""
    _check_may_write(actor, thing_of(comment)[0])
    bar = edit_bar(
        actor_id=actor.id, author_id=comment.author_id, written_at=comment.written_at,
        is_deleted=comment.deleted_at is not None, now=now,
    )  # fmt: skip
    if bar:
        raise NotAllowedError(bar) if actor.id != comment.author_id else ConflictError(bar)


def _checked(text: str) -> str:
    clean = text.strip().replace("\r\n", "\n")
    if not clean:
        raise InvalidError("Write something first.", field="comment")
    if len(clean) > LONGEST_NOTE:
        raise InvalidError(f"Shorten this to at most {LONGEST_NOTE:,} characters.", field="comment")
    return clean


def _mention(
    session: Session,
    comment: Comment,
    subject: Subject,
    *,
    actor: Person,
    outbox: Outbox | None,
    now: datetime,
) -> tuple[list[int], str | None]:
    """Keep whom a text mentions and write to those newly named who want it; ids, who was not told.

    Whoever is no longer named is not told any more.
    """
    mentions = find_mentions(comment.text, list_known(session)) if "@" in comment.text else []
    wanted = [one for one in mentioned_ids(mentions) if one != actor.id]
    people = list_recipients(session, wanted)
    seeing = {one.id: one for one in people if _could_see(one, subject.thing)}
    had = {} if comment.edited_at is None else {one.person_id: one for one in comment.mentions}
    for gone in had.keys() - seeing.keys():
        _drop_letter(session, comment, had[gone].person, why="They are not mentioned any more.")
        comment.mentions.remove(had[gone])
    for new in sorted(seeing.keys() - had.keys()):
        session.add(CommentMention(comment_id=comment.id, person_id=new))
        _tell(session, comment, subject, seeing[new], actor=actor, outbox=outbox, now=now)
    session.flush()
    blind = [one.name for one in people if one.id not in seeing]
    return sorted(seeing), not_told_words(unsure_words(mentions), blind)


def _could_see(person: Person, thing: Thing) -> bool:
    return could_see(thing, person.held_roles, costs_hidden=person.costs_hidden)


def _tell(
    session: Session,
    comment: Comment,
    subject: Subject,
    person: Person,
    *,
    actor: Person,
    outbox: Outbox | None,
    now: datetime,
) -> None:
    if outbox is None or not person.mention_letters:
        return
    link = f"{outbox.site}/comments/{comment.id}"
    letter = mention_letter(
        comment.id, name=person.name, writer=actor.name, title=subject.title, link=link
    )
    outbox.write(session, letter, to=person.email, now=now)


def _drop_letter(session: Session, comment: Comment, person: Person, *, why: str) -> None:
    drop_letters(session, [letter_kind(comment.id)], to=person.email, why=why)


def _unread_in(session: Session, person: Person, subject: Subject | None) -> list[int]:
    query = (
        select(CommentMention.comment_id)
        .where(CommentMention.person_id == person.id, CommentMention.read_at.is_(None))
        .order_by(CommentMention.comment_id)
    )
    if subject is not None:
        query = query.join(CommentMention.comment).where(COLUMNS[subject.thing] == subject.id)
    return list(session.scalars(query))


def _mark_read(
    session: Session, person: Person, comment_ids: Collection[int], *, now: datetime
) -> list[int]:
    if comment_ids:
        session.execute(
            update(CommentMention)
            .where(
                CommentMention.person_id == person.id, CommentMention.comment_id.in_(comment_ids)
            )
            .values(read_at=now)
        )
    return list(comment_ids)

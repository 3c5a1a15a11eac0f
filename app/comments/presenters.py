"""A discussion as its page shows it: comments and decisions in the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.models import Person
from app.approvals.rules import DecisionKind
from app.comments.models import Comment
from app.comments.queries import Note
from app.comments.rules import (
    EDIT_FOR,
    Known,
    Piece,
    Source,
    delete_bar,
    edit_bar,
    pieces_of,
)
from app.initiatives.rules import MOVES, InitiativeState
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.reasons import MoveReason
from app.web.filters import day, moment

ROWS = 100
"""Entries on one page."""

_LEAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment, or with ``decided`` a decision; ``gone`` says who deleted it when."""

    at: datetime
    who: str
    pieces: list[Piece]
    comment_id: int | None = None
    decided: str | None = None
    tone: str | None = None
    gone: str | None = None
    edited: str | None = None
    is_new: bool = False
    may_edit: str | None = None
    may_delete: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a discussion, and when."""

    person: Person
    moderates: bool
    may_write: bool
    sees_costs: bool
    now: datetime


def entries(comments: Sequence[Comment], notes: Sequence[Note], reader: Reader) -> list[Entry]:
    """Everything that was said and decided, the earliest first."""
    found = [_noted(one, reader) for one in notes]
    found += [_said(one, reader) for one in comments]
    return sorted(found, key=lambda one: (one.at, one.comment_id or 0))


def _said(one: Comment, reader: Reader) -> Entry:
    if one.deleted_at is not None and one.deleted_by is not None:
        gone = f"Deleted by {one.deleted_by.name} at {moment(one.deleted_at)}"
        return Entry(one.written_at, one.author.name, [], comment_id=one.id, gone=gone)
    mentioned = [Known(m.person.id, m.person.name, m.person.email) for m in one.mentions]
    return Entry(
        one.written_at,
        one.author.name,
        pieces_of(one.text, mentioned),
        comment_id=one.id,
        edited=f"changed {moment(one.edited_at)}" if one.edited_at else None,
        is_new=any(m.person_id == reader.person.id and m.read_at is None for m in one.mentions),
        may_edit=_edit_words(one, reader),
        may_delete=reader.may_write and _delete_bar(one, reader) is None,
    )


def _edit_words(one: Comment, reader: Reader) -> str | None:
    """How long it can be changed still; None if it can't."""
    bar = edit_bar(
        actor_id=reader.person.id, author_id=one.author_id, written_at=one.written_at,
        is_deleted=False, now=reader.now,
    )  # fmt: skip
    if bar or not reader.may_write:
        return None
    left = max(_LEAST, one.written_at + EDIT_FOR - reader.now) // _LEAST
    return f"for {left} more minute{'s' if left != 1 else ''}"


def _delete_bar(one: Comment, reader: Reader) -> str | None:
    return delete_bar(
        actor_id=reader.person.id, author_id=one.author_id, moderates=reader.moderates,
        is_deleted=False,
    )  # fmt: skip


def _noted(one: Note, reader: Reader) -> Entry:
    word, tone = _decided(one)
    is_kept = one.source.is_about_costs and not reader.sees_costs
    reason = "" if is_kept else one.reason.strip() or _cause(one)
    return Entry(one.at, one.who, pieces_of(reason, ()), decided=word, tone=tone)


def _cause(one: Note) -> str:
    return MoveReason(one.word).word if one.source is Source.WORK else ""


def _decided(one: Note) -> tuple[str, str | None]:
    """What was done, in words, and the tone it is marked with."""
    match one.source:
        case Source.MOVE:
            return _moved(one)
        case Source.DECISION:
            return _plan_words(one)
        case Source.LEFT_OUT:
            return f"Left out of the plan of {one.about}", "bad"
        case Source.HURDLE:
            words, tone = _HURDLES[HurdleAction(one.word)]
            return f"{words}: {one.about}", tone
        case Source.DATE | Source.WORK:
            what = f"Moved: {one.about}" if one.about else "Work moved"
            return f"{what}, {day(one.from_on)} → {day(one.to_on)}", None
        case Source.HANDOVER:
            return f"Handed over to {one.about}", None
        case Source.SIGNATURE:
            return "First signature", "accent"
        case Source.SUBMISSION:
            return "Submitted for approval", "accent"


def _moved(one: Note) -> tuple[str, str | None]:
    start, end = InitiativeState(one.before), InitiativeState(one.word)
    done = next((m.done for m in MOVES if (m.start, m.end) == (start, end)), end.value)
    return done.capitalize(), _TONES.get(end)


def _plan_words(one: Note) -> tuple[str, str | None]:
    plan = f" of {one.about}" if one.about else ""
    words, tone = _PLANS[DecisionKind(one.word)]
    return words.format(plan), tone


_TONES = {
    InitiativeState.SUBMITTED: "accent",
    InitiativeState.CERTIFIED: "ok",
    InitiativeState.SUSTAINED: "ok",
    InitiativeState.DRAFT: "warn",
    InitiativeState.WITHDRAWN: "bad",
}
_PLANS = {
    DecisionKind.APPROVE: ("Plan{} approved", "ok"),
    DecisionKind.APPROVE_WITHOUT: ("Plan{} approved without some items", "ok"),
    DecisionKind.RETURN: ("Plan{} returned", "warn"),
}
_HURDLES = {
    HurdleAction.RELEASE: ("Money released", "ok"),
    HurdleAction.HOLD: ("Held", "warn"),
    HurdleAction.RESCOPE: ("Rescoped", "warn"),
    HurdleAction.FINISH: ("Finished early", "accent"),
    HurdleAction.STOP: ("Stopped", "bad"),
}
"""What was done to a hurdle or plan, and its tone."""


def offered(people: Sequence[Known], everybody: Sequence[Known]) -> Iterator[dict[str, str]]:
    """People to mention, with what is written to mean no one else."""
    for one in people:
        is_alone = sum(other.name == one.name for other in everybody) == 1
        yield {
            "name": one.name,
            "handle": one.handle,
            "write": one.name if is_alone else one.handle,
        }

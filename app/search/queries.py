"""Find things of every domain by words, nearest first, a few of each kind.

What is near is said here in SQL as `rules.nearness` says it in Python. Ties are broken by keys and
numbers alone, since the two databases put letters in different orders.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Proposal, Tranche
from app.approvals.rules import OPEN_TRANCHES
from app.calendar.models import Cycle
from app.db.words import begins, ends, holds, reads
from app.initiatives.models import Initiative, Milestone
from app.initiatives.queries import has_words
from app.journeys.models import Journey
from app.portfolio.models import Run, Scenario
from app.roadmap.models import PlanVersion
from app.search.rules import MOST, Asked, Nearness


class Kind(Enum):
    """What can be found besides pages; in this order where they come equally near."""

    INITIATIVE = "initiative"
    JOURNEY = "journey"
    CYCLE = "cycle"
    SCENARIO = "scenario"
    RUN = "run"
    PROPOSAL = "proposal"
    PLAN = "plan"
    HURDLE = "hurdle"
    PERSON = "person"


class Hit(NamedTuple):
    """A thing that has the words; ``ref`` is what its address ends with."""

    near: Nearness
    ref: str
    name: str
    note: str


Found = dict[Kind, list[Hit]]
"""By kind at most one more than `MOST`, which tells that there are more."""


def find(session: Session, asked: Asked, kinds: Collection[Kind]) -> Found:
    """What has each of the words, of the kinds asked for, in at most three queries."""
    found: Found = {kind: [] for kind in kinds}
    if not asked.words:
        return found
    if Kind.INITIATIVE in kinds:
        found[Kind.INITIATIVE] = _initiatives(session, asked)
    if Kind.HURDLE in kinds:
        found[Kind.HURDLE] = _hurdles(session, asked)
    _find_others(session, asked, found)
    return found


def _near(name: SQLColumnExpression[str], asked: Asked) -> ColumnElement[int]:
    return case(
        (reads(name, asked.phrase), Nearness.EXACT.value),
        (begins(name, asked.phrase), Nearness.BEGINS.value),
        (holds(name, f" {asked.phrase}"), Nearness.BEGINS_A_WORD.value),
        (holds(name, asked.phrase), Nearness.INSIDE.value),
        else_=Nearness.ELSEWHERE.value,
    )


def _ranked(asked: Asked) -> CTE:
    """Initiatives that have the words in key, title or their owner's name, with their nearness."""
    by_key: list[tuple[Any, Any]] = [(reads(Initiative.key, asked.phrase), Nearness.EXACT.value)]
    if asked.phrase.isdecimal():
        by_key.append((ends(Initiative.key, f"-{asked.phrase}"), Nearness.EXACT.value))
    by_key.append((begins(Initiative.key, asked.phrase), Nearness.BEGINS.value))
    near = case(*by_key, else_=_near(Initiative.title, asked)).label("near")
    return select(Initiative.id, near).where(*has_words(asked.words)).cte("ranked")


def _initiatives(session: Session, asked: Asked) -> list[Hit]:
    ranked = _ranked(asked)
    rows = session.execute(
        select(ranked.c.near, Initiative.key, Initiative.title, Person.name)
        .join(Initiative, Initiative.id == ranked.c.id)
        .join(Person, Person.id == Initiative.owner_id)
        .order_by(ranked.c.near, func.length(Initiative.key), Initiative.key)
        .limit(MOST + 1)
    )
    return [Hit(Nearness(near), key, title, owner) for near, key, title, owner in rows]


def _hurdles(session: Session, asked: Asked) -> list[Hit]:
    """Hurdles of initiatives that have the words: open ones first, then by day."""
    ranked = _ranked(asked)
    is_over = case((Tranche.state.in_(OPEN_TRANCHES), 0), else_=1)
    rows = session.execute(
        select(ranked.c.near, Tranche.id, Milestone.name, Initiative.key, Initiative.title)
        .join(Initiative, Initiative.id == ranked.c.id)
        .join(Commitment, Commitment.initiative_id == Initiative.id)
        .join(Tranche, Tranche.commitment_id == Commitment.id)
        .join(Milestone, Milestone.id == Tranche.milestone_id)
        .order_by(ranked.c.near, is_over, Tranche.due_on, Tranche.id)
        .limit(MOST + 1)
    )
    return [
        Hit(Nearness(near), str(id_), name, f"{key} {title}")
        for near, id_, name, key, title in rows
    ]


def _find_others(session: Session, asked: Asked, found: Found) -> None:
    """Fill in the kinds whose things are found by their name alone, in one query."""
    arms = [_arm(kind, asked) for kind in found if kind in _SOURCES]
    if not arms:
        return
    rows = session.execute(union_all(*arms)).all()
    for word, near, _, ref, name, note in sorted(rows, key=lambda row: (row[1], -row[2])):
        found[Kind(word)].append(Hit(Nearness(near), ref, name, note))


@cache
def _things(kind: Kind) -> Subquery:
    return _SOURCES[kind]().subquery()


def _arm(kind: Kind, asked: Asked) -> Select[Any]:
    """The nearest of one kind, the latest first where they come equally near."""
    things = _things(kind).c
    whole = things.name.concat(" ").concat(things.note)
    near = _near(things.name, asked).label("near")
    nearest = (
        select(
            literal(kind.value).label("kind"), near, things.id, things.ref, things.name, things.note
        )
        .where(*(holds(whole, word) for word in asked.words))
        .order_by(near, things.id.desc())
        .limit(MOST + 1)
    )
    return select(nearest.subquery())


def _source(id_: Any, ref: Any, name: Any, note: Any) -> Select[Any]:
    return select(id_.label("id"), ref.label("ref"), name.label("name"), note.label("note"))


def _by_id(thing: Any, name: Any, note: Any) -> Select[Any]:
    return _source(thing.id, cast(thing.id, Text), name, note)


def _text(number: Any) -> ColumnElement[str]:
    return cast(number, Text)


def _runs() -> Select[Any]:
    name = literal("Run ").concat(_text(Run.id)).concat(" of ").concat(Scenario.name)
    return _by_id(Run, name, Cycle.name).join(Run.scenario).join(Scenario.cycle)


def _proposals() -> Select[Any]:
    name = Cycle.name.concat(", round ").concat(_text(Proposal.round))
    return _by_id(Proposal, name, literal("Proposal")).join(Proposal.cycle)


def _plans() -> Select[Any]:
    name = literal("Plan version ").concat(_text(PlanVersion.number)).concat(" of ")
    return _by_id(PlanVersion, name.concat(Cycle.name), PlanVersion.note).join(PlanVersion.cycle)


_SOURCES: Mapping[Kind, Callable[[], Select[Any]]] = {
    Kind.JOURNEY: lambda: _source(Journey.id, Journey.key, Journey.name, literal("")),
    Kind.CYCLE: lambda: _by_id(Cycle, Cycle.name, literal("")),
    Kind.SCENARIO: lambda: _by_id(Scenario, Scenario.name, Cycle.name).join(Scenario.cycle),
    Kind.RUN: _runs,
    Kind.PROPOSAL: _proposals,
    Kind.PLAN: _plans,
    Kind.PERSON: lambda: _by_id(Person, Person.name, Person.email),
}

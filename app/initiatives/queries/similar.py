"""Find initiatives that are like a new one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Person
from app.initiatives.models import Effect, Initiative, InitiativeTouchpoint, Option
from app.initiatives.rules import InitiativeState
from app.initiatives.rules.likeness import Likeness, Titles, find_like, in_order
from app.journeys.models import LeverPool
from app.journeys.rules import Lever


@dataclass(frozen=True, slots=True)
class Similar:
    """An initiative like another: what it is called, who owns it, where it stands, and why."""

    key: str
    title: str
    owner: str
    state: InitiativeState
    why: Likeness


def list_similar(
    session: Session, title: str, *, initiative_id: int | None = None
) -> list[Similar]:
    """The few most alike by title, or by place where it is stored already; in three queries.

    ``initiative_id``: the one that is compared, which is not like itself; None for a new one.
    """
    found = {one.id: one for one in find_like(title, _titles(session))}
    if initiative_id is not None:
        found.pop(initiative_id, None)
        for id_, key, touchpoints, levers in _at_same_place(session, initiative_id):
            one = found.get(id_) or Likeness(id_, key)
            found[id_] = replace(one, touchpoints=touchpoints, levers=levers)
    return _described(session, in_order(found.values()))


def load_titles(session: Session, *, without: Collection[str] = ()) -> Titles:
    """All titles there are but those of some keys, to compare many others with."""
    return Titles(one for one in _titles(session) if one[1] not in set(without))


def _titles(session: Session) -> Sequence[tuple[int, str, str]]:
    rows = session.execute(select(Initiative.id, Initiative.key, Initiative.title)).all()
    return [(row[0], row[1], row[2]) for row in rows]


def _at_same_place(
    session: Session, initiative_id: int
) -> list[tuple[int, str, int, tuple[str, ...]]]:
    """Others that change one of its touchpoints and move one of its levers.

    For each: id, key, how many of the touchpoints, which of the levers.
    """
    mine, theirs = aliased(InitiativeTouchpoint), aliased(InitiativeTouchpoint)
    rows = session.execute(
        select(Initiative.id, Initiative.key, theirs.touchpoint_id, LeverPool.lever)
        .join(theirs, theirs.initiative_id == Initiative.id)
        .join(mine, mine.touchpoint_id == theirs.touchpoint_id)
        .join(Option, Option.initiative_id == Initiative.id)
        .join(Effect, Effect.option_id == Option.id)
        .join(LeverPool, LeverPool.id == Effect.pool_id)
        .where(
            mine.initiative_id == initiative_id,
            Initiative.id != initiative_id,
            LeverPool.lever.in_(_levers_of(initiative_id)),
        )
        .distinct()
    )
    places: dict[tuple[int, str], tuple[set[int], set[str]]] = {}
    for id_, key, touchpoint_id, lever in rows:
        touchpoints, levers = places.setdefault((id_, key), (set(), set()))
        touchpoints.add(touchpoint_id)
        levers.add(lever.word.lower())
    return [(*one, len(at), tuple(sorted(by))) for one, (at, by) in places.items()]


def _levers_of(initiative_id: int) -> Select[Lever]:
    return (
        select(LeverPool.lever)
        .join(Effect, Effect.pool_id == LeverPool.id)
        .join(Option, Option.id == Effect.option_id)
        .where(Option.initiative_id == initiative_id)
    )


def _described(session: Session, found: Sequence[Likeness]) -> list[Similar]:
    """Who owns them and where they stand, the most alike first."""
    if not found:
        return []
    rows = session.execute(
        select(Initiative.id, Initiative.title, Initiative.state, Person.name)
        .join(Initiative.owner)
        .where(Initiative.id.in_([one.id for one in found]))
    )
    known = {row.id: row for row in rows}
    return [
        Similar(one.key, known[one.id].title, known[one.id].name, known[one.id].state, one)
        for one in found
    ]

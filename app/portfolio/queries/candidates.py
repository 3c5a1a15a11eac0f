"""Read what can be chosen from and what is committed already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, selectinload

from app.initiatives.models import (
    Dependency,
    Effect,
    Exclusion,
    Initiative,
    Option,
    OptionDemand,
    OptionSpend,
)
from app.initiatives.rules import InitiativeState
from app.journeys.models import Journey, LeverPool
from app.portfolio.rules.demands import initiative_tags
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class CommittedChoice:
    """An option some decision has approved and that still runs, with its start."""

    option_id: int
    start: Quarter


COMMITTED: list[Callable[[Session, int], Sequence[CommittedChoice]]] = []
"""Later stations append what is approved and running: (session, cycle id) → choices.

Their team days and their effects on the pools are taken off before anything is chosen; their money
comes by ``app.calendar.queries.BUDGET_FLOORS``.
"""


DELIVERED: list[Callable[[Session, Collection[str]], Mapping[str, Quarter]]] = []
"""Later stations append what was delivered and acts no more: (session, initiative keys) → starts.

It takes nothing from a plan, but what needs it may be chosen.
"""


@dataclass(frozen=True, slots=True)
class BoundMoney:
    """What a decision binds of a fund in a quarter, in the currency it was decided in."""

    initiative: str
    fund_id: int
    quarter: Quarter
    minor: int
    currency: str


BOUND_MONEY: list[Callable[[Session, int], Sequence[BoundMoney]]] = []
"""Later stations append who holds money of a cycle's funds in its quarters, in any currency:
(session, cycle id) → what each initiative holds. It names who takes what
``app.calendar.queries.BUDGET_FLOORS`` sums up, and what is left out there.
"""


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A candidate as lists and forms show it."""

    id: int
    key: str
    title: str
    tags: Mapping[str, str]
    option_keys: tuple[str, ...]


def list_candidate_lines(
    session: Session, cycle_id: int, *, limit: int | None = None
) -> list[CandidateLine]:
    """Candidates of a cycle by key, or the first ``limit`` of them, in one query."""
    chosen = (
        select(Initiative.id).where(*_is_candidate(cycle_id)).order_by(Initiative.key).limit(limit)
    )
    rows = session.execute(
        select(
            Initiative.id, Initiative.key, Initiative.title, Initiative.unit, Initiative.lens,
            Journey.key, Option.key,
        )
        .outerjoin(Initiative.journey)
        .outerjoin(Initiative.options)
        .where(Initiative.id.in_(chosen.subquery().select()))
        .order_by(Initiative.key, Option.position)
    )  # fmt: skip
    lines: dict[int, CandidateLine] = {}
    for id_, key, title, unit, lens, journey, option in rows:
        tags = initiative_tags(journey, unit, lens.value)
        line = lines.get(id_) or CandidateLine(id_, key, title, tags, ())
        options = (*line.option_keys, option) if option else line.option_keys
        lines[id_] = CandidateLine(id_, key, title, tags, options)
    return list(lines.values())


def count_candidates(session: Session, cycle_id: int) -> int:
    """How many initiatives of a cycle can be chosen from."""
    query = select(func.count()).select_from(Initiative).where(*_is_candidate(cycle_id))
    return session.scalar(query) or 0


def list_tags(session: Session, cycle_id: int) -> list[tuple[str, str]]:
    """Every (tag, value) some candidate of a cycle carries, by tag and value."""
    rows = session.execute(
        select(Journey.key, Initiative.unit, Initiative.lens)
        .select_from(Initiative)
        .outerjoin(Initiative.journey)
        .where(*_is_candidate(cycle_id))
        .distinct()
    )
    found = {
        pair
        for journey, unit, lens in rows
        for pair in initiative_tags(journey, unit, lens.value).items()
    }
    return sorted(found)


def _is_candidate(cycle_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Initiative.cycle_id == cycle_id, Initiative.state == InitiativeState.CANDIDATE


def list_committed(session: Session, cycle_id: int) -> list[CommittedChoice]:
    """What is approved and runs, with its starts."""
    return [choice for provide in COMMITTED for choice in provide(session, cycle_id)]


def load_committed_options(session: Session, cycle_id: int) -> list[tuple[Option, Quarter]]:
    """The options that are approved and run, whole, with their starts."""
    choices = list_committed(session, cycle_id)
    if not choices:
        return []
    options = session.scalars(
        select(Option)
        .where(Option.id.in_([choice.option_id for choice in choices]))
        .join(Option.initiative)
        .options(
            contains_eager(Option.initiative),
            selectinload(Option.spend).joinedload(OptionSpend.fund),
            selectinload(Option.demand).joinedload(OptionDemand.team),
            selectinload(Option.effects).joinedload(Effect.pool).joinedload(LeverPool.journey),
        )
    )
    by_id = {option.id: option for option in options}
    return [(by_id[choice.option_id], choice.start) for choice in choices]


def load_delivered(session: Session, keys: Collection[str]) -> dict[str, Quarter]:
    """Which of the initiatives were delivered and are retired, with their starts."""
    if not keys:
        return {}
    return {
        key: start for provide in DELIVERED for key, start in sorted(provide(session, keys).items())
    }


def list_bound_money(session: Session, cycle_id: int) -> list[BoundMoney]:
    """Who holds money of the cycle's funds in its quarters, whatever the currency."""
    return [one for provide in BOUND_MONEY for one in provide(session, cycle_id)]


@dataclass(frozen=True, slots=True)
class Bonds:
    """What ties initiatives to each other, by key: (needed key, lag) and excluded keys."""

    needs: Mapping[str, Sequence[tuple[str, int]]]
    excludes: Mapping[str, Sequence[str]]


def load_bonds(session: Session, ids: Sequence[int]) -> Bonds:
    """Dependencies of the given initiatives, and exclusions seen from either side."""
    one, other = aliased(Initiative), aliased(Initiative)
    needs: dict[str, list[tuple[str, int]]] = {}
    for key, needed, lag in session.execute(
        select(one.key, other.key, Dependency.lag_quarters)
        .join(one, Dependency.initiative_id == one.id)
        .join(other, Dependency.needs_id == other.id)
        .where(Dependency.initiative_id.in_(ids))
        .order_by(one.key, other.key)
    ):
        needs.setdefault(key, []).append((needed, lag))
    excludes: dict[str, list[str]] = {}
    for key, other_key in session.execute(
        select(one.key, other.key)
        .select_from(Exclusion)
        .join(one, Exclusion.initiative_id == one.id)
        .join(other, Exclusion.other_id == other.id)
        .where(Exclusion.initiative_id.in_(ids) | Exclusion.other_id.in_(ids))
        .order_by(one.key, other.key)
    ):
        excludes.setdefault(key, []).append(other_key)
        excludes.setdefault(other_key, []).append(key)
    return Bonds(needs, excludes)

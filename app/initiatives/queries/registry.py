"""The registry: one page of initiatives by filter and order, with what its columns show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Person
from app.calendar.models import Cycle
from app.db.words import holds
from app.initiatives.models import Initiative
from app.initiatives.queries.shapes import ProposalHead
from app.initiatives.rules import Horizon, InitiativeState, Lens
from app.journeys.models import Journey
from app.values.money import Money
from app.values.quarter import Quarter, QuarterSpan


@dataclass(frozen=True, slots=True)
class RegistryFilter:
    """Which initiatives somebody wants to see; None or empty: all of them.

    ``text``: words that each stand in title, key or the owner's name. ``after``: a key; only those
    that stand behind it in the order of keys.
    """

    state: InitiativeState | None = None
    journey: str = ""
    unit: str = ""
    lens: Lens | None = None
    owner_id: int | None = None
    cycle_id: int | None = None
    text: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """One initiative as the registry reads it."""

    id: int
    key: str
    title: str
    state: InitiativeState
    unit: str
    lens: Lens
    currency: str
    planned_start: Quarter
    cost_minor: int
    changed_at: datetime
    journey_key: str | None
    journey: str | None
    owner: str
    cycle_id: int | None
    cycle: str | None
    sponsor_id: int | None
    import_batch_id: int | None
    first_quarter: Quarter | None
    quarter_count: int | None
    discount_rate: Decimal | None
    sponsor: str | None
    owner_id: int
    created_by_id: int
    version: int
    total: int

    @property
    def cost(self) -> Money:
        return Money(self.cost_minor, self.currency)

    @property
    def head(self) -> ProposalHead:
        span = None
        if self.first_quarter is not None and self.quarter_count is not None:
            span = QuarterSpan(self.first_quarter, self.quarter_count)
        return ProposalHead(
            id=self.id,
            planned_start=self.planned_start,
            is_registered=self.import_batch_id is not None,
            has_sponsor=self.sponsor_id is not None,
            cycle_name=self.cycle or "",
            span=span,
        )

    @property
    def horizon(self) -> Horizon | None:
        if self.quarter_count is None or self.discount_rate is None:
            return None
        return Horizon(self.quarter_count, self.discount_rate)


Sponsor = aliased(Person)
_COLUMNS = (
    Initiative.id, Initiative.key, Initiative.title, Initiative.state, Initiative.unit,
    Initiative.lens, Initiative.currency, Initiative.planned_start, Initiative.cost_minor,
    Initiative.changed_at, Journey.key, Journey.name, Person.name, Initiative.cycle_id, Cycle.name,
    Initiative.sponsor_id, Initiative.import_batch_id, Cycle.first_quarter, Cycle.quarter_count,
    Cycle.discount_rate, Sponsor.name, Initiative.owner_id, Initiative.created_by_id,
    Initiative.version,
)  # fmt: skip

_NATURAL = (func.length(Initiative.key), Initiative.key)
SORTS: dict[str, tuple[Any, ...]] = {
    "key": _NATURAL,
    "title": (func.lower(Initiative.title),),
    "journey": (func.lower(Journey.name),),
    "unit": (func.lower(Initiative.unit),),
    "lens": (Initiative.lens,),
    "owner": (func.lower(Person.name),),
    "sponsor": (func.lower(Sponsor.name),),
    "cycle": (func.lower(Cycle.name),),
    "start": (Initiative.planned_start,),
    "state": (Initiative.state,),
    "cost": (Initiative.cost_minor,),
    "changed": (Initiative.changed_at,),
}
"""What the registry can be ordered by; a leading “-” turns the order round."""
_MAY_LACK = frozenset({"journey", "sponsor", "cycle"})
"""What an initiative can be without; those without stand last, whichever way."""


def list_registry(
    session: Session,
    wanted: RegistryFilter,
    *,
    order: str,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[RegistryLine], int]:
    """The lines from ``offset`` on and how many there are in all, in one query as a rule.

    Which lines these are is found out first, so that only they are read with all their columns.
    """
    ids = _filtered(select(Initiative.id), wanted, order=order)
    page = ids.order_by(*_order(order)).offset(offset).limit(limit)
    total = _filtered(select(func.count(Initiative.id)), wanted).scalar_subquery()
    lines: Any = select(*_COLUMNS, total)
    query = _joined(lines).where(Initiative.id.in_(page)).order_by(*_order(order))
    rows = session.execute(query).all()
    if rows or not offset:
        return [RegistryLine(*row) for row in rows], rows[0][-1] if rows else 0
    return [], session.scalar(select(total)) or 0


def find_line(session: Session, key: str) -> RegistryLine | None:
    """The line of one initiative; None where there is none of that key."""
    query: Any = select(*_COLUMNS, literal(1))
    row = session.execute(_joined(query).where(Initiative.key == key)).first()
    return RegistryLine(*row) if row else None


def list_ids(session: Session, wanted: RegistryFilter) -> list[int]:
    """The ids of all that match, by key."""
    return list(session.scalars(_filtered(select(Initiative.id), wanted).order_by(*_NATURAL)))


def matching_ids(wanted: RegistryFilter) -> Select[tuple[int]]:
    """The ids of all that match, to be asked for inside another query."""
    return _filtered(select(Initiative.id), wanted)


def _order(order: str) -> list[Any]:
    name = order.removeprefix("-")
    columns = SORTS.get(name, _NATURAL)
    if order.startswith("-"):
        columns = tuple(column.desc() for column in columns)
    if name in _MAY_LACK:
        columns = tuple(column.nulls_last() for column in columns)
    return [*columns, *_NATURAL]


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Initiative)
        .join(Person, Person.id == Initiative.owner_id)
        .outerjoin(Journey, Journey.id == Initiative.journey_id)
        .outerjoin(Cycle, Cycle.id == Initiative.cycle_id)
        .outerjoin(Sponsor, Sponsor.id == Initiative.sponsor_id)
    )


def _filtered(query: Select[Any], wanted: RegistryFilter, *, order: str = "") -> Select[Any]:
    """Initiatives that match, joined only with what the filter and the order look at."""
    by = order.removeprefix("-")
    query = query.select_from(Initiative)
    if by == "owner":
        query = query.join(Person, Person.id == Initiative.owner_id)
    if by == "sponsor":
        query = query.outerjoin(Sponsor, Sponsor.id == Initiative.sponsor_id)
    if by == "cycle":
        query = query.outerjoin(Cycle, Cycle.id == Initiative.cycle_id)
    if wanted.journey or by == "journey":
        query = query.outerjoin(Journey, Journey.id == Initiative.journey_id)
    for column, value in (
        (Initiative.state, wanted.state),
        (Initiative.lens, wanted.lens),
        (Initiative.owner_id, wanted.owner_id),
        (Initiative.cycle_id, wanted.cycle_id),
        (Journey.key, wanted.journey or None),
        (Initiative.unit, wanted.unit or None),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.after:
        length = len(wanted.after)
        behind = and_(func.length(Initiative.key) == length, Initiative.key > wanted.after)
        query = query.where(or_(func.length(Initiative.key) > length, behind))
    return query.where(*has_words(wanted.text.lower().split()))


def has_words(words: Iterable[str]) -> list[ColumnElement[bool]]:
    """That initiatives have each word, in small letters, in title, key or their owner's name."""
    return [
        or_(
            holds(Initiative.title, word),
            holds(Initiative.key, word),
            Initiative.owner_id.in_(select(Person.id).where(holds(Person.name, word))),
        )
        for word in words
    ]


@dataclass(frozen=True, slots=True)
class RegistryChoices:
    """What the filters offer: (value, word) each, only what occurs."""

    journeys: tuple[tuple[str, str], ...]
    owners: tuple[tuple[str, str], ...]
    cycles: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]


def load_choices(session: Session) -> RegistryChoices:
    """The journeys, owners, cycles and units that initiatives have, in one query."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, value, word in session.execute(_choices()):
        if value:
            found.setdefault(kind, []).append((value, word))
    listed = {
        kind: tuple(sorted(pairs, key=lambda pair: pair[1].lower()))
        for kind, pairs in found.items()
    }
    return RegistryChoices(
        *(listed.get(kind, ()) for kind in ("journey", "owner", "cycle", "unit"))
    )


@cache
def _choices() -> CompoundSelect[Any]:
    owners = select(Initiative.owner_id).distinct()
    return union_all(
        select(literal("journey"), Journey.key, Journey.name),
        select(literal("owner"), cast(Person.id, Text), Person.name).where(Person.id.in_(owners)),
        select(literal("cycle"), cast(Cycle.id, Text), Cycle.name),
        select(literal("unit"), Initiative.unit, Initiative.unit).distinct(),
    )

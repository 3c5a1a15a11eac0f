"""Who owned initiatives before, who could own them, and who decided about their money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.accounts.queries import list_permitted
from app.initiatives.models import Initiative, InitiativeHandover

MONEY_DECIDERS: list[Callable[[Session, int], Collection[int]]] = []
"""Later stations append who decided about an initiative's money: (session, id) → person ids."""


def load_money_deciders(session: Session, initiative_id: int) -> frozenset[int]:
    """Ids of everybody who decided about its money, for or against it."""
    return frozenset(
        person for deciders in MONEY_DECIDERS for person in deciders(session, initiative_id)
    )


def load_former_owners(
    session: Session, initiative_ids: Collection[int]
) -> dict[int, frozenset[int]]:
    """Ids of who owned each initiative before it was handed over; those never handed over are
    left out."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(InitiativeHandover.initiative_id, InitiativeHandover.from_owner_id).where(
            InitiativeHandover.initiative_id.in_(initiative_ids)
        )
    )
    for initiative_id, person_id in rows:
        found[initiative_id].add(person_id)
    return {id_: frozenset(people) for id_, people in found.items()}


def list_handovers(session: Session, initiative_id: int) -> Sequence[InitiativeHandover]:
    """Every handover of an initiative with its people, the first one first."""
    people = (
        InitiativeHandover.from_owner,
        InitiativeHandover.to_owner,
        InitiativeHandover.handed_over_by,
    )
    return session.scalars(
        select(InitiativeHandover)
        .where(InitiativeHandover.initiative_id == initiative_id)
        .options(*(joinedload(one).lazyload(Person.grants) for one in people))
        .order_by(InitiativeHandover.id)
    ).all()


def list_heirs(session: Session, initiative: Initiative) -> list[tuple[str, str]]:
    """Id and name of everybody who may own it from now on, by name."""
    decided = load_money_deciders(session, initiative.id)
    barred = decided | {initiative.owner_id, initiative.certified_by_id}
    return [
        (str(id_), name)
        for id_, name in list_permitted(session, "initiatives.edit")
        if id_ not in barred
    ]

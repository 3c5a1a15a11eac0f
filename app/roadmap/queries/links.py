"""Read which initiatives need which, for the roadmap's lines and words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.approvals.models import Commitment
from app.initiatives.models import Dependency, Initiative


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """An initiative at one end of a dependency."""

    id: int
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Link:
    """``dependant`` needs ``needed``, started at least ``lag_quarters`` before it."""

    dependant: LinkEnd
    needed: LinkEnd
    lag_quarters: int


def load_links(session: Session) -> list[Link]:
    """Dependencies of and on initiatives that were ever funded, by key; one query."""
    needed = aliased(Initiative)
    funded = select(Commitment.initiative_id)
    rows = session.execute(
        select(
            Initiative.id, Initiative.key, Initiative.title, needed.id, needed.key, needed.title,
            Dependency.lag_quarters,
        )
        .join(Dependency, Dependency.initiative_id == Initiative.id)
        .join(needed, needed.id == Dependency.needs_id)
        .where(or_(Dependency.initiative_id.in_(funded), Dependency.needs_id.in_(funded)))
        .order_by(Initiative.key, needed.key)
    )  # fmt: skip
    return [Link(LinkEnd(*row[:3]), LinkEnd(*row[3:6]), row[6]) for row in rows]

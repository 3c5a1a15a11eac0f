"""Read the options an approved initiative could go on with instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.approvals.models import Commitment
from app.initiatives.models import Option, OptionSpend
from app.portfolio.queries.running import load_whole_options
from app.roadmap.models import HurdleDecision, Rescope
from app.roadmap.rules.rescoping import needs_of

__all__ = ["SmallerOption", "find_rescope", "list_smaller", "load_whole_options", "total_spend"]


@dataclass(frozen=True, slots=True)
class SmallerOption:
    """Another option that needs less than what is held, with what it needs, minor units."""

    id: int
    name: str
    total_minor: int
    needs_minor: int


def total_spend(option: Option) -> int:
    """All money of an option loaded with its spend, minor units."""
    return sum(one.amount_minor for one in option.spend)


def list_smaller(
    session: Session, commitment: Commitment, *, released_minor: int, held_minor: int
) -> Sequence[SmallerOption]:
    """The options the initiative could be rescoped to, the smallest first; one query."""
    rows = session.execute(
        select(Option.id, Option.name, func.coalesce(func.sum(OptionSpend.amount_minor), 0))
        .outerjoin(OptionSpend, OptionSpend.option_id == Option.id)
        .where(Option.initiative_id == commitment.initiative_id, Option.id != commitment.option_id)
        .group_by(Option.id, Option.name, Option.position)
        .order_by(Option.position)
    )
    found = []
    for id_, name, total in rows:
        needs = needs_of(int(total), released_minor, held_minor)
        if needs is not None:
            found.append(SmallerOption(id_, name, int(total), needs))
    return found


def find_rescope(session: Session, tranche_id: int) -> Rescope | None:
    """The amendment decided at a hurdle, with both options; there is one at most."""
    return session.scalar(
        select(Rescope)
        .join(Rescope.decision)
        .where(HurdleDecision.tranche_id == tranche_id)
        .options(joinedload(Rescope.from_option), joinedload(Rescope.to_option))
    )

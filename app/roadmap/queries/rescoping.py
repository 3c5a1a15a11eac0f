"""Read the options an approved initiative could go on with instead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.approvals.models import Commitment
from app.approvals.queries.amended import AMENDED, Amended
from app.initiatives.models import Effect, Option, OptionSpend
from app.portfolio.queries.running import load_whole_options
from app.roadmap.models import HurdleDecision, Rescope
from app.roadmap.rules.rescoping import needs_of
from app.values.quarter import Quarter

__all__ = [
    "SmallerOption",
    "find_rescope",
    "kept_of",
    "last_rescope",
    "list_smaller",
    "load_whole_options",
    "promises_less",
    "total_spend",
]


Cell = tuple[int, Quarter]
"""A fund's id and a quarter."""


@dataclass(frozen=True, slots=True)
class SmallerOption:
    """Another option that needs less than what is held, with what it needs, minor units.

    ``promises_less`` than the option it goes on with now, of some behaviour.
    """

    id: int
    name: str
    total_minor: int
    needs_minor: int
    promises_less: bool = False


def promises_less(before: Any, after: Any) -> ColumnElement[bool]:
    """Whether one option has an effect that another lacks, or has a smaller one of."""
    had, has = aliased(Effect), aliased(Effect)
    kept = (
        select(has.id)
        .where(
            has.option_id == after.id, has.behaviour_id == had.behaviour_id,
            has.pool_id == had.pool_id, has.removal_share >= had.removal_share,
        )
        .correlate(had, after)
        .exists()
    )  # fmt: skip
    return select(had.id).where(had.option_id == before.id, ~kept).correlate(before, after).exists()


def total_spend(option: Option) -> int:
    """All money of an option loaded with its spend, minor units."""
    return sum(one.amount_minor for one in option.spend)


def list_smaller(
    session: Session, commitment: Commitment, *, released_minor: int, held_minor: int
) -> Sequence[SmallerOption]:
    """The options the initiative could be rescoped to, the smallest first; one query."""
    now = aliased(Option)
    less = promises_less(now, Option)
    rows = session.execute(
        select(Option.id, Option.name, func.coalesce(func.sum(OptionSpend.amount_minor), 0), less)
        .select_from(Option)
        .join(now, now.id == commitment.option_id)
        .outerjoin(OptionSpend, OptionSpend.option_id == Option.id)
        .where(Option.initiative_id == commitment.initiative_id, Option.id != commitment.option_id)
        .group_by(Option.id, Option.name, Option.position, now.id)
        .order_by(Option.position)
    )
    found = []
    for id_, name, total, promises in rows:
        needs = needs_of(int(total), released_minor, held_minor)
        if needs is not None:
            found.append(SmallerOption(id_, name, int(total), needs, bool(promises)))
    return found


LAST_RESCOPE = (
    select(Rescope.content)
    .where(Rescope.commitment_id == Commitment.id)
    .order_by(Rescope.id.desc())
    .limit(1)
    .correlate(Commitment)
    .scalar_subquery()
)
"""The frozen bytes of a commitment's last rescope, as a column of a query of `Commitment`."""


def last_rescope(commitment_id: int) -> ScalarSelect[bytes]:
    """The same of one commitment, as a column of any query."""
    return (
        select(Rescope.content)
        .where(Rescope.commitment_id == commitment_id)
        .order_by(Rescope.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def kept_of(content: bytes | None) -> dict[Cell, int] | None:
    """What a frozen rescope left bound by fund and quarter, None where it does not say.

    One from before that was frozen with it freed money from the latest quarters. It stays so,
    since other plans were approved on it.
    """
    kept = json.loads(content).get("kept") if content else None
    if kept is None:
        return None
    return {(one["fund_id"], Quarter.parse(one["quarter"])): one["minor"] for one in kept}


AMENDED.append(Amended(LAST_RESCOPE, kept_of))


def find_rescope(session: Session, tranche_id: int) -> Rescope | None:
    """The amendment decided at a hurdle, with both options; there is one at most."""
    return session.scalar(
        select(Rescope)
        .join(Rescope.decision)
        .where(HurdleDecision.tranche_id == tranche_id)
        .options(joinedload(Rescope.from_option), joinedload(Rescope.to_option))
    )

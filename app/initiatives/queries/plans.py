"""Ask later stations which plans hold an initiative and what it is worth in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives.models import Effect, Initiative, Option
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class PlanName:
    """A plan of the initiative's cycle: its key in addresses, its words, and the page of it.

    ``run_id`` is the run it came from, which can be asked more.
    """

    key: str
    words: str
    endpoint: str
    place: Mapping[str, int]
    run_id: int


@dataclass(frozen=True, slots=True)
class PlanValues:
    """What an initiative is worth in a plan, in minor units of the cycle's currency.

    ``resolved`` is what the plan loses when the money freed may buy other things, None while
    nobody has asked for it. ``is_cut``: items of the run's plan were left out when it was approved;
    ``resolved`` alone is then still of the run's whole plan. ``members`` are all the plan funds:
    the option's key by the initiative's.
    """

    option: str
    start: Quarter
    standalone: int
    allocated: int
    marginal: int
    resolved: int | None = None
    is_cut: bool = False
    members: Mapping[str, str] = field(default_factory=dict)


PLANS: list[Callable[[Session, Initiative], Sequence[PlanName]]] = []
"""Later stations append what plans there are, the one in force or the newest first."""

PLAN_VALUES: list[Callable[[Session, Initiative, PlanName], PlanValues | None]] = []
"""Later stations append what an initiative is worth in a plan of theirs; None where it is not in
the plan, or where the plan is another station's."""


def list_plans(session: Session, initiative: Initiative) -> list[PlanName]:
    """The plans of the initiative's cycle: what was approved, then the newest runs."""
    if initiative.cycle_id is None:
        return []
    return [name for names in reversed(PLANS) for name in names(session, initiative)]


def find_plan_values(session: Session, initiative: Initiative, plan: PlanName) -> PlanValues | None:
    """What the initiative is worth in the plan; None where the plan leaves it out."""
    for values in PLAN_VALUES:
        found = values(session, initiative, plan)
        if found is not None:
            return found
    return None


def load_sharers(
    session: Session, initiative: Initiative, values: PlanValues | None
) -> dict[int, list[tuple[str, str]]]:
    """Key and title of the others the plan funds that act on its pools, by pool id.

    ``initiative`` has its options and effects; those of the option the plan funds count.
    """
    if values is None:
        return {}
    pools = {
        effect.pool_id
        for option in initiative.options
        if option.key == values.option
        for effect in option.effects
    }
    rows = session.execute(
        select(Effect.pool_id, Initiative.key, Initiative.title, Option.key)
        .join(Option, Option.id == Effect.option_id)
        .join(Initiative, Initiative.id == Option.initiative_id)
        .where(Effect.pool_id.in_(pools), Initiative.cycle_id == initiative.cycle_id)
        .distinct()
        .order_by(Initiative.key)
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for pool_id, key, title, option in rows:
        if key != initiative.key and values.members.get(key) == option:
            found[pool_id].append((key, title))
    return dict(found)

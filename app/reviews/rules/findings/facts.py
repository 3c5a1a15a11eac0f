"""What findings are worked out from, and who shares something with whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.initiatives.rules import Lens
from app.journeys.rules import JourneyStake, StaleBaseline
from app.reviews.rules.findings.result import Item, Place, PlaceKind
from app.roadmap.rules.needed import LostNeed
from app.values.money import Money
from app.values.written import day_words


@dataclass(frozen=True, slots=True)
class HurdleFacts:
    """A hurdle in trouble: held, or open after its day."""

    id: int
    name: str
    due_on: date
    is_held: bool

    @property
    def words(self) -> str:
        return "held" if self.is_held else f"late since {day_words(self.due_on)}"


@dataclass(frozen=True, slots=True)
class BehaviourFacts:
    """A target behaviour, and whether it names a customer need that holds."""

    description: str
    serves: bool


@dataclass(frozen=True, slots=True)
class InitiativeFacts:
    """An initiative in the portfolio.

    ``cost`` is its planned cost: what is committed once approved, before that the fund spend of its
    full option. ``pools``: ids of those it works on under any option. ``needs``: ids of the
    initiatives it needs. ``criteria``: how many its hurdles have. ``hurdles``: those in trouble.
    ``is_under_way``: its money is not all released or freed. ``lost``: what it needs and that is
    gone.
    """

    id: int
    key: str
    title: str
    unit: str
    lens: Lens
    cost: Money
    owner: str
    has_owner: bool
    journey: int | None = None
    pools: frozenset[int] = frozenset()
    needs: frozenset[int] = frozenset()
    behaviours: tuple[BehaviourFacts, ...] = ()
    criteria: int = 0
    hurdles: tuple[HurdleFacts, ...] = ()
    is_under_way: bool = False
    lost: tuple[LostNeed, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.key} {self.title}"

    def item(self, why: str) -> Item:
        """What a finding says about it."""
        return Item(Place(PlaceKind.INITIATIVE, self.key, self.id), self.name, why, self.cost)


@dataclass(frozen=True, slots=True)
class JourneyFacts:
    """A journey in use with the ids of its pools and what is at stake in a year."""

    id: int
    key: str
    name: str
    pools: frozenset[int]
    stake: JourneyStake

    @property
    def place(self) -> Place:
        return Place(PlaceKind.JOURNEY, self.key, self.id)


@dataclass(frozen=True, slots=True)
class PortfolioFacts:
    """Everything in the portfolio, and the company around it.

    ``initiatives`` are all, of every cycle; ``judged`` those a finding judges, of one cycle or all.
    ``units``: names of the listed organisation units. ``stale``: journeys measured too long ago or
    never.
    """

    initiatives: tuple[InitiativeFacts, ...]
    judged: tuple[InitiativeFacts, ...]
    journeys: tuple[JourneyFacts, ...] = ()
    units: tuple[tuple[int, str], ...] = ()
    stale: tuple[StaleBaseline, ...] = ()

    def acted_on(self) -> set[int]:
        """Ids of the journeys that an initiative in the portfolio is on or works on pools of."""
        found = {one.journey for one in self.initiatives if one.journey is not None}
        pools = {pool for one in self.initiatives for pool in one.pools}
        return found | {one.id for one in self.journeys if one.pools & pools}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """With whom an initiative can share something: some initiatives by journey, pool and tie."""

    ids: frozenset[int]
    journeys: Mapping[int, int]
    pools: Mapping[int, int]
    tied: frozenset[int]

    @classmethod
    def of(
        cls, others: Iterable[InitiativeFacts], everybody: Iterable[InitiativeFacts]
    ) -> Surroundings:
        """``others`` as company for ``everybody``, whose dependencies run either way."""
        known = tuple(others)
        ids = frozenset(one.id for one in known)
        tied: set[int] = set()
        for one in everybody:
            for needed in one.needs - {one.id}:
                if needed in ids:
                    tied.add(one.id)
                if one.id in ids:
                    tied.add(needed)
        return cls(
            ids,
            Counter(one.journey for one in known if one.journey is not None),
            Counter(pool for one in known for pool in one.pools),
            frozenset(tied),
        )

    def shares_with(self, one: InitiativeFacts) -> bool:
        """Whether one of them, other than itself, shares a journey, pool or dependency with it."""
        itself = 1 if one.id in self.ids else 0
        on_journey = one.journey is not None and self.journeys.get(one.journey, 0) > itself
        on_pool = any(self.pools.get(pool, 0) > itself for pool in one.pools)
        return on_journey or on_pool or one.id in self.tied

"""Whether initiatives work together: isolation, technology alone, integration."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from app.initiatives.rules import Lens
from app.reviews.rules.findings.facts import (
    InitiativeFacts,
    JourneyFacts,
    PortfolioFacts,
    Surroundings,
)
from app.reviews.rules.findings.result import (
    Count,
    Finding,
    Item,
    Place,
    PlaceKind,
    Portion,
    in_order,
    largest_share,
    portions_of,
    severity_of,
)
from app.reviews.rules.findings.words import (
    FEWEST_PARTS,
    NOTHING_TO_JUDGE,
    FindingKind,
    Severity,
)
from app.values.money import Money


def isolated(facts: PortfolioFacts) -> Finding:
    """Find initiatives that share no journey, pool or dependency with others (model N1).

    Figure: isolated ÷ judged. Others are the whole portfolio, of every cycle.
    """
    kind = FindingKind.ISOLATED
    around = Surroundings.of(facts.initiatives, facts.initiatives)
    alone = [one for one in facts.judged if not around.shares_with(one)]
    count = Count(len(alone), len(facts.judged), "initiative", "initiatives")
    portions = _money_of(alone, facts)
    if len(facts.initiatives) < 2 or not facts.judged:
        said = "It takes two initiatives in the portfolio to share something."
        said = said if facts.judged else NOTHING_TO_JUDGE
        return Finding(kind, Severity.UNKNOWN, count, said, portions)
    if not alone:
        said = "Every initiative shares a journey, a pool or a dependency with another one."
        return Finding(kind, Severity.HOLDS, count, said, portions)
    verb = "shares" if len(alone) == 1 else "share"
    said = f"{count.words} {verb} no journey, no pool and no dependency with any other."
    items = in_order(one.item(_belongs_to(one, facts)) for one in alone)
    return Finding(kind, severity_of(count.share), count, said, portions, items)


def technology_alone(facts: PortfolioFacts) -> Finding:
    """Find technology that no initiative on people or process goes with (model N2).

    Figure: planned cost of technology alone ÷ planned cost of all judged, by currency.
    """
    kind = FindingKind.TECHNOLOGY
    carriers = [one for one in facts.initiatives if one.lens is not Lens.TECHNOLOGY]
    around = Surroundings.of(carriers, facts.initiatives)
    technology = [one for one in facts.judged if one.lens is Lens.TECHNOLOGY]
    alone = [one for one in technology if not around.shares_with(one)]
    count = Count(len(alone), len(technology), "technology initiative", "technology initiatives")
    portions = _money_of(alone, facts)
    mix = _mix(facts)
    if not portions:
        said = "No initiative looked at has a planned cost yet."
        return Finding(kind, Severity.UNKNOWN, count, said)
    share = largest_share(portions)
    said = "No initiative looked at mainly changes technology."
    if alone:
        verb = "goes" if len(alone) == 1 else "go"
        said = f"{count.words} {verb} with nothing that changes people or process."
    elif technology:
        said = "All technology goes with an initiative that changes people or process."
    severity = severity_of(share) if share or not alone else Severity.WATCH
    items = in_order(one.item(_belongs_to(one, facts)) for one in alone)
    return Finding(kind, severity, count, said, portions, items, mix)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The initiatives in the portfolio on one journey."""

    journey: JourneyFacts
    initiatives: tuple[InitiativeFacts, ...]

    @property
    def sputtering(self) -> list[InitiativeFacts]:
        return [one for one in self.initiatives if one.hurdles]

    @property
    def are_tied(self) -> bool:
        """Whether a dependency is recorded between any two of them."""
        ids = {one.id for one in self.initiatives}
        return any(one.needs & (ids - {one.id}) for one in self.initiatives)

    @property
    def costs(self) -> list[Money]:
        return [one.cost for one in self.initiatives]

    def items(self) -> list[Item]:
        """The journey, then each hurdle in trouble."""
        parts = self.sputtering
        why = f"{len(self.initiatives)} initiatives, no dependency; {len(parts)} held or late"
        hurdles = [
            Item(
                Place(PlaceKind.HURDLE, one.key, hurdle.id), one.name,
                f"{hurdle.name}, {hurdle.words}",
            )
            for one in parts
            for hurdle in one.hurdles
        ]  # fmt: skip
        return [Item(self.journey.place, self.journey.name, why), *hurdles]


def integration_undone(facts: PortfolioFacts) -> Finding:
    """Find journeys whose parts sputter while nothing ties them together (model N9).

    Parts: initiatives in the portfolio on one journey, at least three. Undone: no dependency
    between any two parts. Figure: undone with a sputtering part ÷ journeys with enough parts.
    """
    kind = FindingKind.INTEGRATION
    looked_at = _journeys_of_parts(facts)
    sputtering = [parts for parts in looked_at if parts.sputtering]
    undone = [parts for parts in sputtering if not parts.are_tied]
    count = Count(len(undone), len(looked_at), "journey", "journeys")
    portions = portions_of(
        (cost for parts in undone for cost in parts.costs),
        (cost for parts in looked_at for cost in parts.costs),
    )
    if not looked_at:
        said = f"No journey has {FEWEST_PARTS} initiatives in the portfolio to tie together."
        return Finding(kind, Severity.UNKNOWN, count, said)
    if not undone:
        said = "No hurdle of these journeys is held or late."
        if sputtering:
            said = "Where a hurdle is held or late, what needs what is recorded on its journey."
        return Finding(kind, Severity.HOLDS, count, said, portions)
    verb = "has" if len(undone) == 1 else "have"
    said = (
        f"{count.words} with {FEWEST_PARTS} or more initiatives {verb} no dependency between any"
        " two of them while hurdles are held or late."
    )
    worst = max(len(parts.sputtering) for parts in undone)
    severity = Severity.ACT if worst > 1 else Severity.WATCH
    items = tuple(item for parts in undone for item in parts.items())
    return Finding(kind, severity, count, said, portions, items)


def _journeys_of_parts(facts: PortfolioFacts) -> list[_Parts]:
    """Journeys with enough parts, of which at least one is judged."""
    on: dict[int, list[InitiativeFacts]] = defaultdict(list)
    for one in facts.initiatives:
        if one.journey is not None:
            on[one.journey].append(one)
    judged = {one.journey for one in facts.judged}
    return [
        _Parts(journey, tuple(on[journey.id]))
        for journey in facts.journeys
        if journey.id in judged and len(on[journey.id]) >= FEWEST_PARTS
    ]


def _money_of(some: list[InitiativeFacts], facts: PortfolioFacts) -> tuple[Portion, ...]:
    return portions_of((one.cost for one in some), (one.cost for one in facts.judged))


def _mix(facts: PortfolioFacts) -> tuple[tuple[Lens, Portion], ...]:
    return tuple(
        (lens, portion)
        for lens in Lens
        for portion in _money_of([one for one in facts.judged if one.lens is lens], facts)
    )


def _belongs_to(one: InitiativeFacts, facts: PortfolioFacts) -> str:
    """What an initiative is on, for somebody who wonders why it stands alone."""
    names = {journey.id: journey.name for journey in facts.journeys}
    where = names.get(one.journey or 0)
    journey = f"on {where}" if where else "on no journey in use"
    pools = f"{len(one.pools)} {'pool' if len(one.pools) == 1 else 'pools'}"
    return f"{one.lens.word}, {journey}, {pools if one.pools else 'no pool'}"

"""The business case beside the value: discounted cost, and the way from claim to value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, fsum

from app.initiatives.rules.value import Horizon, OptionClaim, Standalone, standalone_value


@dataclass(frozen=True, slots=True)
class CostRow:
    """Money an option needs from one source: as spent, discounted, and what lies beyond."""

    label: str
    nominal_minor: int
    discounted_minor: int
    beyond_minor: int


def cost_row(label: str, flow: Mapping[int, int], start: int, horizon: Horizon) -> CostRow:
    """Discount minor units by quarter from the start; beyond the horizon they count nothing."""
    within = {
        start + offset: amount
        for offset, amount in flow.items()
        if start + offset < horizon.quarters
    }
    nominal = sum(within.values())
    discounted = round(fsum(amount * horizon.discount(t) for t, amount in within.items()))
    return CostRow(label, nominal, discounted, sum(flow.values()) - nominal)


def cost_rows(
    flows: Mapping[str, Mapping[int, int]], start: int, horizon: Horizon
) -> tuple[CostRow, ...]:
    """A row per source, each rounded by itself so that a plan's costs add up as its cases do."""
    return tuple(cost_row(label, flow, start, horizon) for label, flow in flows.items())


@dataclass(frozen=True, slots=True)
class OptionCase:
    """An option on one card, minor units: what it is worth alone, what it costs, what is left."""

    claim: OptionClaim
    standalone: Standalone
    costs: tuple[CostRow, ...]
    steps: tuple[ClaimStep, ...]

    @property
    def cost(self) -> int:
        return sum(row.discounted_minor for row in self.costs)

    @property
    def nominal_cost(self) -> int:
        return sum(row.nominal_minor for row in self.costs)

    @property
    def beyond(self) -> int:
        return sum(row.beyond_minor for row in self.costs)

    @property
    def net(self) -> int:
        return self.standalone.total - self.cost


def option_case(
    claim: OptionClaim,
    flows: Mapping[str, Mapping[int, int]],
    annual: Mapping[int, int],
    pools: Mapping[int, Sequence[int]],
    horizon: Horizon,
) -> OptionCase:
    """The whole case of an option; ``flows``: minor units by source and quarter from the start."""
    return OptionCase(
        claim=claim,
        standalone=standalone_value(claim, pools, horizon),
        costs=cost_rows(flows, claim.start, horizon),
        steps=claim_steps(claim, annual, pools, horizon),
    )


@dataclass(frozen=True, slots=True)
class ClaimStep:
    """One step from what is claimed to what counts; the first and the last are totals."""

    label: str
    short: str
    note: str
    minor: int
    is_total: bool = False


def claim_steps(
    claim: OptionClaim,
    annual: Mapping[int, int],
    pools: Mapping[int, Sequence[int]],
    horizon: Horizon,
) -> tuple[ClaimStep, ...]:
    """From the naive claim to the standalone value; the steps add up to the cent.

    ``annual``: undiscounted yearly value by pool, ``pools``: discounted value per quarter by pool.
    A declared benefit comes once, at go-live: it loses by time and haircut, and to the ramp only
    where it would come after the horizon.
    """
    claimed = _at_once(
        claim, {pool: [worth / 4] * horizon.quarters for pool, worth in annual.items()}
    )
    timed = _at_once(claim, pools)
    graded = _at_once(claim, pools, graded=True)
    naive, trusted, certain = 0, 0, 0
    if claim.declared is not None:
        naive = claim.declared.amount_minor
        later = naive * horizon.discount(claim.live)
        trusted = round(later)
        certain = round(later * float(claim.declared.grade.haircut))
    value = standalone_value(claim, pools, horizon).total
    totals = [claimed + naive, timed + trusted, graded + certain, value]
    deltas = [after - before for before, after in pairwise(totals)]
    return (
        ClaimStep("Claimed", "Claimed", "yearly pools × removal × years", totals[0], True),
        ClaimStep("Time and discounting", "Time", "money later is worth less", deltas[0]),
        ClaimStep("Evidence haircut", "Haircut", "by the grade of each effect", deltas[1]),
        ClaimStep("Start and ramp", "Ramp", "nothing before go-live, then a ramp", deltas[2]),
        ClaimStep("Standalone value", "Value", "what counts", totals[3], True),
    )


def extended_steps(
    steps: Sequence[ClaimStep], standalone: int, allocated: int
) -> tuple[ClaimStep, ...]:
    """The way on from the standalone value to what a plan allocates; adds up to the cent.

    ``standalone`` and ``allocated`` are the plan's figures: its standalone value is on what
    approved initiatives left of the pools, and on the inputs as they were then.
    """
    last = steps[-1]
    earlier, shared = standalone - last.minor, allocated - standalone
    return (
        *steps,
        ClaimStep("Approved earlier", "Earlier", "what approved initiatives take first", earlier),
        ClaimStep("Overlap with the plan", "Overlap", "pools shared with others", shared),
        ClaimStep("Allocated value", "Allocated", "its share of the plan", allocated, True),
    )


def _at_once(
    claim: OptionClaim, pools: Mapping[int, Sequence[float]], *, graded: bool = False
) -> int:
    """Value if every effect were full from the first quarter on, with or without haircut."""
    touched = {effect.pool for effect in claim.effects} & pools.keys()
    return round(
        fsum(
            fsum(pools[pool]) * (1.0 - exp(-claim.strength(pool, graded=graded)))
            for pool in touched
        )
    )

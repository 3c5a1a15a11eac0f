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
    *,
    stocks: Mapping[int, Sequence[int]] | None = None,
) -> OptionCase:
    """The whole case of an option; ``flows``: minor units by source and quarter from the start.

    ``annual``, ``pools`` and ``stocks`` as `claim_steps` takes them.
    """
    return OptionCase(
        claim=claim,
        standalone=standalone_value(claim, pools, horizon),
        costs=cost_rows(flows, claim.start, horizon),
        steps=claim_steps(claim, annual, pools, horizon, stocks=stocks),
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
    *,
    stocks: Mapping[int, Sequence[int]] | None = None,
) -> tuple[ClaimStep, ...]:
    """From the naive claim to the standalone value; the steps add up to the cent.

    ``annual``: undiscounted yearly value by pool, ``pools``: discounted value per quarter by pool,
    ``stocks``: what ``pools`` has of pools that keep customers, before discounting. A customer kept
    may bring more by staying than the year it was claimed with, so that is a step of its own.
    A declared benefit comes once, at go-live: it loses by time and haircut, and to the ramp only
    where it would come after the horizon.
    """
    stocks = stocks or {}
    yearly: dict[int, Sequence[float]] = {
        pool: [worth / 4] * horizon.quarters for pool, worth in annual.items()
    }
    claimed, stayed = _at_once(claim, yearly), _at_once(claim, {**yearly, **stocks})
    timed = _at_once(claim, pools)
    graded = _at_once(claim, pools, graded=True)
    naive, trusted, certain = 0, 0, 0
    if claim.declared is not None:
        naive = claim.declared.amount_minor
        later = naive * horizon.discount(claim.live)
        trusted = round(later)
        certain = round(later * float(claim.declared.grade.haircut))
    value = standalone_value(claim, pools, horizon).total
    totals = [claimed + naive, stayed + naive, timed + trusted, graded + certain, value]
    deltas = [after - before for before, after in pairwise(totals)]
    steps = [ClaimStep(*words, delta) for words, delta in zip(_BETWEEN, deltas, strict=True)]
    if not any(effect.pool in stocks for effect in claim.effects):
        del steps[0]
    return (
        ClaimStep("Claimed", "Claimed", _AS_CLAIMED, totals[0], True),
        *steps,
        ClaimStep("Standalone value", "Value", "present value, as if alone", value, True),
    )


_AS_CLAIMED = "yearly pools × removal × years, not discounted"
_BETWEEN = (
    (
        "Customers kept", "Kept",
        "one kept brings its margin quarter by quarter while it stays, not a year’s at once; "
        "not discounted",
    ),
    ("Time and discounting", "Time", "money later is worth less: from here on present value"),
    ("Evidence haircut", "Haircut", "by the grade of each effect"),
    ("Start and ramp", "Ramp", "nothing before go-live, then a ramp; less again as it fades"),
)  # fmt: skip
"""Label, short label and reason of each step between the claim and the standalone value."""
_EARLIER = "what approved initiatives take first, and what changed since the plan was made"
_SHARED = "pools shared with others of the plan; synergies and overtime, where it has any"


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
        ClaimStep("Approved earlier", "Earlier", _EARLIER, earlier),
        ClaimStep("Overlap with the plan", "Overlap", _SHARED, shared),
        ClaimStep(
            "Allocated value", "Allocated", "present value, its share of the plan", allocated, True
        ),
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

"""Ask later stations how much of each pool they claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PoolClaim:
    """The intensity Σ g·a with which some initiatives act on a pool at full effect.

    ``is_decided``: their money is approved; otherwise they are candidates for a decision.
    """

    pool_id: int
    strength: float
    is_decided: bool


PoolClaimant = Callable[[Session], Iterable[PoolClaim]]

POOL_CLAIMS: list[PoolClaimant] = []
"""Later stations append what live initiatives claim of the pools of all journeys."""


def claims_on_pools(session: Session) -> dict[int, tuple[float, float]]:
    """Intensity on each pool by id: of what is approved, and of all live initiatives."""
    found: dict[int, tuple[float, float]] = {}
    for claimant in POOL_CLAIMS:
        for claim in claimant(session):
            decided, live = found.get(claim.pool_id, (0.0, 0.0))
            found[claim.pool_id] = (
                decided + (claim.strength if claim.is_decided else 0.0),
                live + claim.strength,
            )
    return found

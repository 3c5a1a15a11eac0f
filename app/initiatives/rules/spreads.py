"""Three quantiles of a figure, and the values that draws stand for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np

TENTH = NormalDist().inv_cdf(0.9)
_POINTS = 2_000


@dataclass(frozen=True, slots=True)
class Spread:
    """P10, P50 and P90 of a figure; all three are equal where it counts as certain.

    Money is log-normal on either side of its middle, straight where its P10 is not above zero;
    everything else follows PERT's curve, Beta(3, 3), on either side of the middle. Both have
    exactly the three quantiles given, however lopsided they are.
    """

    low: float
    middle: float
    high: float
    is_money: bool = False

    @classmethod
    def of(
        cls,
        middle: Decimal,
        low: Decimal | None = None,
        high: Decimal | None = None,
        *,
        is_money: bool = False,
    ) -> Spread:
        """The spread of a figure; without both ends it counts as certain."""
        if low is None or high is None:
            low = high = middle
        return cls(float(low), float(middle), float(high), is_money)

    @property
    def is_range(self) -> bool:
        return self.low < self.high

    def values(self, normal: Any) -> Any:
        """The values that standard normal draws stand for, equal ranks for equal draws."""
        if self.is_money and self.low > 0:
            below = self.middle * (self.low / self.middle) ** (normal / -TENTH)
            above = self.middle * (self.high / self.middle) ** (normal / TENTH)
            return np.where(normal < 0, below, above)
        steps = normal / TENTH if self.is_money else np.interp(normal, *_pert_curve())
        width = np.where(steps < 0, self.middle - self.low, self.high - self.middle)
        return self.middle + width * steps


@lru_cache(maxsize=1)
def _pert_curve() -> tuple[Any, Any]:
    """Standard normal draws and the PERT quantiles of the same rank, −1 at P10 and 1 at P90.

    Beta(3, 3), which PERT takes for a middle halfway between its ends, has the distribution
    function x³·(10 − 15x + 6x²).
    """
    x = np.arange(1, _POINTS) / _POINTS
    rank = x**3 * (10 - 15 * x + 6 * x**2)
    inverse = NormalDist().inv_cdf
    normal = np.array([inverse(float(share)) for share in rank])
    tenth = np.interp(TENTH, normal, x) - 0.5
    return normal, (x - 0.5) / tenth


def normals(draws: int, *seeds: int) -> Any:
    """Standard normal draws that depend on the seeds alone."""
    return np.random.default_rng(seeds).standard_normal(draws)

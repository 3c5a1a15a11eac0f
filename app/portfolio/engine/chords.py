"""Bounded segments of the concave curve 1 − exp(−S): an inner approximation, never overstated.

Between two breakpoints the chord lies below the curve by at most ``chord_depth``. Breakpoints are
even in w = exp(−S/2), which makes that depth the same for every segment; if few sums of intensities
can occur at all, they are the breakpoints and nothing is lost. The number of segments follows the
money at stake: with depth ∝ c²/K² it is smallest for a given total at K ∝ (V·c²)^⅓.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, exp, expm1, log

from app.portfolio.engine.problem import Problem

Place = tuple[int, int]
"""Pool and planning quarter."""

MOST_SEGMENTS = 48
ALL_SEGMENTS = 20_000
EXACT_SUMS = 24
TINY_INTENSITY = 1e-9
"""Intensities this small against the largest on a pool quarter are left to the bound."""


@dataclass(frozen=True)
class Curve:
    """One pool quarter: who acts on it, and the segments of its curve.

    ``terms`` are (placement position, intensity); ``widths`` and ``slopes`` describe the segments
    from ``start`` on, ``base`` is the removed share at ``start``. ``depth`` is the largest removed
    share by which the segments understate the curve anywhere.
    """

    worth: int
    terms: tuple[tuple[int, float], ...]
    start: float
    base: float
    widths: tuple[float, ...]
    slopes: tuple[float, ...]
    depth: float


class Overlap:
    """Who acts on which pool quarter, gathered once for curves of any fineness.

    ``positions`` are the placements in play.
    """

    def __init__(self, problem: Problem, positions: Sequence[int]) -> None:
        self.problem = problem
        self._acting = _acting(problem, positions)
        self._reach = {place: _reach(problem, terms) for place, terms in self._acting.items()}
        self._sums = {
            place: _possible_sums(problem, terms) for place, terms in self._acting.items()
        }

    def curves(self, tolerance: float) -> dict[Place, Curve]:
        """The curve of every pool quarter some placement acts on.

        ``tolerance`` is the total understatement in minor units to aim for (reached unless
        MOST_SEGMENTS or ALL_SEGMENTS stops it).
        """
        stakes = {
            place: self._worth(place) * _length(*self._reach[place]) for place in self._acting
        }
        counts = _segment_counts(stakes, tolerance)
        return {
            place: _curve(self._worth(place), terms, counts[place], *self._known(place))
            for place, terms in self._acting.items()
        }

    def potential(self) -> float:
        """Pool money within reach of everything together; a scale, not a bound."""
        return sum(self._worth(place) * -expm1(-high) for place, (_, high) in self._reach.items())

    def _worth(self, place: Place) -> int:
        return self.problem.pools[place[0]].value[place[1]]

    def _known(self, place: Place) -> tuple[tuple[float, float], list[float]]:
        return self._reach[place], self._sums[place]


def curves(problem: Problem, positions: Sequence[int], tolerance: float) -> dict[Place, Curve]:
    """The curves of one fineness."""
    return Overlap(problem, positions).curves(tolerance)


def understatement(found: Mapping[Place, Curve]) -> float:
    """The most, in minor units, by which the segments understate any plan's pool value."""
    return sum(curve.worth * curve.depth for curve in found.values())


def chord_depth(low: float, high: float) -> float:
    """Largest distance between 1 − exp(−S) and its chord over [low, high]."""
    width = high - low
    if width <= 0:
        return 0.0
    slope = -expm1(-width) / width
    touch = -log(slope)
    return exp(-low) * max(0.0, -expm1(-touch) - slope * touch)


def _acting(problem: Problem, positions: Sequence[int]) -> dict[Place, list[tuple[int, float]]]:
    found: dict[Place, list[tuple[int, float]]] = {}
    for position in positions:
        placement = problem.placements[position]
        last = len(problem.quarters) - placement.start
        for effect in problem.option(placement).effects:
            worth = problem.pools[effect.pool].value
            for offset, intensity in enumerate(effect.intensity[:last]):
                quarter = placement.start + offset
                if intensity and worth[quarter]:
                    entry = found.setdefault((effect.pool, quarter), [])
                    entry.append((position, float(intensity)))
    return found


def _reach(problem: Problem, terms: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Lowest and highest S that one placement per initiative can add up to."""
    low: dict[int, float] = {}
    high: dict[int, float] = {}
    for position, intensity in terms:
        place = problem.placements[position].initiative
        low[place] = min(low.get(place, 0.0), intensity)
        high[place] = max(high.get(place, 0.0), intensity)
    return sum(low.values()), sum(high.values())


def _length(low: float, high: float) -> float:
    """c², c the length of the curve in w = exp(−S/2)."""
    return (exp(-low / 2) - exp(-high / 2)) ** 2


def _segment_counts(stakes: Mapping[Place, float], tolerance: float) -> dict[Place, int]:
    """K per pool quarter: Σ V·c²/(2K²) ≤ tolerance with the fewest segments in all."""
    roots = {place: stake ** (1 / 3) for place, stake in stakes.items()}
    total = sum(roots.values())
    factor = min((total / (2 * max(tolerance, 1e-9))) ** 0.5, ALL_SEGMENTS / max(total, 1e-9))
    return {place: max(1, min(MOST_SEGMENTS, ceil(root * factor))) for place, root in roots.items()}


def _curve(
    worth: int,
    terms: Sequence[tuple[int, float]],
    segments: int,
    reach: tuple[float, float],
    sums: Sequence[float],
) -> Curve:
    low, high = reach
    if 2 <= len(sums) <= max(EXACT_SUMS, segments + 1):
        points, depth = list(sums), 0.0
    else:
        points = _even_points(low, high, segments)
        depth = max(chord_depth(a, b) for a, b in pairwise(points))
    biggest = max(abs(intensity) for _, intensity in terms)
    kept = tuple(term for term in terms if abs(term[1]) > biggest * TINY_INTENSITY)
    dropped = sum(abs(intensity) for _, intensity in terms) - sum(abs(a) for _, a in kept)
    widths = tuple(b - a for a, b in pairwise(points))
    slopes = tuple(
        exp(-a) * -expm1(-width) / width for a, width in zip(points, widths, strict=False)
    )
    depth += dropped * exp(-low)
    return Curve(worth, kept, points[0], -expm1(-points[0]), widths, slopes, depth)


def _even_points(low: float, high: float, segments: int) -> list[float]:
    first, last = exp(-low / 2), exp(-high / 2)
    inner = [-2 * log(first + (last - first) * k / segments) for k in range(1, segments)]
    return [low, *inner, high]


def _possible_sums(problem: Problem, terms: Sequence[tuple[int, float]]) -> list[float]:
    """Every S that can occur, sorted; empty when there are more than MOST_SEGMENTS of them."""
    choices: dict[int, set[float]] = {}
    for position, intensity in terms:
        choices.setdefault(problem.placements[position].initiative, {0.0}).add(intensity)
    sums = {0.0}
    for amounts in choices.values():
        sums = {round(total + amount, 12) for total in sums for amount in amounts}
        if len(sums) > MOST_SEGMENTS:
            return []
    return sorted(sums)

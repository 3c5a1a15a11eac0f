"""Segments never overstate the curve, and say by how much they may understate it."""

from __future__ import annotations

from math import exp
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.portfolio.engine import parse_problem
from app.portfolio.engine.chords import Curve, chord_depth, curves, understatement
from tests.bench.engine_instances import Size, random_document
from tests.factories.problems import initiative, option, problem_file


def drawn(curve: Curve, total: float) -> float:
    """The segments' removed share at S = ``total``, filled in order."""
    share, left = curve.base, total - curve.start
    for width, slope in zip(curve.widths, curve.slopes, strict=True):
        share += slope * min(width, max(0.0, left))
        left -= width
    return share


class TestCurves:
    @settings(deadline=None)
    @given(st.integers(0, 50), st.randoms(use_true_random=False))
    def test_lie_below_the_curve_by_at_most_their_depth(self, seed: int, random: Random) -> None:
        problem = parse_problem(random_document(Size(15, 2, 4, 2, pools=2), seed))
        chosen = {p.initiative: p for p in random.sample(problem.placements, 12)}
        held = {problem.position_of[placement] for placement in chosen.values()}
        found = curves(problem, range(len(problem.placements)), 10_000)
        for curve in found.values():
            total = sum(intensity for position, intensity in curve.terms if position in held)
            exact = 1 - exp(-total)
            assert exact - curve.depth - 1e-12 <= drawn(curve, total) <= exact + 1e-12

    def test_reach_the_fineness_asked_for(self) -> None:
        problem = parse_problem(random_document(Size(40, 1, 4, 1, pools=3), 1))
        positions = range(len(problem.placements))
        assert understatement(curves(problem, positions, 50_000)) <= 50_000

    def test_lose_nothing_where_few_sums_can_occur(self) -> None:
        document = problem_file(
            initiative("A", option(effects=[{"pool": "p", "intensity": [0.3]}])),
            initiative("B", option(effects=[{"pool": "p", "intensity": [-0.2]}])),
            quarters=1,
            pools=[{"key": "p", "value": [10**9]}],
        )
        problem = parse_problem(document)
        curve = curves(problem, range(2), 1.0)[0, 0]
        assert curve.depth == 0
        for total in (-0.2, 0.0, 0.1, 0.3):
            assert drawn(curve, total) == pytest.approx(1 - exp(-total), abs=1e-12)

    def test_slopes_fall_so_that_segments_fill_in_order(self) -> None:
        problem = parse_problem(random_document(Size(30, 2, 6, 2, pools=2), 3))
        for curve in curves(problem, range(len(problem.placements)), 1000).values():
            assert list(curve.slopes) == sorted(curve.slopes, reverse=True)


class TestChordDepth:
    @settings(deadline=None)
    @given(st.floats(-1, 3), st.floats(0.001, 2))
    def test_is_the_largest_distance(self, low: float, width: float) -> None:
        depth = chord_depth(low, low + width)
        slope = (exp(-low) - exp(-low - width)) / width
        gaps = [
            (1 - exp(-low - width * k / 50)) - (1 - exp(-low) + slope * width * k / 50)
            for k in range(51)
        ]
        assert max(gaps) <= depth + 1e-12
        assert depth <= max(gaps) * 1.01 + 1e-12

"""A problem in which a running initiative goes on as measured, or has ended."""

from __future__ import annotations

from math import log

import pytest

from app.portfolio.rules.approved import still_to_come
from app.portfolio.rules.building import build_problem
from app.portfolio.rules.running import MeasuredEffect, going_on, without
from tests.unit.portfolio.rules.facts import committed, effect, facts, fund, pool

RUNNING = committed("CX-9", effects=(effect("0.3"),), demand={"digital": {0: 10, 1: 20}})


class TestGoingOn:
    @pytest.mark.parametrize(("removal", "haircut"), [(0.156, 0.8), (0.156, 0.95), (-0.2, 0.5)])
    def test_acts_with_the_measured_intensity(self, removal: float, haircut: float) -> None:
        measured = MeasuredEffect("claims/serve", removal, haircut)
        (one,) = going_on(facts(committed=(RUNNING,)), "CX-9", [measured]).committed
        kept = haircut if removal > 0 else 1.0
        full = -kept * log(1 - removal)
        assert max(still_to_come(one, pool(), 4), key=abs) == pytest.approx(full, abs=1e-9)

    def test_leaves_others_as_they_are(self) -> None:
        given = facts(committed=(RUNNING, committed("CX-8", effects=(effect("0.2"),))))
        assert going_on(given, "CX-9", []).committed[1] == given.committed[1]


class TestWithout:
    def test_frees_money_of_quarters_to_come_alone(self) -> None:
        given = facts(committed=(RUNNING,), funds=(fund(committed=(700, 600, 500, 0)),))
        freed = {("capex", 0): 100, ("capex", 1): 200, ("capex", 2): 500}
        (left,) = without(given, "CX-9", freed, 1).funds
        assert left.committed == (700, 400, 0, 0)

    def test_gives_back_what_it_took_of_the_pools(self) -> None:
        given = facts(committed=(RUNNING,))
        ended = build_problem(without(given, "CX-9", {}, 0)).document
        assert ended["pools"][0]["value"] == list(pool().value)
        assert build_problem(given).document["pools"][0]["value"][3] < pool().value[3]

"""The case names who shares a pool, as many as somebody reads."""

from __future__ import annotations

import pytest

from app.initiatives.models import Effect, Option
from app.initiatives.presenters.case_values import PlanChoice, shared_rows
from app.initiatives.queries import PlanName
from app.journeys.models import Journey, LeverPool
from app.journeys.rules import Lever

POOL = 7


def option() -> Option:
    pool = LeverPool(id=POOL, lever=Lever.SERVE, journey=Journey(name="Claims"))
    return Option(effects=[Effect(id=1, pool_id=POOL, pool=pool)])


class TestSharedRows:
    @pytest.mark.parametrize(("count", "shown", "more"), [(0, 0, 0), (25, 25, 0), (40, 25, 15)])
    def test_name_the_first_and_count_the_others(self, count: int, shown: int, more: int) -> None:
        sharers = [(f"CX-{100 + i}", "Idea") for i in range(count)]
        name = PlanName("run-1", "Run 1", "portfolio.run", {"run_id": 1}, 1)
        plan = PlanChoice(name, None, {POOL: sharers})
        (row,) = shared_rows(option(), plan)
        assert "Claims" in row.pool
        assert (row.others, row.more) == (sharers[:shown], more)

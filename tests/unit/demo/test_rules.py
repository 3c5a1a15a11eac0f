"""A removal is barred with every reason at once, each a sentence that says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.demo.rules import Situation, Stand, removal_bars

FREE = Situation(Stand.LOADED, is_reloaded=False, is_asked_by_demo=False, keeps_admin=True, own=())


class TestRemovalBars:
    def test_none_where_nothing_but_the_demo_is_here(self) -> None:
        assert removal_bars(FREE) == []
        assert removal_bars(replace(FREE, stand=Stand.BROKEN)) == []

    @pytest.mark.parametrize("stand", [Stand.EMPTY, Stand.OWN])
    def test_a_company_that_never_had_it_can_lose_nothing(self, stand: Stand) -> None:
        bars = removal_bars(replace(FREE, stand=stand))
        assert bars == ["The demo company was never loaded here, so there is nothing to remove."]

    def test_all_reasons_are_said_at_once(self) -> None:
        bars = removal_bars(
            Situation(
                Stand.LOADING, is_reloaded=True, is_asked_by_demo=False, keeps_admin=False,
                own=("a cycle, by Ada Vance", "a journey, by Bo Lind"),
            )
        )  # fmt: skip
        assert len(bars) == 4
        assert "a cycle, by Ada Vance; a journey, by Bo Lind" in bars[-1]
        assert any("Your Admin role" in bar for bar in bars)

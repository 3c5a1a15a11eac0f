"""A baseline is stale from the day after its limit, and every number on it can be told."""

from __future__ import annotations

from datetime import date, timedelta

from app.journeys.rules import StaleBaseline, StaleBaselines, stale_baseline

TODAY = date(2027, 2, 15)


def mark(age: int | None, key: str = "claims") -> StaleBaseline | None:
    day = None if age is None else TODAY - timedelta(days=age)
    return stale_baseline(key, key.title(), day, today=TODAY, limit_days=190)


class TestStaleBaseline:
    def test_begins_the_day_after_the_limit(self) -> None:
        assert mark(190) is None
        stale = mark(191)
        assert stale is not None
        assert (stale.age_days, stale.limit_days) == (191, 190)
        assert stale.fault == (
            "The baseline of Claims is from 8 Aug 2026, older than 190 days; measure it again."
        )

    def test_is_a_journey_that_was_never_measured(self) -> None:
        never = mark(None)
        assert never is not None
        assert never.measured_on is None
        assert never.fault == "The journey Claims has no baseline; record one."


class TestStaleBaselines:
    def _all(self) -> StaleBaselines:
        marks = [mark(300, "claims"), mark(None, "buy"), mark(200, "re/new")]
        return StaleBaselines({one.key: one for one in marks if one})

    def test_are_asked_for_by_journey_or_by_the_pools_of_a_problem(self) -> None:
        found = self._all()

        assert [one.key for one in found.on(["claims", "other", None, "claims"])] == ["claims"]
        under = found.under(["claims/serve", "claims/fail", "re/new/serve"])
        assert [one.key for one in under] == ["claims", "re/new"]

    def test_mark_no_number_of_a_journey_without_any(self) -> None:
        assert self._all().on(["buy"]) == []
        assert [one.key for one in self._all().barring] == ["claims", "buy", "re/new"]

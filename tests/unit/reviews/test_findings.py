"""Each finding: exactly what it counts, how severe it is, and that it is gone when mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.initiatives.rules import Lens
from app.journeys.rules import JourneyStake, StaleBaseline
from app.reviews.rules.findings import (
    RULES,
    BehaviourFacts,
    Finding,
    FindingKind,
    HurdleFacts,
    InitiativeFacts,
    JourneyFacts,
    PortfolioFacts,
    Severity,
    all_findings,
    integration_undone,
    isolated,
    journeys_without_initiatives,
    metrics_without_need,
    needing_what_is_gone,
    stale_baselines,
    technology_alone,
    units_without_investment,
    without_behaviour,
    without_owner,
)
from app.roadmap.rules.needed import LostNeed
from app.values.money import Money

SERVES, SERVES_NOT = BehaviourFacts("Look it up", True), BehaviourFacts("Buy more", False)
LATE = HurdleFacts(9, "Pilot", date(2027, 1, 31), False)


def eur(major: int) -> Money:
    return Money(major * 100, "EUR")


def initiative(number: int, **changes: Any) -> InitiativeFacts:
    """An initiative that lacks nothing, on journey 1."""
    values: dict[str, Any] = {
        "id": number, "key": f"CX-{number}", "title": f"Initiative {number}", "unit": "Claims",
        "lens": Lens.PROCESS, "cost": eur(100), "owner": "Omar Owner", "has_owner": True,
        "journey": 1, "behaviours": (SERVES,), "criteria": 1,
    }  # fmt: skip
    return InitiativeFacts(**values | changes)


def journey(number: int, certified: int = 100, addressed: int = 0) -> JourneyFacts:
    nothing = eur(0)
    stake = JourneyStake(eur(certified), nothing, nothing, eur(addressed))
    return JourneyFacts(number, f"j{number}", f"Journey {number}", frozenset({number * 10}), stake)


def facts(*initiatives: InitiativeFacts, **changes: Any) -> PortfolioFacts:
    values: dict[str, Any] = {"judged": initiatives, "journeys": (journey(1),)}
    return PortfolioFacts(initiatives, **values | changes)


def keys(finding: Finding) -> list[str]:
    return [item.place.key for item in finding.items]


class TestNeedingWhatIsGone:
    stopped = LostNeed("CX-6", "Call-back", was_finished=False, on=date(2027, 2, 15))
    finished = LostNeed("CX-7", "Kiosk", was_finished=True, on=date(2027, 2, 16))

    def test_is_work_under_way_that_needs_something_stopped(self) -> None:
        found = needing_what_is_gone(
            facts(
                initiative(1, is_under_way=True, lost=(self.stopped, self.finished)),
                initiative(2, is_under_way=True),
                initiative(3),
            )
        )
        assert (found.severity, keys(found)) == (Severity.ACT, ["CX-1"])
        assert found.count.words == "1 of 2 initiatives under way"
        assert found.items[0].why == (
            "needs CX-6, which was stopped on 15 Feb 2027; "
            "needs CX-7, which was finished early without any of its money on 16 Feb 2027"
        )

    def test_holds_while_nothing_needed_is_gone(self) -> None:
        found = needing_what_is_gone(facts(initiative(1, is_under_way=True)))
        assert (found.severity, found.items) == (Severity.HOLDS, ())

    def test_is_not_known_before_any_money_is_under_way(self) -> None:
        assert needing_what_is_gone(facts(initiative(1))).severity is Severity.UNKNOWN


class TestIsolated:
    alone = initiative(3, journey=None)

    def test_is_what_shares_nothing_with_others(self) -> None:
        found = isolated(facts(initiative(1), initiative(2), self.alone))

        assert (found.severity, keys(found)) == (Severity.ACT, ["CX-3"])
        assert found.count.words == "1 of 3 initiatives"
        assert [(one.part, one.whole) for one in found.portions] == [(eur(100), eur(300))]

    @pytest.mark.parametrize(
        "mended",
        [{"journey": 1}, {"pools": frozenset({10})}, {"needs": frozenset({1})}],
        ids=["journey", "pool", "dependency"],
    )
    def test_is_not_what_shares_a_journey_a_pool_or_a_dependency(self, mended: Any) -> None:
        others = (initiative(1, pools=frozenset({10})), initiative(2))

        found = isolated(facts(*others, replace(self.alone, **mended)))

        assert (found.severity, found.items) == (Severity.HOLDS, ())

    def test_is_not_what_another_one_needs(self) -> None:
        needing = initiative(1, needs=frozenset({3}))

        assert isolated(facts(needing, initiative(2), self.alone)).severity is Severity.HOLDS

    def test_asks_the_whole_portfolio_and_not_only_what_is_judged(self) -> None:
        one, other = initiative(1), initiative(2)

        found = isolated(facts(one, other, judged=(one,)))

        assert (found.severity, found.count.of) == (Severity.HOLDS, 1)

    def test_is_watched_below_a_fifth(self) -> None:
        many = [initiative(number) for number in range(10, 20)]

        assert isolated(facts(*many, self.alone)).severity is Severity.WATCH

    def test_does_not_count_a_need_of_something_outside_the_portfolio(self) -> None:
        outside = replace(self.alone, needs=frozenset({99}))

        assert keys(isolated(facts(initiative(1), initiative(2), outside))) == ["CX-3"]


class TestTechnologyAlone:
    tool = initiative(2, lens=Lens.TECHNOLOGY, journey=2, cost=eur(300))

    def test_is_the_money_on_tools_nobody_goes_with_by_currency(self) -> None:
        dollars = initiative(
            4, lens=Lens.TECHNOLOGY, journey=2, cost=Money(1_000, "USD"), needs=frozenset({1})
        )

        found = technology_alone(facts(initiative(1), self.tool, dollars))

        assert found.severity is Severity.ACT
        assert [(p.part, p.whole) for p in found.portions] == [
            (eur(300), eur(400)),
            (Money(0, "USD"), Money(1_000, "USD")),
        ]
        assert keys(found) == ["CX-2"]
        shares = {(lens, portion.part.currency): portion.share for lens, portion in found.mix}
        assert shares[Lens.TECHNOLOGY, "EUR"] == Decimal("0.75")
        assert shares[Lens.PROCESS, "EUR"] == Decimal("0.25")
        assert shares[Lens.TECHNOLOGY, "USD"] == 1

    def test_is_gone_when_people_change_on_the_same_journey(self) -> None:
        people = initiative(3, lens=Lens.PEOPLE, journey=2, cost=eur(0))

        found = technology_alone(facts(initiative(1), self.tool, people))

        assert (found.severity, found.weight) == (Severity.HOLDS, 0)

    def test_does_not_take_another_tool_for_company(self) -> None:
        other = initiative(3, lens=Lens.TECHNOLOGY, journey=2, cost=eur(0))

        assert keys(technology_alone(facts(initiative(1), self.tool, other))) == ["CX-2", "CX-3"]


class TestUnits:
    listed = ((1, "Claims"), (2, "Payments"))

    def test_without_money_are_named_whether_they_carry_something_or_not(self) -> None:
        free = initiative(2, unit="Payments", cost=eur(0))

        found = units_without_investment(facts(initiative(1), free, units=self.listed))

        assert (found.severity, found.count.words) == (Severity.ACT, "1 of 2 units")
        assert found.items[0].why == "1 initiative, no planned cost"

    def test_are_matched_in_the_same_words(self) -> None:
        other = initiative(2, unit="payments")

        found = units_without_investment(facts(initiative(1), other, units=self.listed))

        assert [item.name for item in found.items] == ["Payments"]
        assert "not on the list: payments." in found.sentence

    def test_hold_once_money_is_planned(self) -> None:
        mended = initiative(2, unit="Payments")

        found = units_without_investment(facts(initiative(1), mended, units=self.listed))

        assert found.severity is Severity.HOLDS

    def test_cannot_be_judged_without_a_list(self) -> None:
        assert units_without_investment(facts(initiative(1))).severity is Severity.UNKNOWN


class TestJourneys:
    def test_of_high_value_make_up_four_fifths_by_currency(self) -> None:
        journeys = (journey(1, 60), journey(2, 30, addressed=3), journey(3, 10))

        found = journeys_without_initiatives(facts(initiative(1), journeys=journeys))

        assert found.count.words == "1 of 2 journeys of high value"
        assert (keys(found), found.items[0].money) == (["j2"], eur(30))
        assert found.items[0].why.startswith("10\u202f% of its value addressed")
        assert (found.weight, found.severity) == (Decimal("0.3"), Severity.ACT)

    def test_hold_once_an_initiative_works_on_one_of_its_pools(self) -> None:
        journeys = (journey(1, 60), journey(2, 30))
        working = initiative(1, pools=frozenset({20}))

        found = journeys_without_initiatives(facts(working, journeys=journeys))

        assert (found.severity, found.items) == (Severity.HOLDS, ())

    def test_are_unknown_before_anything_is_certified(self) -> None:
        found = journeys_without_initiatives(facts(initiative(1), journeys=(journey(1, 0),)))

        assert found.severity is Severity.UNKNOWN


class TestMetrics:
    def test_count_behaviours_and_the_criteria_that_hang_on_none_that_serves(self) -> None:
        mixed = initiative(1, behaviours=(SERVES, SERVES_NOT), criteria=3)
        company = initiative(2, behaviours=(SERVES_NOT,), criteria=2)

        found = metrics_without_need(facts(mixed, company))

        assert found.count.words == "4 of 8 metrics"
        assert [item.why for item in found.items] == [
            "“Buy more”", "“Buy more”; 2 criteria of hurdles",
        ]  # fmt: skip

    def test_hold_once_every_behaviour_names_a_need(self) -> None:
        assert metrics_without_need(facts(initiative(1))).severity is Severity.HOLDS


class TestBaselines:
    old = StaleBaseline("j1", "Journey 1", date(2026, 1, 1), 410, 200)

    def test_call_for_action_when_an_initiative_stands_on_one(self) -> None:
        found = stale_baselines(facts(initiative(1), stale=(self.old,)))

        assert found.severity is Severity.ACT
        assert found.items[0].why == (
            "measured on 1 Jan 2026, 410 days ago; 200 days are the limit"
        )

    def test_are_watched_where_nobody_works(self) -> None:
        found = stale_baselines(facts(initiative(1, journey=2), stale=(self.old,)))

        assert found.severity is Severity.WATCH

    def test_know_no_value_at_stake_where_nothing_is_certified(self) -> None:
        never = StaleBaseline("j2", "Journey 2", None, 0, 200)
        journeys = (journey(1, certified=0), journey(2, certified=0))
        found = stale_baselines(facts(journeys=journeys, stale=(self.old, never)))

        said = {one.place.key: (one.money, one.unknown) for one in found.items}
        assert said == {"j1": (None, "nothing certified"), "j2": (None, "not measured")}

    def test_hold_when_all_are_fresh(self) -> None:
        assert stale_baselines(facts(initiative(1))).severity is Severity.HOLDS


class TestBehavioursAndOwners:
    def test_lack_where_nobody_does_anything_differently(self) -> None:
        found = without_behaviour(facts(initiative(1), initiative(2, behaviours=())))

        assert (found.severity, keys(found)) == (Severity.ACT, ["CX-2"])
        assert without_behaviour(facts(initiative(1))).severity is Severity.HOLDS

    def test_lack_where_the_owner_cannot_sign_in_and_one_is_enough(self) -> None:
        many = [initiative(number) for number in range(10, 20)]

        found = without_owner(facts(*many, initiative(1, has_owner=False)))

        assert (found.severity, keys(found)) == (Severity.ACT, ["CX-1"])
        assert found.items[0].why == "Omar Owner cannot sign in"
        assert without_owner(facts(*many)).severity is Severity.HOLDS


class TestIntegration:
    parts = (initiative(1, hurdles=(LATE,)), initiative(2), initiative(3))

    def test_is_undone_when_parts_sputter_and_nothing_ties_them(self) -> None:
        found = integration_undone(facts(*self.parts))

        assert (found.severity, found.count.words) == (Severity.WATCH, "1 of 1 journey")
        assert [item.why for item in found.items] == [
            "3 initiatives, no dependency; 1 held or late", "Pilot, late since 31 Jan 2027",
        ]  # fmt: skip

    def test_calls_for_action_when_two_parts_sputter(self) -> None:
        held = initiative(2, hurdles=(replace(LATE, is_held=True),))

        found = integration_undone(facts(self.parts[0], held, self.parts[2]))

        assert found.severity is Severity.ACT

    @pytest.mark.parametrize(
        "mended",
        [{"needs": frozenset({2})}, {"hurdles": ()}],
        ids=["a dependency", "no hurdle in trouble"],
    )
    def test_holds_once_parts_are_tied_or_none_sputters(self, mended: Any) -> None:
        found = integration_undone(facts(replace(self.parts[0], **mended), *self.parts[1:]))

        assert (found.severity, found.items) == (Severity.HOLDS, ())

    def test_is_not_asked_of_two_initiatives(self) -> None:
        assert integration_undone(facts(*self.parts[:2])).severity is Severity.UNKNOWN


class TestAll:
    def test_come_once_each_with_the_most_severe_first(self) -> None:
        found = all_findings(facts(initiative(1), initiative(2, has_owner=False)))

        ranks = [one.severity.rank for one in found]
        assert ranks == sorted(ranks)
        assert {one.kind for one in found} == set(FindingKind)
        assert found[0].kind is FindingKind.OWNERS

    def test_say_of_an_empty_company_what_is_missing(self) -> None:
        empty = PortfolioFacts((), ())

        assert {rule(empty).severity for rule in RULES} == {Severity.UNKNOWN}
        assert all(rule(empty).sentence.endswith(".") for rule in RULES)

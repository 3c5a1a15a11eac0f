"""Facts become the problem file: ramps, haircuts, discounts, and what is committed already."""

from __future__ import annotations

from decimal import Decimal
from math import exp, log

from app.initiatives.rules import EvidenceGrade, Horizon
from app.initiatives.rules.value import DeclaredClaim, EffectClaim, OptionClaim, standalone_value
from app.portfolio.engine import parse_problem
from app.portfolio.engine.counting import Account
from app.portfolio.rules.building import build_problem, overdrawn
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.facts import DemandFacts, PinFacts, TeamFacts
from app.portfolio.rules.pins import PinKind
from tests.unit.portfolio.rules.facts import (
    QUARTERS,
    bound,
    candidate,
    committed,
    declared,
    effect,
    facts,
    fund,
    needs,
    option,
    pool,
)


class TestGolden:
    def test_the_whole_file_is_what_paper_says(self) -> None:
        lean = option(
            "lean", spend={"capex": {0: 30_000, 2: 5_000}}, demand={"digital": {1: Decimal(20)}},
            effects=(effect("0.10"), effect("0.05", EvidenceGrade.D)), earliest=0, latest=1,
            effort_minutes=600,
        )  # fmt: skip
        built = build_problem(
            facts(candidate("CX-2", lean, needs=needs("CX-1", 1)), candidate("CX-1"))
        )
        strength = -0.8 * log(0.9) - 0.35 * log(0.95)
        intensity = [Decimal(repr(round(strength * share, 9))) for share in (0, 1 / 3, 2 / 3, 1)]
        assert built.document == {
            "format": "waymark/problem",
            "version": 1,
            "currency": "EUR",
            "quarters": ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"],
            "funds": [{"key": "capex", "budget": [100_000] * 4, "carry_over": Decimal("0.25")}],
            "capacities": [
                {"key": "digital", "unit": "person-days", "available": [Decimal(100)] * 4}
            ],
            "pools": [{"key": "claims/serve", "value": [1_000_000, 900_000, 800_000, 700_000]}],
            "initiatives": [
                built.document["initiatives"][0],
                {
                    "key": "CX-2",
                    "name": "Initiative CX-2",
                    "tags": {"lens": "process"},
                    "options": [
                        {
                            "key": "lean",
                            "start": ["2027-Q1", "2027-Q2"],
                            "spend": {"capex": [30_000, 0, 5_000]},
                            "demand": {"digital": [Decimal(0), Decimal(20)]},
                            "value": [0, 0],
                            "effects": [{"pool": "claims/serve", "intensity": intensity}],
                            "effort_minutes": 600,
                            "risk": 2,
                        }
                    ],
                },
            ],
            "rules": [
                {"key": "needs:CX-2:CX-1", "type": "requires", "initiative": "CX-2",
                 "needs": "CX-1", "lag": 1}
            ],
        }  # fmt: skip
        assert built.remarks == ()

    def test_the_engine_takes_it(self) -> None:
        problem = parse_problem(build_problem(facts()).document)
        assert [one.key for one in problem.initiatives] == ["CX-1"]

    def test_agrees_to_the_cent_with_the_case_of_the_initiative(self) -> None:
        one = option(
            effects=(effect("0.3", EvidenceGrade.A), effect("0.02", EvidenceGrade.E)),
            half_life=8, declared=declared(1_234_567), go_live=2, earliest=1, latest=1,
        )  # fmt: skip
        problem = parse_problem(build_problem(facts(candidate("CX-1", one))).document)
        claim = OptionClaim(
            start=1, go_live=2, ramp=3, half_life=8,
            effects=(
                EffectClaim(0, Decimal("0.3"), EvidenceGrade.A),
                EffectClaim(0, Decimal("0.02"), EvidenceGrade.E),
            ),
            declared=DeclaredClaim(1_234_567, EvidenceGrade.D),
        )  # fmt: skip
        alone = Account(problem, problem.placements[:1]).value
        assert (
            alone == standalone_value(claim, {0: pool().value}, Horizon(4, Decimal("0.09"))).total
        )


class TestDeclaredBenefit:
    def test_keeps_its_haircut_and_is_discounted_to_each_start(self) -> None:
        one = option(declared=declared(1_000_000), spend={}, go_live=1)
        document = build_problem(facts(candidate("CX-1", one))).document
        values = document["initiatives"][0]["options"][0]["value"]
        assert values[0] == round(350_000 * 1.09 ** (-1.5 / 4))
        assert values[1] == round(350_000 * 1.09 ** (-2.5 / 4))

    def test_counts_nothing_after_the_horizon(self) -> None:
        one = option(declared=declared(1_000_000), go_live=2)
        values = build_problem(facts(candidate("CX-1", one))).document["initiatives"][0]
        assert values["options"][0]["value"][2:] == [0, 0]


class TestPools:
    def test_only_certified_ones_count_and_the_others_are_named(self) -> None:
        built = build_problem(facts(pools=(pool(barred="Not certified by Finance", value=()),)))
        assert built.document["pools"] == []
        assert built.document["initiatives"][0]["options"][0]["effects"] == []
        assert [(one.subject, one.text) for one in built.remarks] == [
            (
                "Pool claims/serve",
                "Not certified by Finance, so it counts nothing. It would matter to CX-1.",
            )
        ]

    def test_lose_what_a_running_initiative_removes(self) -> None:
        running = committed("CX-9", start=-1, effects=(effect("0.5"),), go_live=0, ramp=1)
        built = build_problem(facts(committed=(running,), pools=(pool(measured=-2),)))
        left = exp(0.8 * log(0.5))
        assert built.document["pools"][0]["value"][0] == round(1_000_000 * left)

    def test_keep_what_ran_before_they_were_measured(self) -> None:
        running = committed("CX-9", start=-3, effects=(effect("0.5"),), go_live=0, ramp=1)
        built = build_problem(facts(committed=(running,), pools=(pool(measured=-1),)))
        assert built.document["pools"][0]["value"][0] == 1_000_000


class TestCommitted:
    def test_money_stands_beside_the_whole_budget(self) -> None:
        built = build_problem(facts(funds=(fund(committed=(40_000, 0, 110_000, 0)),)))
        assert built.document["funds"][0]["budget"] == [100_000] * 4
        assert built.document["funds"][0]["committed"] == [40_000, 0, 110_000, 0]

    def test_a_fund_nothing_is_committed_of_says_nothing(self) -> None:
        assert "committed" not in build_problem(facts()).document["funds"][0]

    def test_more_than_all_budgets_is_overdrawn(self) -> None:
        assert overdrawn(fund(committed=(250_000, 0, 0, 0))) == 150_000
        assert overdrawn(fund(committed=(0, 0, 110_000, 0), carry_over=Decimal(0))) == 10_000
        assert overdrawn(fund(committed=(0, 0, 110_000, 0))) == 0

    def test_what_may_not_move_on_pays_for_nothing(self) -> None:
        half = {"budget": (100, 0), "carry_over": Decimal("0.5")}
        assert overdrawn(fund(**half, committed=(0, 50))) == 0
        assert overdrawn(fund(**half, committed=(0, 80))) == 30

    def test_days_are_taken_off_the_team(self) -> None:
        running = committed("CX-9", start=-1, demand={"digital": {0: Decimal(5), 1: Decimal(30)}})
        built = build_problem(facts(committed=(running,)))
        available = built.document["capacities"][0]["available"]
        assert available == [Decimal(70), Decimal(100), Decimal(100), Decimal(100)]

    def test_is_said(self) -> None:
        works = committed("CX-8", demand={"digital": {0: Decimal(5)}})
        built = build_problem(facts(committed=(works,), bound=(bound("CX-9"), bound("CX-9"))))
        assert [(one.subject, one.text) for one in built.remarks] == [
            ("Approved already", "CX-8 and CX-9; their money and days are taken off first.")
        ]

    def test_what_takes_nothing_from_this_cycle_is_not_named(self) -> None:
        over = committed("CX-7", start=-2, demand={"digital": {0: Decimal(5)}})
        later = committed("CX-8", start=4, effects=(effect(),), demand={"digital": {0: Decimal(5)}})
        elsewhere = committed("CX-9", demand={"field": {0: Decimal(5)}})
        assert build_problem(facts(committed=(over, later, elsewhere))).remarks == ()

    def test_money_in_another_currency_is_not_counted_and_said(self) -> None:
        foreign = [
            bound("CX-9", quarter=QUARTERS.first + at, currency="USD", minor=100_00)
            for at in (0, 2)
        ]
        built = build_problem(facts(bound=(*foreign, bound("CX-8", currency="USD"))))
        assert [(one.subject, one.text) for one in built.remarks] == [
            (
                "Approved in another currency",
                "CX-8 and CX-9 have US$700.00 of Capex committed from 2027-Q1 to 2027-Q3. This "
                "cycle’s budget of Capex is in EUR, so that money is not taken off here. If it "
                "comes out of the same pot, lower the limits by it.",
            )
        ]
        assert "committed" not in built.document["funds"][0]


class TestRules:
    def test_exclusions_are_written_once(self) -> None:
        built = build_problem(
            facts(candidate("CX-2", excludes=("CX-1",)), candidate("CX-1", excludes=("CX-2",)))
        )
        assert built.document["rules"] == [
            {"key": "either:CX-1:CX-2", "type": "at_most", "count": 1,
             "initiatives": ["CX-1", "CX-2"]}
        ]  # fmt: skip

    def test_pins_and_demands_carry_their_parameters(self) -> None:
        share = {"at_most": "0.5", "of": "budget", "tag": "lens", "equals": "process"}
        built = build_problem(
            facts(
                pins=(PinFacts("CX-1", PinKind.FIX, "full", 1, "Promised"),),
                demands=(DemandFacts("R1", DemandKind.SHARE, share, ""),),
            )
        )
        assert built.document["rules"] == [
            {"key": "pin:CX-1", "type": "fix", "initiative": "CX-1", "reason": "Promised",
             "option": "full", "start": "2027-Q2"},
            {"key": "R1", "type": "share", **share, "at_most": Decimal("0.5")},
        ]  # fmt: skip
        assert len(parse_problem(built.document).rules) == 2

    def test_prices_and_limits_are_written_as_numbers(self) -> None:
        money = {"at_most": 5_000, "tag": "lens", "equals": "process", "price": "0.25"}
        demands = (
            DemandFacts("R1", DemandKind.SPEND_ON, money, ""),
            DemandFacts("R2", DemandKind.AVERAGE_RISK, {"at_most": "2.5", "price": 100}, ""),
        )  # fmt: skip
        built = build_problem(facts(demands=demands))
        problem = parse_problem(built.document)
        assert [rule["type"] for rule in built.document["rules"]] == ["spend_on", "average_risk"]
        assert built.document["rules"][0]["price"] == Decimal("0.25")
        assert len(problem.soft_rules) == 2
        assert problem.initiatives[0].options[0].live_quarters is None

    def test_change_load_counts_from_the_start_until_it_is_live_and_no_team_works(self) -> None:
        long = option("long", go_live=1, spend={"capex": {0: 1, 3: 1}}, effects=(effect(),))
        worked = option("worked", go_live=0, demand={"field": {2: Decimal(1)}}, effects=(effect(),))
        built = build_problem(
            facts(
                candidate("CX-1", long, worked),
                demands=(DemandFacts("R1", DemandKind.CHANGE_LOAD, {"count": 1}, ""),),
            )
        )
        options = built.document["initiatives"][0]["options"]
        assert {one["key"]: one["live_quarters"] for one in options} == {"long": 2, "worked": 3}

    def test_keeps_of_an_earlier_plan_what_can_still_be_chosen(self) -> None:
        held = {
            "CX-1": {"option": "full", "start": "2027-Q2"},
            "CX-2": {"option": "gone", "start": "2027-Q1"},
            "CX-8": {"option": "full", "start": "2027-Q1"},
        }
        keep = {"run": 7, "held": held, "may_move": False, "price": 500}
        built = build_problem(
            facts(
                candidate("CX-1"), candidate("CX-2"),
                demands=(DemandFacts("R1", DemandKind.KEEP, keep, ""),),
            )
        )  # fmt: skip
        assert built.document["incumbent"] == {"CX-1": held["CX-1"]}
        assert built.document["rules"] == [
            {"key": "R1", "type": "keep", "initiatives": ["CX-1"], "may_move": False, "price": 500}
        ]
        assert "CX-2, CX-8" in built.remarks[-1].text
        assert parse_problem(built.document).incumbent

    def test_an_earlier_plan_of_which_nothing_is_left_says_nothing(self) -> None:
        held = {"CX-8": {"option": "full", "start": "2027-Q1"}}
        demand = DemandFacts("R1", DemandKind.KEEP, {"run": 7, "held": held}, "")
        built = build_problem(facts(demands=(demand,)))
        assert "incumbent" not in built.document
        assert built.document["rules"] == []


class TestTeams:
    def test_without_capacity_do_not_limit_and_are_named(self) -> None:
        one = option(demand={"field": {0: Decimal(10)}}, effects=(effect(),))
        built = build_problem(facts(candidate("CX-1", one)))
        assert built.document["initiatives"][0]["options"][0]["demand"] == {}
        assert built.remarks[0].subject == "Team field"

    def test_keep_their_days_per_quarter(self) -> None:
        teams = (
            TeamFacts("digital", "Digital", (Decimal("12.5"), Decimal(0), Decimal(1), Decimal(2))),
        )
        document = build_problem(facts(teams=teams)).document
        assert document["capacities"][0]["available"][0] == Decimal("12.5")

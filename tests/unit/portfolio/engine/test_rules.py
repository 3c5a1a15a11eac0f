"""Every type of rule holds, is broken by one, or is paid for to the cent when it is soft."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.portfolio.engine import (
    Plan,
    PlanStatus,
    ProblemError,
    parse_problem,
    problem_document,
    result_json,
    solve,
    verify,
)
from app.portfolio.engine.checking import breaches, rule_states
from app.portfolio.engine.chords import curves
from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import settle
from app.portfolio.engine.milp.building import build_model
from app.portfolio.engine.problem import Placement
from tests.factories.problems import Document, initiative, option, problem_file, simple

Q1, Q2, Q3 = 0, 1, 2
HELD = {"A": {"option": "lean", "start": "2027-Q1"}, "B": {"option": "lean", "start": "2027-Q2"}}
TEAM = [{"key": "team", "available": [9, 9, 9]}]


def three(*rules: Document) -> Document:
    """A, B (tag x) and C (tag y): 100 at once, risk 1 (lean), or 60 twice, risk 4 (wide)."""
    start = ["2027-Q1", "2027-Q2", "2027-Q3"]
    lean = option("lean", spend={"money": [100]}, value=50, risk=1, start=start)
    wide = option("wide", spend={"money": [60, 60]}, risk=4, demand={"team": [1]}, start=start)
    tags = {"A": "x", "B": "x", "C": "y"}
    return problem_file(
        *(initiative(key, lean, wide, tag=tag) for key, tag in tags.items()),
        quarters=3, rules=list(rules), incumbent=HELD, capacities=TEAM,
    )  # fmt: skip


def account(document: Document, **placed: tuple[int, int]) -> Account:
    """Choices as ``A=(option, start)``."""
    chosen = (Placement("ABC".index(key), o, start) for key, (o, start) in placed.items())
    return Account(parse_problem(document), tuple(chosen))


LEAN, WIDE = 0, 1
X = {"tag": "tag", "equals": "x"}
MOST = {"type": "spend_on", **X, "at_most": 200}
LEAST = {"type": "spend_on", "initiatives": ["A", "C"], "at_least": 120}
RISK = {"type": "average_risk", "at_most": 2.5}
RISK_BY_MONEY = {"type": "average_risk", **X, "at_most": 2.5, "by": "spend"}
LOAD = {"type": "change_load", "count": 1}
TEAM_LOAD = {"type": "change_load", "count": 0, "capacity": "team"}
KEEP = {"type": "keep"}
KEEP_A = {"type": "keep", "initiatives": ["A"], "may_move": True}
CASES: list[tuple[Document, dict[str, tuple[int, int]], float]] = [
    (MOST, {"A": (LEAN, Q1), "B": (LEAN, Q1), "C": (WIDE, Q1)}, 0),
    (MOST, {"A": (LEAN, Q1)}, 100),
    (MOST, {"A": (LEAN, Q1), "B": (WIDE, Q1)}, -20),
    (MOST, {"A": (LEAN, Q1), "B": (WIDE, Q3)}, 40),
    (LEAST, {"A": (WIDE, Q1)}, 0),
    (LEAST, {"A": (LEAN, Q1), "B": (LEAN, Q1)}, -20),
    (LEAST, {}, -120),
    (RISK, {}, 0),
    (RISK, {"A": (LEAN, Q1), "B": (WIDE, Q1)}, 0),
    (RISK, {"A": (LEAN, Q1)}, 1.5),
    (RISK, {"A": (WIDE, Q1)}, -1.5),
    (RISK_BY_MONEY, {"A": (LEAN, Q1), "B": (WIDE, Q1)}, -30),
    (RISK_BY_MONEY, {"A": (LEAN, Q1), "B": (WIDE, Q3)}, 60),
    (RISK_BY_MONEY, {"C": (WIDE, Q1)}, 0),
    (LOAD, {"A": (LEAN, Q1), "B": (LEAN, Q2), "C": (LEAN, Q3)}, 0),
    (LOAD, {"A": (WIDE, Q1), "B": (LEAN, Q2)}, -1),
    (LOAD, {"A": (WIDE, Q1), "B": (WIDE, Q1)}, -2),
    (LOAD, {}, 1),
    (TEAM_LOAD, {"A": (LEAN, Q1)}, 0),
    (TEAM_LOAD, {"A": (WIDE, Q3)}, -1),
    (KEEP, {"A": (LEAN, Q1), "B": (LEAN, Q2)}, 0),
    (KEEP, {"A": (LEAN, Q2), "B": (LEAN, Q2)}, -1),
    (KEEP, {}, -2),
    (KEEP_A, {"A": (WIDE, Q3)}, 0),
    (KEEP_A, {"B": (LEAN, Q2)}, -1),
]  # fmt: skip


class TestHolding:
    @pytest.mark.parametrize(("rule", "placed", "slack"), CASES)
    def test_the_limit_is_kept_met_or_missed_by_so_much(
        self, rule: Document, placed: dict[str, tuple[int, int]], slack: float
    ) -> None:
        found = account(three(rule), **placed)
        state = rule_states(found)[0]
        assert (state.type, state.slack) == (rule["type"], slack)
        assert (state.binding, state.is_broken) == (slack <= 0, slack < 0)
        assert [one.owner for one in breaches(found)] == (["rule:R1"] if slack < 0 else [])

    @pytest.mark.parametrize(("rule", "placed", "slack"), CASES)
    def test_what_is_missed_of_a_soft_rule_is_paid_for(
        self, rule: Document, placed: dict[str, tuple[int, int]], slack: float
    ) -> None:
        found = account(three(rule | {"price": 2}), **placed)
        plain = account(three(), **placed)
        assert breaches(found) == []
        assert found.value == plain.value - 2 * max(0, -slack)
        assert rule_states(found)[0].miss == max(0, -slack)

    def test_a_live_initiative_is_one_until_it_is_over_and_gone_live(self) -> None:
        late = [{"pool": "p", "intensity": [0, 0, 0.1]}]
        document = problem_file(
            initiative(
                "A",
                option("effect", effects=late),
                option("paid", spend={"money": [0, 1]}),
                option("said", spend={"money": [1]}, live_quarters=3),
                option("work", demand={"team": [1, 1]}),
                option("none"),
            ),
            quarters=3, pools=[{"key": "p", "value": [1, 1, 1]}], capacities=TEAM,
        )  # fmt: skip
        options = parse_problem(document).initiatives[0].options
        assert {one.key: one.live for one in options} == {
            "effect": 3, "paid": 2, "said": 3, "work": 2, "none": 1,
        }  # fmt: skip


class TestSoftOfEveryType:
    """Price 3 a unit, the dearer way than giving up one initiative worth 50 or not."""

    RULES: tuple[tuple[Document, float], ...] = (
        ({"type": "requires", "initiative": "A", "needs": "B", "lag": 1}, 1),
        ({"type": "together", "initiatives": ["A", "C"]}, 1),
        ({"type": "at_most", "count": 1, **X}, 1),
        ({"type": "at_least", "count": 3, "initiatives": ["A", "B", "C"]}, 1),
        ({"type": "fund", "initiative": "C"}, 1),
        ({"type": "exclude", "initiative": "A"}, 1),
        ({"type": "fix", "initiative": "A", "start": "2027-Q2"}, 1),
        ({"type": "share", **X, "at_most": 0.25, "of": "spend"}, 150),
        ({"type": "share", **X, "at_most": 0.05, "of": "budget"}, 50),
        ({"type": "spend_on", **X, "at_most": 150}, 50),
        ({"type": "average_risk", "at_most": 0.75}, 0.5),
        ({"type": "change_load", "count": 1}, 1),
        ({"type": "keep"}, 1),
    )

    @pytest.mark.parametrize(("rule", "miss"), RULES)
    def test_the_miss_is_paid_and_said(self, rule: Document, miss: float) -> None:
        found = account(three(rule | {"price": 3}), A=(LEAN, Q1), B=(LEAN, Q1))
        settled = settle(found)
        assert rule_states(found, settled.paid)[0].miss == miss
        assert found.exact_value == 100 - Decimal(str(miss)) * 3
        whole = sum(credit.allocated for credit in settled.credits)
        assert whole - sum(settled.paid.values()) == found.value

    @pytest.mark.parametrize(("rule", "miss"), RULES)
    def test_without_one_of_them_the_value_is_the_marginal_less(
        self, rule: Document, miss: float
    ) -> None:
        document = three(rule | {"price": 3})
        both = account(document, A=(LEAN, Q1), B=(LEAN, Q1))
        a, b = settle(both).credits
        assert both.value - a.marginal == account(document, B=(LEAN, Q1)).value
        assert both.value - b.marginal == account(document, A=(LEAN, Q1)).value
        assert a.standalone == b.standalone == 50

    @pytest.mark.parametrize("price", [0, 0.001, 1, 10**9])
    def test_the_file_keeps_the_price(self, price: float) -> None:
        for rule, _ in self.RULES:
            problem = parse_problem(three(rule | {"price": price}))
            written = problem_document(problem)
            assert written["rules"][0]["price"] == price
            assert parse_problem(written).digest == problem.digest
            assert parse_problem(three(rule)).digest != problem.digest


def best(document: Document) -> Plan:
    plan = solve(parse_problem(document), time_limit=30)
    assert plan.message == ""
    assert verify(parse_problem(document), result_json(plan)) == []
    return plan


class TestPlans:
    def funded(self, plan: Plan) -> list[str]:
        return [row.initiative for row in plan.funded]

    @pytest.mark.parametrize(("price", "count", "paid"), [(29, 2, 29), (31, 1, 0)])
    def test_a_soft_count_is_broken_when_that_is_worth_more(
        self, price: int, count: int, paid: int
    ) -> None:
        rule = {"type": "at_most", "count": 1, "initiatives": ["A", "B"], "price": price}
        plan = best(problem_file(simple("A", 40, 1), simple("B", 30, 1), rules=[rule]))
        assert (len(plan.funded), plan.paid) == (count, paid)
        assert plan.value == sum(row.value_allocated for row in plan.funded) - paid
        assert plan.status is PlanStatus.OPTIMAL
        assert plan.rules[0].paid == paid

    def test_three_soft_pairs_are_no_clique(self) -> None:
        pairs = [["A", "B"], ["B", "C"], ["A", "C"]]
        rules = [{"type": "at_most", "count": 1, "initiatives": pair} for pair in pairs]
        soft = [rule | {"price": 1} for rule in rules]
        many = [simple(key, 10, 1) for key in "ABC"]
        assert best(problem_file(*many, rules=rules)).value == 10
        assert best(problem_file(*many, rules=soft)).value == 27
        assert best(problem_file(*many, rules=[*rules[:2], soft[2]])).value == 19

    def test_a_clique_that_is_a_rule_is_not_repeated(self) -> None:
        rule = {"type": "at_most", "count": 1, "initiatives": ["A", "B", "C"]}
        many = [simple(key, 10, 1) for key in "ABC"]
        problem = parse_problem(problem_file(*many, rules=[rule]))
        plain = parse_problem(problem_file(*many))
        rows = [
            len(build_model(one, range(3), curves(one, range(3), 1.0)).lp.constraints())
            for one in (problem, plain)
        ]
        assert rows[0] == rows[1] + 1

    def test_what_runs_is_dropped_when_better_is_worth_the_price(self) -> None:
        held = {"A": {"option": "o", "start": "2027-Q1"}}
        many = [simple("A", 40, 600), simple("B", 60, 600)]
        for price, kept in ((19, "B"), (21, "A")):
            rule = {"type": "keep", "price": price}
            document = problem_file(*many, quarters=1, rules=[rule], incumbent=held)
            assert self.funded(best(document)) == [kept]

    def test_moving_may_cost_less_than_dropping(self) -> None:
        held = {"A": {"option": "o", "start": "2027-Q1"}}
        one = initiative("A", option(value=[10, 30], spend={"money": [5]}))
        rules = [{"type": "keep", "may_move": True, "price": 100}, {"type": "keep", "price": 4}]
        plan = best(problem_file(one, rules=rules, incumbent=held))
        assert [(row.start, plan.value, plan.paid) for row in plan.funded] == [("2027-Q2", 26, 4)]

    def test_what_continues_counts_with_what_is_left_of_it(self) -> None:
        """500 of A are spent and in no figure: 100 to go for 300 beat B's 400 for 290."""
        rest = option("rest", spend={"money": [100]}, value=300, start=["2027-Q1"])
        held = {"A": {"option": "rest", "start": "2027-Q1"}}
        document = problem_file(
            initiative("A", rest), simple("B", 290, 400), budget=[450], quarters=1, incumbent=held
        )
        assert self.funded(best(document)) == ["A"]

    def test_a_price_of_a_share_of_money_is_paid_to_the_cent(self) -> None:
        rule = {"type": "spend_on", "initiatives": ["A"], "at_most": 100, "price": 0.125}
        plan = best(problem_file(simple("A", 500, 203), rules=[rule]))
        assert (plan.value, plan.paid) == (487, 13)
        assert plan.rules[0].miss == 103

    def test_the_result_says_price_miss_and_payment(self) -> None:
        rule = {"type": "exclude", "initiative": "A", "price": 4}
        document = problem_file(simple("A", 10, 1), rules=[rule])
        result = result_json(best(document))
        assert result["paid"] == 4
        assert result["rules"] == [
            {"key": "R1", "type": "exclude", "slack": -1, "binding": True,
             "price": 4, "miss": 1, "paid": 4},
        ]  # fmt: skip
        result["rules"][0]["paid"] = 3
        assert [one.path for one in verify(parse_problem(document), result)] == ["$.rules[0].paid"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            ({"type": "spend_on", **X}, "exactly one of “at_most” and “at_least”"),
            ({"type": "spend_on", "at_most": 1}, "needs either “initiatives” or both"),
            ({"type": "spend_on", "initiatives": ["A"], "at_most": -1}, "must not be negative"),
            ({"type": "average_risk"}, "lacks “at_most”"),
            ({"type": "average_risk", "at_most": 1, "by": "money"}, "must be initiatives or spend"),
            ({"type": "average_risk", "at_most": 1, "tag": "tag"}, "or none of them"),
            ({"type": "change_load", "count": 1, "capacity": "none"}, "is no capacity"),
            ({"type": "keep", "initiatives": ["C"]}, "C is not in “incumbent”"),
            ({"type": "keep", "may_move": 1}, "must be true or false"),
            ({"type": "at_most", "count": 1, **X, "price": -1}, "must not be negative"),
            ({"type": "synergy", "initiatives": ["A", "B"], "value": 1, "price": 1},
             "is not known here"),
        ],
    )  # fmt: skip
    def test_what_says_too_little_is_refused(self, rule: Document, said: str) -> None:
        with pytest.raises(ProblemError, match=said):
            parse_problem(three(rule))

    def test_nobody_runs_today(self) -> None:
        with pytest.raises(ProblemError, match="nobody stands there"):
            parse_problem(problem_file(simple("A", 1), rules=[{"type": "keep"}]))

    def test_what_runs_can_not_stay_where_it_may_not_start(self) -> None:
        held = {"A": {"option": "o", "start": "2027-Q2"}}
        document = problem_file(simple("A", 1), rules=[{"type": "keep"}], incumbent=held)
        with pytest.raises(ProblemError, match="may not start in 2027-Q2"):
            parse_problem(document)
        document["rules"][0]["may_move"] = True
        assert parse_problem(document).rules

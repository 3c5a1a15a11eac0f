"""Money is counted in integers, value with overlap, and both exactly."""

from __future__ import annotations

from decimal import Decimal
from math import exp

from hypothesis import given
from hypothesis import strategies as st

from app.portfolio.engine import parse_problem
from app.portfolio.engine.counting import Account, fund_quarters
from app.portfolio.engine.problem import Fund, Placement
from tests.factories.problems import Document, initiative, option, problem_file, simple

amounts = st.lists(st.integers(0, 10**6), min_size=1, max_size=6)


def account_of(document: Document, *starts: int) -> Account:
    """All initiatives in their first option, started in the given quarters."""
    problem = parse_problem(document)
    return Account(problem, tuple(Placement(i, 0, start) for i, start in enumerate(starts)))


def claims(*intensities: float, worth: int = 1_000_000) -> Document:
    """One quarter, one pool, an initiative per intensity."""
    return problem_file(
        *(
            initiative(f"I{k}", option(effects=[{"pool": "claims", "intensity": [a]}]))
            for k, a in enumerate(intensities)
        ),
        quarters=1,
        pools=[{"key": "claims", "value": [worth]}],
    )


class TestFundQuarters:
    def test_nothing_moves_on_without_carry_over(self) -> None:
        found = fund_quarters(Fund("f", (100, 100), Decimal(0)), [40, 100])
        assert [(q.arrived, q.left, q.moved) for q in found] == [(0, 60, 0), (0, 0, 0)]

    def test_at_most_the_share_of_a_quarters_money_moves_on(self) -> None:
        found = fund_quarters(Fund("f", (100, 100, 0), Decimal("0.25")), [0, 50, 18])
        assert [q.moved for q in found] == [25, 31, 0]  # a quarter of 125 is 31.25
        assert [q.left for q in found] == [100, 75, 13]

    def test_everything_moves_on_with_full_carry_over(self) -> None:
        found = fund_quarters(Fund("f", (100, 0, 0), Decimal(1)), [0, 0, 100])
        assert [q.left for q in found] == [100, 100, 0]

    def test_overspending_shows_as_less_than_nothing_left(self) -> None:
        assert fund_quarters(Fund("f", (100,), Decimal(1)), [101])[0].left == -1

    def test_what_is_committed_is_gone_before_anything_is_spent(self) -> None:
        fund = Fund("f", (100, 0), Decimal("0.5"), (0, 50))
        found = fund_quarters(fund, [25, 12])
        assert [(q.budget, q.committed, q.spend, q.left) for q in found] == [
            (100, 0, 25, 75), (0, 50, 12, -12),
        ]  # fmt: skip

    @given(amounts, st.decimals(0, 1, places=3))
    def test_money_is_neither_made_nor_lost_when_all_is_kept(
        self, budget: list[int], share: Decimal
    ) -> None:
        found = fund_quarters(Fund("f", tuple(budget), share), [0] * len(budget))
        assert all(0 <= q.moved <= q.left for q in found)
        assert sum(q.left - q.moved for q in found) == sum(budget)


class TestValue:
    def test_initiatives_on_one_pool_share_it(self) -> None:
        both = account_of(claims(0.3, 0.2), 0, 0)
        assert both.value == round(1_000_000 * (1 - exp(-0.5)))

    def test_a_copy_never_doubles_value(self) -> None:
        once, twice = account_of(claims(0.3), 0), account_of(claims(0.3, 0.3), 0, 0)
        assert once.value < twice.value < 2 * once.value

    def test_no_set_takes_more_than_the_pool(self) -> None:
        assert account_of(claims(5, 5, 5), 0, 0, 0).value <= 1_000_000

    def test_a_disbenefit_counts_against(self) -> None:
        assert account_of(claims(-0.2), 0).value == round(1_000_000 * (1 - exp(0.2)))

    def test_splitting_an_initiative_in_two_changes_nothing(self) -> None:
        assert account_of(claims(0.5), 0).value == account_of(claims(0.2, 0.3), 0, 0).value

    def test_half_a_cent_is_rounded_to_even(self) -> None:
        overtime = {"key": "team", "available": [0], "overtime_price": 1}
        document = problem_file(
            initiative("A", option(value=3, demand={"team": [0.5]})),
            quarters=1,
            capacities=[overtime],
        )
        assert account_of(document, 0).value == 2

    def test_an_effect_moves_with_the_start_and_ends_with_the_horizon(self) -> None:
        document = problem_file(
            initiative("A", option(effects=[{"pool": "p", "intensity": [0.1, 0.2, 0.3]}])),
            pools=[{"key": "p", "value": [1000, 1000]}],
        )
        late = account_of(document, 1)
        assert {place: part[0][1] for place, part in late.contributions.items()} == {
            (0, 1): Decimal("0.1")
        }

    def test_a_pool_worth_nothing_gives_nothing(self) -> None:
        assert account_of(claims(0.3, worth=0), 0).value == 0

    def test_synergy_needs_all_of_them(self) -> None:
        document = problem_file(
            *(simple(key, 0) for key in "ABC"),
            rules=[{"type": "synergy", "initiatives": ["A", "B"], "value": 7}],
        )
        problem = parse_problem(document)
        a, b, c = (Placement(i, 0, 0) for i in range(3))
        assert Account(problem, (a, b)).value == 7
        assert Account(problem, (a, c)).value == 0


class TestUse:
    def test_spend_after_the_last_quarter_counts_against_nothing_but_is_reported(self) -> None:
        document = problem_file(
            initiative("A", option(spend={"money": [5, 6, 7]}, start=["2027-Q2"]))
        )
        account = account_of(document, 1)
        placement = account.chosen[0]
        flow = account.problem.option(placement).spend[0]
        assert account.spend == [[0, 5]]
        assert account.problem.beyond(placement, flow) == 13

    def test_overtime_is_priced_where_it_falls(self) -> None:
        team = {"key": "team", "available": [10, 10], "overtime_price": 100}
        document = problem_file(
            initiative("A", option(demand={"team": [12.5, 3]})), capacities=[team]
        )
        account = account_of(document, 0)
        assert account.overtime == [[Decimal("2.5"), 0]]
        assert account.value == -250

    def test_money_beyond_what_floats_can_tell_apart_stays_exact(self) -> None:
        document = problem_file(
            *(simple(f"I{k}", 10**15 - k, 10**15 - k) for k in range(3)), budget=[10**15, 0]
        )
        account = account_of(document, 0, 0, 0)
        assert account.value == account.spend[0][0] == 3 * 10**15 - 3

"""What stays bound, fund by fund and quarter by quarter, when an initiative goes on smaller."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.approvals.rules import Balance, CommitmentState, TrancheState
from app.approvals.rules.cells import Hurdle, Position, standing, standings
from app.approvals.rules.tranches import bound_left, kept_by
from app.values.quarter import Quarter

Q1, Q2, Q3 = (Quarter(2027, number) for number in (1, 2, 3))
PROJECT, RUN = 1, 2
CELLS = [(fund, quarter) for fund in (PROJECT, RUN) for quarter in (Q1, Q2, Q3)]

Cells = dict[tuple[int, Quarter], int]


def cells(most: int = 100) -> st.SearchStrategy[Cells]:
    return st.dictionaries(st.sampled_from(CELLS), st.integers(0, most))


@st.composite
def rescopes(draw: st.DrawFn) -> tuple[Cells, Cells, Cells]:
    """What is held, what the smaller option needs, and what of the held is spent."""
    held = draw(cells())
    needs = {cell: draw(st.integers(0, minor)) for cell, minor in held.items()}
    spent = {cell: draw(st.integers(0, minor)) for cell, minor in held.items()}
    return held, needs, spent


class TestKeptBy:
    def test_keeps_what_the_smaller_option_needs_in_each_fund(self) -> None:
        held = {(PROJECT, Q1): 90_000, (RUN, Q2): 79_000}
        needs = {(PROJECT, Q1): 45_000, (RUN, Q2): 31_000}
        assert kept_by(held, needs, 76_000, {}) == needs

    @given(rescopes())
    def test_equals_the_smaller_option_where_nothing_was_spent(
        self, case: tuple[Cells, Cells, Cells]
    ) -> None:
        held, needs, _ = case
        assert kept_by(held, needs, sum(needs.values()), {}) == needs

    @given(rescopes())
    def test_never_keeps_less_than_was_spent_nor_more_than_was_held(
        self, case: tuple[Cells, Cells, Cells]
    ) -> None:
        held, needs, spent = case
        total = max(sum(needs.values()), sum(spent.values()))
        kept = kept_by(held, needs, total, spent)
        assert sum(kept.values()) == total
        assert all(spent[cell] <= kept[cell] <= held[cell] for cell in held)

    @given(cells(), cells(), st.data())
    def test_adds_up_whatever_the_smaller_option_asks_where(
        self, held: Cells, needs: Cells, data: st.DataObject
    ) -> None:
        total = data.draw(st.integers(0, sum(held.values())))
        kept = kept_by(held, needs, total, {})
        assert sum(kept.values()) == total
        assert all(0 <= kept[cell] <= held[cell] for cell in held)

    def test_takes_what_was_spent_beyond_the_option_from_the_same_fund_first(self) -> None:
        held = {(PROJECT, Q1): 100, (PROJECT, Q2): 100, (RUN, Q1): 100}
        needs = {(PROJECT, Q1): 40, (PROJECT, Q2): 40, (RUN, Q1): 40}
        kept = kept_by(held, needs, 120, {(PROJECT, Q1): 60})
        assert kept == {(PROJECT, Q1): 60, (PROJECT, Q2): 20, (RUN, Q1): 40}


class TestBoundLeft:
    @given(rescopes(), st.data())
    def test_a_later_stop_takes_from_what_the_rescope_left(
        self, case: tuple[Cells, Cells, Cells], data: st.DataObject
    ) -> None:
        planned, kept, _ = case
        stays = sum(kept.values())
        more = data.draw(st.integers(0, stays))
        left = bound_left(planned, sum(planned.values()) - stays + more, kept)
        assert sum(left.values()) == stays - more
        assert all(left[cell] <= kept[cell] for cell in planned)

    def test_every_cent_stands_somewhere_after_a_rescope(self) -> None:
        planned = {(PROJECT, Q1): 90, (RUN, Q1): 10, (RUN, Q2): 60}
        kept = {(PROJECT, Q1): 45, (RUN, Q2): 31}
        position = Position(
            1, 1, "FY27", "CX-1", "Answers", CommitmentState.ACTIVE,
            Balance(approved=160, committed=46, released=30, freed=84), planned,
            hurdles=(Hurdle(1, 30, TrancheState.RELEASED), Hurdle(2, 46, TrancheState.PENDING)),
            amended=kept,
        )  # fmt: skip
        found = standings(position)
        assert {cell: one.freed for cell, one in found.items()} == {
            (PROJECT, Q1): 45, (RUN, Q1): 10, (RUN, Q2): 29,
        }  # fmt: skip
        assert sum((one for one in found.values()), type(standing(position))()) == standing(
            position
        )

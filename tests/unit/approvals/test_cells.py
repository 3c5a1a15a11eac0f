"""Every cent of a commitment stands in one fund, one quarter and one state."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from app.approvals.rules import Balance, CommitmentState, TrancheState
from app.approvals.rules.cells import (
    Cell,
    Hurdle,
    Position,
    Standing,
    layers,
    standing,
    standings,
)
from app.approvals.rules.exposure import (
    Exposure,
    GateHistory,
    GateRecord,
    exposure,
    exposure_cells,
)
from app.values.quarter import Quarter

Q1, Q2, Q3, Q4 = (Quarter(2027, number) for number in range(1, 5))
CAPEX, OPEX = 1, 2


def position(
    planned: dict[Cell, int],
    *hurdles: tuple[int, TrancheState],
    spent: dict[Cell, int] | None = None,
) -> Position:
    """A commitment whose ledger says what its hurdles say."""
    held = dict.fromkeys(TrancheState, 0)
    for minor, state in hurdles:
        held[state] += minor
    return Position(
        commitment_id=1,
        cycle_id=1,
        cycle="FY27",
        key="CX-1",
        title="Answers",
        state=CommitmentState.ACTIVE,
        balance=Balance(
            approved=sum(planned.values()),
            committed=held[TrancheState.PENDING] + held[TrancheState.HELD],
            released=held[TrancheState.RELEASED],
            freed=held[TrancheState.FREED],
            spent=sum((spent or {}).values()),
        ),
        planned=planned,
        spent=spent or {},
        hurdles=tuple(Hurdle(at, *one) for at, one in enumerate(hurdles, start=1)),
    )


PENDING, HELD = TrancheState.PENDING, TrancheState.HELD
RELEASED, FREED = TrancheState.RELEASED, TrancheState.FREED


class TestLayers:
    def test_take_the_earliest_quarter_first_and_share_it_by_what_is_left(self) -> None:
        cells = {(CAPEX, Q1): 60, (OPEX, Q1): 30, (CAPEX, Q2): 10}
        assert layers(cells, [30, 65, 5]) == [
            {(CAPEX, Q1): 20, (OPEX, Q1): 10},
            {(CAPEX, Q1): 40, (OPEX, Q1): 20, (CAPEX, Q2): 5},
            {(CAPEX, Q2): 5},
        ]

    def test_leave_out_what_no_cell_can_hold(self) -> None:
        assert layers({(CAPEX, Q1): 5}, [9, 1]) == [{(CAPEX, Q1): 5}, {}]

    @given(
        st.dictionaries(
            st.tuples(st.sampled_from([CAPEX, OPEX, 3]), st.sampled_from([Q1, Q2, Q3, Q4])),
            st.integers(0, 50),
        ),
        st.lists(st.integers(0, 120), max_size=5),
    )
    def test_hold_to_the_cent_what_the_cells_can_and_nothing_twice(
        self, cells: dict[Cell, int], amounts: list[int]
    ) -> None:
        found = layers(cells, amounts)
        assert len(found) == len(amounts)
        left = sum(cells.values())
        for amount, layer in zip(amounts, found, strict=True):
            assert sum(layer.values()) == min(amount, left)
            assert all(minor > 0 for minor in layer.values())
            left -= sum(layer.values())
        for cell, minor in cells.items():
            assert sum(layer.get(cell, 0) for layer in found) <= minor


class TestStandings:
    def test_split_a_commitment_by_its_hurdles(self) -> None:
        planned = {(CAPEX, Q1): 50, (CAPEX, Q2): 30, (CAPEX, Q3): 20}
        one = position(planned, (40, RELEASED), (20, HELD), (40, PENDING), spent={(CAPEX, Q1): 25})
        assert standings(one) == {
            (CAPEX, Q1): Standing(approved=50, released=40, on_hold=10, spent=25),
            (CAPEX, Q2): Standing(approved=30, on_hold=10, reserved=20),
            (CAPEX, Q3): Standing(approved=20, reserved=20),
        }

    def test_take_what_a_stop_freed_from_the_latest_quarters(self) -> None:
        planned = {(CAPEX, Q1): 50, (CAPEX, Q2): 50}
        found = standings(position(planned, (30, RELEASED), (70, FREED)))
        assert found[CAPEX, Q1] == Standing(approved=50, released=30, freed=20)
        assert found[CAPEX, Q2] == Standing(approved=50, freed=50)

    def test_show_spend_where_it_was_booked_even_where_none_was_planned(self) -> None:
        one = position({(CAPEX, Q1): 50}, (50, RELEASED), spent={(CAPEX, Q2): 10})
        assert standings(one)[CAPEX, Q2] == Standing(spent=10)


cells = st.tuples(st.sampled_from([CAPEX, OPEX]), st.sampled_from([Q1, Q2, Q3, Q4]))
states = st.sampled_from(["", "held", "stop"])


@st.composite
def positions(draw: st.DrawFn) -> Position:
    """Any commitment that decisions and bookings can lead to."""
    planned = draw(st.dictionaries(cells, st.integers(1, 10**9), min_size=1))
    total = sum(planned.values())
    cuts = sorted(draw(st.lists(st.integers(0, total), max_size=4)))
    amounts = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
    passed = draw(st.integers(0, len(amounts)))
    end = draw(states)
    open_ = FREED if end == "stop" else PENDING
    after = [HELD if end == "held" else open_, *[open_] * len(amounts)]
    hurdles = [
        (minor, RELEASED if at < passed else after[at - passed]) for at, minor in enumerate(amounts)
    ]
    released = sum(amounts[:passed])
    spent: dict[Cell, int] = {}
    for cell, share in draw(st.dictionaries(cells, st.integers(0, 100), max_size=4)).items():
        spent[cell] = min(released * share // 100, released - sum(spent.values()))
    return position(planned, *hurdles, spent={c: m for c, m in spent.items() if m})


class TestAnyCommitment:
    @given(positions())
    def test_adds_up_over_its_cells_and_across_its_states(self, one: Position) -> None:
        for cell in standings(one).values():
            parts = cell.released + cell.reserved + cell.on_hold + cell.freed
            assert cell.approved == parts
            assert min(getattr(cell, f.name) for f in fields(cell)) >= 0
        whole, money = sum(standings(one).values(), Standing()), one.balance
        assert whole == standing(one)
        assert (whole.approved, whole.released, whole.freed, whole.spent) == (
            money.approved, money.released, money.freed, money.spent,
        )  # fmt: skip
        assert whole.reserved + whole.on_hold == money.committed
        held = sum(h.amount_minor for h in one.hurdles if h.state is HELD)
        assert whole.on_hold == held

    @given(positions(), st.sampled_from([Q1, Q3]), st.integers(0, 20), st.integers(0, 20))
    def test_will_pay_between_what_is_released_and_all_it_holds(
        self, one: Position, today: Quarter, passed: int, missed: int
    ) -> None:
        history = GateHistory({at: GateRecord(passed, passed + missed) for at in range(1, 6)})
        found = exposure(one, history, today=today)
        money = one.balance
        assert (found.released, found.spent) == (money.released, money.spent)
        assert found.maximum == money.released + money.committed
        assert found.released <= found.expected <= found.maximum
        assert found.released <= found.at_next <= found.maximum

    @given(positions(), st.sampled_from([Q1, Q3]))
    def test_pays_nothing_in_the_past_but_what_was_spent_there(
        self, one: Position, today: Quarter
    ) -> None:
        for (_, quarter), cell in exposure_cells(one, GateHistory(), today=today).items():
            if quarter < today:
                assert cell == Exposure(spent=cell.spent)

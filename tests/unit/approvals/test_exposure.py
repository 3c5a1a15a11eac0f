"""What will be paid out, against figures worked out by hand."""

from __future__ import annotations

from fractions import Fraction

from app.approvals.rules import Balance, CommitmentState, TrancheState
from app.approvals.rules.cells import Hurdle, Position
from app.approvals.rules.exposure import (
    Exposure,
    GateHistory,
    GateRecord,
    chances,
    exposure,
    exposure_cells,
    gate_history,
)
from app.values.quarter import Quarter

PENDING, HELD = TrancheState.PENDING, TrancheState.HELD
RELEASED, FREED = TrancheState.RELEASED, TrancheState.FREED
Q1, Q2, Q3 = (Quarter(2027, number) for number in (1, 2, 3))
CAPEX, OPEX = 1, 2


def hurdles(*states: TrancheState) -> list[Hurdle]:
    return [Hurdle(at, 100, state) for at, state in enumerate(states, start=1)]


class TestGateHistory:
    def test_counts_the_first_freed_hurdle_as_missed_and_none_after_it(self) -> None:
        found = gate_history(
            [
                hurdles(RELEASED, RELEASED, PENDING),
                hurdles(RELEASED, FREED, FREED),
                hurdles(HELD, PENDING),
            ]
        )
        assert found.records == {1: GateRecord(2, 2), 2: GateRecord(1, 2)}

    def test_counts_an_early_finish_as_passed_where_the_criteria_were_met(self) -> None:
        met = [Hurdle(1, 100, RELEASED), Hurdle(2, 100, FREED, was_met=True)]
        found = gate_history([met])
        assert found.records[2] == GateRecord(1, 1) and found.unjudged == 0

    def test_leaves_an_early_finish_out_where_they_were_not(self) -> None:
        unmet = [Hurdle(1, 100, RELEASED), Hurdle(2, 100, FREED, was_met=False)]
        found = gate_history([unmet])
        assert 2 not in found.records and found.unjudged == 1

    def test_says_one_half_where_nothing_was_decided(self) -> None:
        assert GateHistory().record_at(1).chance == Fraction(1, 2)
        assert GateRecord(3, 4).chance == Fraction(4, 6)


class TestChances:
    def test_multiply_along_the_open_hurdles(self) -> None:
        history = GateHistory({2: GateRecord(3, 4), 3: GateRecord(0, 1)})
        _, *open_ = hurdles(RELEASED, PENDING, PENDING, PENDING)
        assert chances(open_, history) == [
            Fraction(2, 3), Fraction(2, 9), Fraction(1, 9),
        ]  # fmt: skip


class TestExposure:
    """€1,000 over three quarters in two funds; the first hurdle of three released €300."""

    position = Position(
        commitment_id=1,
        cycle_id=1,
        cycle="FY27",
        key="CX-1",
        title="Answers",
        state=CommitmentState.ACTIVE,
        balance=Balance(approved=1_000, committed=700, released=300, spent=120),
        planned={(CAPEX, Q1): 300, (OPEX, Q1): 100, (CAPEX, Q2): 400, (CAPEX, Q3): 200},
        spent={(CAPEX, Q1): 120},
        hurdles=(Hurdle(1, 300, RELEASED), Hurdle(2, 300, HELD), Hurdle(3, 400, PENDING)),
    )
    history = GateHistory({2: GateRecord(2, 2), 3: GateRecord(0, 0)})

    def test_of_a_commitment(self) -> None:
        found = exposure(self.position, self.history, today=Q1)
        assert found == Exposure(
            spent=120, unspent=180, next_money=300,
            expected_open=225 + 150,  # 300 · 3/4 + 400 · 3/4 · 1/2
            open_money=700,
        )  # fmt: skip
        assert (found.at_next, found.expected, found.maximum) == (600, 675, 1_000)

    def test_stands_where_it_was_planned_once_the_spend_is_taken_off(self) -> None:
        found = exposure_cells(self.position, self.history, today=Q1)
        # Of 300 released 225 stand in capex and 75 in opex of the first quarter.
        assert found[CAPEX, Q1].unspent == 225 - 120 and found[OPEX, Q1].unspent == 75
        assert found[CAPEX, Q1].next_money == 75 and found[OPEX, Q1].next_money == 25
        assert found[CAPEX, Q2].next_money == 200
        assert found[CAPEX, Q3] == Exposure(open_money=200, expected_open=75)

    def test_moves_what_was_not_spent_in_time_to_the_present_quarter(self) -> None:
        found = exposure_cells(self.position, self.history, today=Q2)
        assert found[CAPEX, Q1] == Exposure(spent=120)
        assert found[CAPEX, Q2].unspent == 105 and found[OPEX, Q2].unspent == 75
        assert found[CAPEX, Q2].next_money == 75 + 200


class TestBeforeTheHurdle:
    """Nothing a hurdle holds is paid before its day as planned now."""

    def test_money_falls_into_the_quarter_of_its_hurdle_or_later(self) -> None:
        position = Position(
            1, 1, "FY27", "CX-1", "Answers", CommitmentState.ACTIVE,
            Balance(approved=600, committed=600),
            planned={(CAPEX, Q1): 300, (CAPEX, Q3): 300},
            hurdles=(
                Hurdle(1, 100, PENDING, due=Q2), Hurdle(2, 300, PENDING, due=Q1),
                Hurdle(3, 200, PENDING, due=Q1),
            ),
        )  # fmt: skip
        found = exposure_cells(position, GateHistory(), today=Q1)
        assert (CAPEX, Q1) not in found
        assert found[CAPEX, Q2].open_money == 300 and found[CAPEX, Q2].next_money == 100
        assert found[CAPEX, Q3].open_money == 300
        assert exposure(position, GateHistory(), today=Q1).maximum == 600

"""What a move brings along, what can't follow, and what stands against it."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.roadmap.presenters.replanning import end_notes
from app.roadmap.rules import Horizon
from app.roadmap.rules.replanning import Draft, Replan, rebased, replanned
from app.roadmap.rules.works import PlanGate, Shift, Window, Work, shifted
from app.values.quarter import Quarter

TODAY = date(2027, 2, 15)
Q1, Q2, Q3, Q4 = (Quarter(2027, number) for number in range(1, 5))


def work(id_: int, start: Quarter, **changes: Any) -> Work:
    """A work with a hurdle three and one six months after its start."""
    gates = [PlanGate(id_ * 10 + n, f"Gate {n}", day, day, True) for n, day in (
        (1, (start + 1).first_day), (2, (start + 2).first_day)
    )]  # fmt: skip
    values: dict[str, Any] = {
        "id": id_, "key": f"CX-{id_}", "title": f"Work {id_}", "cycle_id": 1, "approved": start,
        "shifts": (), "window": Window(None, Q4, Q4),
        "horizon": Horizon(date(2028, 6, 30), "FY27", can_grow=True), "gates": tuple(gates),
        "needs": (), "is_active": True,
    }  # fmt: skip
    return Work(**values | changes)


def result(draft: Draft, *works: Work) -> Replan:
    return replanned({one.id: one for one in works}, draft, TODAY)


class TestBars:
    def test_move_start_and_open_hurdles_by_whole_months(self) -> None:
        plan = result(Draft(bars={1: 2}), work(1, Q2))
        assert plan.shifts == {1: Shift(date(2027, 4, 1), date(2027, 6, 1))}
        assert plan.gates == {11: date(2027, 9, 1), 12: date(2027, 12, 1)}
        assert plan.faults == {}

    def test_that_have_begun_keep_start_and_decided_hurdles(self) -> None:
        one = work(1, Q1)
        done = PlanGate(11, "Gate 1", date(2027, 4, 1), date(2027, 4, 1), is_open=False)
        begun = work(1, Q1, gates=(done, one.gates[1]))
        plan = result(Draft(bars={1: 3}), begun)
        assert plan.gates == {12: date(2027, 10, 1)}
        assert shifted(date(2027, 1, 1), plan.after(begun)) == date(2027, 1, 1)
        assert shifted(date(2027, 4, 1), plan.after(begun)) == date(2027, 7, 1)

    def test_stay_within_the_window_of_their_option_and_the_horizon(self) -> None:
        closed = work(1, Q2, window=Window(Q2, Q3, Q4))
        assert "has to start by Q3 2027" in result(Draft(bars={1: 6}), closed).faults["bar-1"]
        assert "can start from Q2 2027" in result(Draft(bars={1: -1}), closed).faults["bar-1"]
        short = work(1, Q2, horizon=Horizon(date(2027, 10, 1), "FY27", can_grow=False))
        assert "Gate 2: What was planned" in result(Draft(bars={1: 5}), short).faults["bar-1"]

    def test_do_not_start_before_today(self) -> None:
        """Not in a month that has begun either: what was measured in it would count."""
        words = "{} is past. Choose 1 Mar 2027 or a later month."
        for months, on in ((-2, "1 Feb 2027"), (-4, "1 Dec 2026")):
            assert result(Draft(bars={1: months}), work(1, Q2)).faults["bar-1"] == words.format(on)
        assert result(Draft(bars={1: -1}), work(1, Q2)).faults == {}

    def test_whose_money_is_released_do_not_go_on_before_today_either(self) -> None:
        done = PlanGate(11, "Gate 1", date(2027, 4, 1), date(2027, 4, 1), is_open=False)
        last = PlanGate(12, "Gate 2", date(2027, 12, 1), date(2027, 12, 1), is_open=True)
        for start in (Q1, Q2):
            released = work(1, start, gates=(done, last))
            assert result(Draft(bars={1: -3}), released).faults["bar-1"] == (
                "What is left of it would go on from 1 Jan 2027, which is past. "
                "Choose 1 Mar 2027 or a later month."
            )
            assert result(Draft(bars={1: -1}), released).faults == {}

    def test_do_not_start_before_what_they_need(self) -> None:
        need, one = work(1, Q2), work(2, Q3, needs=((1, 1),))
        assert "from 1 Jul 2027 on" in result(Draft(bars={2: -1}), need, one).faults["bar-2"]


class TestEnd:
    def test_stays_where_approved_money_is_longer_and_the_review_says_why(self) -> None:
        long = work(1, Q2, money_until=Quarter(2028, 1))
        (words,) = end_notes({1: long}, result(Draft(bars={1: 2}), long))
        assert words == (
            "CX-1: its end stays on 31 Mar 2028. Money is approved by quarter until then, and a"
            " move of work leaves it there."
        )

    def test_follows_its_last_hurdle_otherwise(self) -> None:
        short = work(1, Q2, money_until=Q2)
        assert end_notes({1: short}, result(Draft(bars={1: 2}), short)) == []
        assert end_notes({1: short}, result(Draft(gates={12: date(2027, 10, 2)}), short)) == []


class TestDependants:
    def test_follow_only_as_far_as_they_must_and_theirs_in_turn(self) -> None:
        first, second = work(1, Q2), work(2, Q3, needs=((1, 0),))
        third = work(3, Q3, needs=((2, 0),))
        near = result(Draft(bars={1: 3}), first, second, third)
        assert near.follows == {}
        far = result(Draft(bars={1: 5}), first, second, third)
        assert far.follows == {2: 1, 3: 2}
        assert far.shifts[3] == Shift(date(2027, 7, 1), date(2027, 9, 1))
        assert far.gates[31] == date(2027, 12, 1)

    def test_follow_a_slip_of_work_that_has_begun(self) -> None:
        plan = result(Draft(bars={1: 1}), work(1, Q1), work(2, Q2, needs=((1, 1),)))
        assert plan.shifts[2] == Shift(date(2027, 4, 1), date(2027, 5, 1))

    def test_are_flagged_where_they_can_not_follow(self) -> None:
        need = work(1, Q1)
        begun = work(2, Q1, needs=((1, 0),))
        closed = work(3, Q2, needs=((1, 1),), window=Window(Q2, Q2, Q4))
        plan = result(Draft(bars={1: 3}), need, begun, closed)
        assert plan.flags[2] == ["It needs CX-1 and has begun already; it stays where it is."]
        assert "can't follow to 1 Jul 2027" in plan.flags[3][0]
        assert set(plan.shifts) == {1} and not {21, 31} & set(plan.gates)
        assert plan.faults == {}

    def test_stay_and_are_named_when_a_hurdle_alone_moves(self) -> None:
        plan = result(
            Draft(gates={11: date(2027, 8, 1)}), work(1, Q2), work(2, Q2, needs=((1, 0),))
        )
        assert "whose hurdle “Gate 1” comes later" in plan.flags[2][0]
        assert plan.gates == {11: date(2027, 8, 1)} and plan.shifts == {}


class TestHurdles:
    def test_are_judged_beside_where_what_follows_ends_up(self) -> None:
        first, second = work(1, Q2), work(2, Q3, needs=((1, 0),))
        draft = Draft(bars={1: 5}, gates={21: date(2028, 2, 1)})
        plan = result(draft, first, second)
        assert plan.faults == {} and plan.follows == {2: 1}
        assert plan.gates[21] == date(2028, 2, 1) and plan.gates[22] == date(2028, 3, 1)
        alone = result(Draft(gates={21: date(2028, 2, 1)}), first, second)
        assert "would pass the next hurdle, Gate 2, due 1 Jan 2028" in alone.faults["gate-21"]

    def test_keep_their_date_once_decided(self) -> None:
        done = PlanGate(11, "Gate 1", date(2027, 4, 1), date(2027, 4, 1), is_open=False)
        plan = result(Draft(gates={11: date(2027, 5, 1)}), work(1, Q1, gates=(done,)))
        assert plan.faults == {"gate-11": "This hurdle is decided; its date stays."}

    def test_that_are_gone_are_named(self) -> None:
        assert set(result(Draft({9: 1}, {99: TODAY}), work(1, Q2)).faults) == {"bar-9", "gate-99"}


class TestRebased:
    def test_ends_where_it_was_to_end_and_leaves_out_what_stands_there(self) -> None:
        works = {one.id: one for one in (work(1, Q2), work(2, Q2), work(3, Q1))}
        draft = Draft(
            bars={1: 2, 2: 2, 3: -6, 9: 1},
            gates={11: date(2027, 7, 1), 12: date(2027, 11, 1)},
            base={1: 0},
        )
        now = rebased(draft, works, {1: 2, 2: 1, 3: -6})
        assert now.bars == {2: 1, 9: 1}
        assert now.gates == {12: date(2027, 11, 1)}

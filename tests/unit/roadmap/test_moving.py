"""Days a hurdle can't move to are refused with what to do."""

from __future__ import annotations

from datetime import date, timedelta

from app.roadmap.rules import HOLD_DAYS, Horizon, HurdleDay, move_faults

TODAY = date(2027, 2, 15)
HURDLES = (
    HurdleDay(1, "Pilot", date(2027, 4, 1)),
    HurdleDay(2, "Rollout", date(2027, 7, 1)),
    HurdleDay(3, "Benefit", date(2027, 10, 1)),
)
OPEN = Horizon(date(2028, 12, 31), "FY27", can_grow=True)


def faults(wanted: dict[int, date], horizon: Horizon = OPEN) -> dict[int, str]:
    return move_faults(HURDLES, wanted, horizon=horizon, today=TODAY)


class TestMoveFaults:
    def test_are_none_for_days_in_order_within_the_horizon(self) -> None:
        assert faults({2: date(2027, 10, 1)}) == {}
        assert faults({1: date(2027, 8, 1), 2: date(2027, 11, 1), 3: date(2028, 2, 1)}) == {}

    def test_let_the_last_hurdle_slip_past_the_horizon_as_long_as_a_hold_lasts(self) -> None:
        assert faults({3: OPEN.planned_on + timedelta(days=HOLD_DAYS)}) == {}

    def test_name_the_hurdle_it_collides_with(self) -> None:
        assert "The hurdle before, Pilot, is due on 1 Apr 2027" in faults({2: date(2027, 3, 1)})[2]
        passed = faults({2: date(2027, 11, 1)})
        assert list(passed) == [2]
        assert "It would pass the next hurdle, Benefit, due 1 Oct 2027" in passed[2]

    def test_say_what_to_do_about_a_slip_past_the_horizon(self) -> None:
        late = {3: date(2029, 4, 2)}
        assert faults(late)[3].startswith(
            "What was planned ends on 31 Dec 2028, and a hurdle can slip"
        )
        assert "choose a day until 1 Apr 2029" in faults(late)[3]
        assert "ask Finance to add planning quarters to FY27 first" in faults(late)[3]
        closed = faults(late, Horizon(OPEN.planned_on, "FY27", can_grow=False))[3]
        assert "add planning" not in closed
        assert "proposed again in an open cycle" in closed

    def test_refuse_the_past_and_standing_still(self) -> None:
        assert "is past" in faults({1: date(2027, 2, 14)})[1]
        assert "already" in faults({1: HURDLES[0].due_on})[1]

    def test_leave_an_overdue_hurdle_that_stays_alone(self) -> None:
        late = (HurdleDay(1, "Pilot", date(2027, 1, 1)), *HURDLES[1:])
        wanted = {2: date(2027, 8, 1)}
        assert move_faults(late, wanted, horizon=OPEN, today=TODAY) == {}

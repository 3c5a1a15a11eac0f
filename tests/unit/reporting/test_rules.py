"""A step's state follows from what is there, and from nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from app.accounts.rules import PERMISSIONS
from app.reporting.rules import STEPS, FirstCycle, StepState, step_state

NOTHING: Any = FirstCycle(
    **{one.name: None for one in fields(FirstCycle)} | {"leads": 0, "finance": 0}
)


class TestStepState:
    def test_of_an_empty_company_leaves_what_needs_nothing_before(self) -> None:
        now = [key for key in STEPS if step_state(key, NOTHING) is StepState.NEXT]
        assert now == ["people", "cycle", "journey"]

    def test_waits_for_everything_before_it(self) -> None:
        drafted = replace(NOTHING, cycle=1, fund=1, budget=1)
        assert step_state("open", drafted) is StepState.LATER
        assert step_state("open", replace(drafted, baseline=1)) is StepState.NEXT
        assert step_state("open", replace(drafted, baseline=1, open=1)) is StepState.DONE

    def test_people_are_there_once_two_roles_are_held(self) -> None:
        assert step_state("people", replace(NOTHING, leads=2)) is StepState.NEXT
        assert step_state("people", replace(NOTHING, leads=1, finance=1)) is StepState.DONE


class TestSteps:
    def test_name_permissions_and_earlier_steps_only(self) -> None:
        seen: list[str] = []
        for key, step in STEPS.items():
            assert step.permission in PERMISSIONS
            assert set(step.after) <= set(seen)
            seen.append(key)

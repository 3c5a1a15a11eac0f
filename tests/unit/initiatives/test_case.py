"""The way from a claim to what a plan allocates, step by step."""

from __future__ import annotations

from app.initiatives.rules import ClaimStep
from app.initiatives.rules.case import extended_steps

ALONE = (
    ClaimStep("Claimed", "Claimed", "", 900, True),
    ClaimStep("Time", "Time", "", -200),
    ClaimStep("Standalone value", "Value", "", 700, True),
)


class TestExtendedSteps:
    def test_add_up_from_the_standalone_value_to_the_allocated_one(self) -> None:
        steps = extended_steps(ALONE, 650, 480)
        assert steps[:3] == ALONE
        assert [(one.short, one.minor) for one in steps[3:]] == [
            ("Earlier", -50), ("Overlap", -170), ("Allocated", 480),
        ]  # fmt: skip
        assert ALONE[-1].minor + steps[3].minor + steps[4].minor == steps[5].minor

"""Where things stand on an axis that begins at a round number and ends at one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high`` in whole steps; both ends are ticks."""

    low: int
    high: int
    step: int

    @property
    def ticks(self) -> range:
        return range(self.low, self.high + 1, self.step)

    def place(self, value: Decimal | int) -> float:
        """Where a value stands, 0 … 100 per cent of the axis, rounded to two digits."""
        return round(float((Decimal(value) - self.low) * 100 / (self.high - self.low)), 2)


def round_axis(low: Decimal | int, high: Decimal | int, *, most_steps: int = 5) -> Axis:
    """The axis that holds both ends and zero, in at most ``most_steps`` steps of 1, 2 or 5."""
    below, above = min(Decimal(low), Decimal(0)), max(Decimal(high), Decimal(1))
    size = 1
    while True:
        for factor in _STEPS:
            step = size * factor
            first, last = floor(below / step), ceil(above / step)
            if last - first <= most_steps:
                return Axis(first * step, last * step, step)
        size *= 10

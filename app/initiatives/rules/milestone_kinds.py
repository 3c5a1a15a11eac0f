"""What a hurdle is for, and which link of the way to money a criterion measures."""

from __future__ import annotations

from enum import Enum


class HurdleKind(Enum):
    """Learn hurdles pass when the effect is known well enough, grow hurdles when it pays."""

    LEARN = "learn"
    GROW = "grow"

    @property
    def word(self) -> str:
        return self.value.capitalize()


class ChainLink(Enum):
    """The links from what customers do to money, in order; money is worked out, not measured."""

    BEHAVIOUR = "behaviour"
    METRIC = "metric"
    LEVER = "lever"
    MONEY = "money"

    @property
    def word(self) -> str:
        return self.value.capitalize()


MEASURED_LINKS = (ChainLink.BEHAVIOUR, ChainLink.METRIC, ChainLink.LEVER)
"""What a criterion can be bound to."""

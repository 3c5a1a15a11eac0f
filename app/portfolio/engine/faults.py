"""What is wrong with a problem file, place by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import InvalidError

SHOWN = 50
"""How many faults one refusal lists; the rest is counted."""
LONGEST_STEP = 80
"""Characters of a name that a JSON path shows; names in a file may have a million."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One refusal: the JSON path it is about and a sentence saying what to do."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class ProblemError(InvalidError):
    """The problem file cannot be used as it stands; ``faults`` says where and why, and ``lines``
    says it as text, with the number of those that are too many to list."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        found = list(faults)
        self.faults = tuple(found[:SHOWN])
        count = "one fault" if len(found) == 1 else f"{len(found)} faults"
        rest = len(found) - SHOWN
        more = [f"… and {rest} more"] if rest > 0 else []
        self.lines = (*map(str, self.faults), *more)
        super().__init__(
            f"The problem has {count}. " + " ".join(self.lines),
            fields={fault.path: fault.message for fault in self.faults},
        )


def at(path: str, step: str | int) -> str:
    """The JSON path one step further down."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if len(step) > LONGEST_STEP:
        step = f"{step[:LONGEST_STEP]}…"
    return f"{path}.{step}" if step.isidentifier() else f"{path}[{step!r}]"

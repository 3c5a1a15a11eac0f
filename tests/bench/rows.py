"""A line of the table that ``python -m tests.bench`` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, what came out, and what it should be (empty: for information)."""

    name: str
    figure: str
    target: str = ""

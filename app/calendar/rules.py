"""States of a cycle."""

from __future__ import annotations

from enum import Enum


class CycleState(Enum):
    """A cycle is drafted, open for proposals and decisions, then closed; the next one follows."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"

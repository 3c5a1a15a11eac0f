"""What is handed to a solver process and what comes back over its pipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

from app.portfolio.engine.chords import Curve, Place
from app.portfolio.engine.problem import Problem

Message = dict[str, Any]
"""One JSON line. ``kind`` is one of

``bound``: ``value``, no plan of the model at ``level`` (None: the rough one) is worth more
(minor units);
``withdrawn``: the bounds told before count no more;
``plan``: ``positions`` of the placements chosen;
``stage``: ``name`` of what is searched for now;
``proven``: as ``end``; what is done after it makes the answer better, not true;
``end``: ``state`` (optimal, infeasible, limit, failed), ``solver``, ``level``, ``bound``,
``positions``, ``value``, ``is_exact`` (no plan outside those reported is worth as much, exactly),
``ties_settled``, ``misses`` (what the cheapest repair breaks), ``detail``.
"""


@dataclass(frozen=True)
class Job:
    """One search: ``start`` is a plan known beforehand, ``seconds`` all the time there is.

    ``levels`` are the overlap curves from coarse to fine; a level is searched when the one before
    is proven. ``gap`` is the relative gap to be content with. ``until`` is the end on the machine's
    monotonic clock, so that starting up is not given on top. ``rough`` are curves with fewer
    segments for who looks for plans in a large model, and proves nothing.
    """

    problem: Problem
    positions: tuple[int, ...]
    levels: tuple[Mapping[Place, Curve], ...]
    backend: str
    seconds: float
    gap: float
    start: tuple[int, ...]
    until: float = inf
    rough: Mapping[Place, Curve] | None = None


Report = Callable[[Message], None]


class Task(Protocol):
    """What any solver process is handed, pickled."""

    @property
    def seconds(self) -> float:
        """All the time there is."""

    @property
    def backend(self) -> str:
        """The solver it needs."""

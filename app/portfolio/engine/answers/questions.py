"""What is asked of a kept model, and what the process that keeps it is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.portfolio.engine.answers.changes import Change
from app.portfolio.engine.chords import Curve, Place
from app.portfolio.engine.job import Message
from app.portfolio.engine.problem import Problem

STATES = ("optimal", "limit", "infeasible", "failed")
QUESTIONS = "questions"
"""Name of the pipe."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is the best plan of the problem under these changes?

    ``gap`` is relative, ``seconds`` the time for it; ``floor`` the model value of a plan known
    beforehand. ``bound_only``: the bound of the linear relaxation is enough. ``free`` lists limits
    (``rule:KEY``, ``fund:KEY``, ``capacity:KEY``) that do not count. ``any_plan``: the first plan
    will do, and with ``bound_only`` one of the relaxation. ``apart``: sets of funded initiatives,
    by position, from which the plan differs in at least ``distance``. ``missable``: limits that
    may be missed; the plan missing them least, in their own units, is asked for. ``forced``: of
    each of these initiatives, the bound when it is funded. ``look``: how far the relaxation funds
    this one is told. ``is_brief``: where an exact search would take long, dives and moves do,
    beginning with the choices ``near``, which may break limits; another ``turn`` moves otherwise.
    """

    changes: tuple[Change, ...] = ()
    gap: float = 0.0
    seconds: float = 60.0
    floor: float | None = None
    bound_only: bool = False
    free: frozenset[str] = frozenset()
    any_plan: bool = False
    apart: tuple[frozenset[int], ...] = ()
    distance: int = 1
    missable: frozenset[str] = frozenset()
    forced: tuple[str, ...] = ()
    look: str | None = None
    is_brief: bool = False
    near: tuple[int, ...] = ()
    turn: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether a solve of the changed problem answers it."""
        return not (
            self.free or self.any_plan or self.apart or self.missable or self.forced
            or self.bound_only
        )  # fmt: skip


@dataclass(frozen=True)
class DeskTask:
    """A problem and the curves to value its pools by; ``tolerance`` is what they may understate in
    all, for models built anew. ``warms_up``: the relaxation is solved before the first question."""

    problem: Problem
    positions: tuple[int, ...]
    curves: Mapping[Place, Curve]
    tolerance: float
    seconds: float
    warms_up: bool = True
    backend: str = "highs"


def is_sound(message: Message) -> bool:
    """Whether a reply has the parts and kinds of figures that replies have."""
    figures = [message.get("value"), message.get("bound"), *message.get("bounds", ())]
    return (
        message.get("state") in STATES
        and {"positions", "value", "bound"} <= message.keys()
        and isinstance(message["positions"], list | None)
        and all(one is None or isinstance(one, int | float) for one in figures)
    )

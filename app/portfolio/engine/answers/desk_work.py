"""What a solver process does that answers question after question about one problem.

Questions come as pickles through a named pipe in the process's own folder, replies go back as
messages. Funding or barring an initiative, other budgets and most rules left out change the kept
model; any other change builds a model of its own, of which the latest stay.
"""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.portfolio.engine.answers.arrays import Arrays, Found
from app.portfolio.engine.answers.changes import (
    AddBudget,
    AddValue,
    Change,
    DropRule,
    Exclude,
    Force,
    Redraw,
    ScaleBudgets,
    applied,
)
from app.portfolio.engine.answers.kept import Kept
from app.portfolio.engine.answers.missing import Elastic
from app.portfolio.engine.answers.questions import QUESTIONS, DeskTask, Question
from app.portfolio.engine.candidates import candidate_positions
from app.portfolio.engine.chords import curves, understatement
from app.portfolio.engine.job import Message, Report
from app.portfolio.engine.problem import (
    Bound,
    Count,
    Pin,
    Problem,
    Requires,
    Share,
    Together,
    price_of,
)

MOST_KEPT = 3


def answer_questions(task: DeskTask, report: Report, folder: Path) -> None:
    """Answer until the pipe is closed."""
    pipe = folder / QUESTIONS
    os.mkfifo(pipe)
    desk = _Work(task)
    report({"kind": "ready"})
    with open(pipe, "rb") as questions:
        while True:
            try:
                number, question = pickle.load(questions)
            except EOFError:
                return
            report({"kind": "reply", "number": number} | desk.answer(question))


class _Work:
    def __init__(self, task: DeskTask) -> None:
        self.task = task
        self.kept: OrderedDict[tuple[Change, ...], Kept] = OrderedDict()
        self.elastic: Elastic | None = None
        kept = self._model(())
        if task.warms_up:
            kept.bound(kept.arrays, task.seconds)

    def answer(self, question: Question) -> Message:
        if question.missable:
            if self.elastic is None or self.elastic.changes != question.changes:
                self.elastic = Elastic(self.task.problem, question.changes)
            return _message(self.elastic.least_missed(question))
        rebuilt, light = _split(self.task.problem, question.changes)
        kept = self._model(rebuilt)
        now = _opened(kept, _changed(kept, light), question.free)
        if question.forced:
            return self._forced(kept, now, question)
        if question.bound_only:
            idle = replace(now, cost=np.zeros(len(now.cost)))
            found = kept.bound(idle if question.any_plan else now, question.seconds)
        elif question.any_plan:
            found = kept.any_plan(now, question.seconds)
        elif question.apart:
            found = kept.apart(
                now, question.apart, question.distance, gap=question.gap, seconds=question.seconds
            )
        elif question.is_brief:
            found = kept.search(
                now, gap=question.gap, seconds=question.seconds, floor=question.floor,
                near=question.near, turn=question.turn,
            )  # fmt: skip
        else:
            found = kept.solve(
                now, gap=question.gap, seconds=question.seconds, floor=question.floor
            )
        seen = None if question.look is None else kept.funded_share(question.look)
        return _message(found) | {"understated": understatement(kept.curves), "share": seen}

    def _forced(self, kept: Kept, now: Arrays, question: Question) -> Message:
        places = {one.key: place for place, one in enumerate(kept.problem.initiatives)}
        bounds = []
        for key in question.forced:
            lower = now.lower.copy()
            lower[kept.funded[places[key]]] = 1.0
            bounds.append(kept.bound(replace(now, lower=lower), question.seconds).bound)
        return _message(kept.bound(now, question.seconds)) | {"bounds": bounds}

    def _model(self, changes: tuple[Change, ...]) -> Kept:
        known = self.kept.pop(changes, None)
        if known is None:
            known = self._built(changes)
        self.kept[changes] = known
        while len(self.kept) > MOST_KEPT:
            oldest = next(one for one in self.kept if one)
            del self.kept[oldest]
        return known

    def _built(self, changes: tuple[Change, ...]) -> Kept:
        task = self.task
        if not changes:
            return Kept(task.problem, task.positions, task.curves)
        problem = applied(task.problem, changes)
        if any(isinstance(change, Redraw) for change in changes):
            return Kept(problem, task.positions, curves(problem, task.positions, task.tolerance))
        held = {task.problem.placements[p] for p in task.positions}
        extra = {problem.placements[p] for p in candidate_positions(problem)}
        positions = tuple(sorted(problem.position_of[p] for p in held | extra))
        if positions == task.positions:
            return Kept(problem, positions, task.curves)
        return Kept(problem, positions, curves(problem, positions, task.tolerance))


def _message(found: Found) -> Message:
    return {
        "state": found.state, "positions": found.positions, "value": found.value,
        "bound": found.bound,
    }  # fmt: skip


def _split(
    problem: Problem, changes: tuple[Change, ...]
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Changes that need a model of their own, and those that a kept one takes."""
    light = tuple(change for change in changes if _is_light(problem, change))
    return tuple(change for change in changes if change not in light), light


def _is_light(problem: Problem, change: Change) -> bool:
    match change:
        case ScaleBudgets() | AddBudget() | AddValue() | Force() | Exclude():
            return True
        case DropRule(rule=key):
            rule = next((rule for rule in problem.rules if rule.key == key), None)
            if rule is None or price_of(rule) is not None:
                return False
            if isinstance(rule, Count):
                return rule.bound is Bound.AT_LEAST
            return isinstance(rule, Requires | Together | Pin | Share)
    return False


def _changed(kept: Kept, changes: tuple[Change, ...]) -> Arrays:
    now = kept.arrays
    money = tuple(c for c in changes if isinstance(c, ScaleBudgets | AddBudget))
    if money:
        funds = applied(kept.problem, money).funds
        now = kept.with_budgets(now, [fund.budget for fund in funds])
    places = {one.key: place for place, one in enumerate(kept.problem.initiatives)}
    lower, upper, cost = now.lower.copy(), now.upper.copy(), now.cost.copy()
    for change in changes:
        match change:
            case Force(initiative):
                lower[kept.funded[places[initiative]]] = 1.0
            case Exclude(initiative):
                upper[kept.funded[places[initiative]]] = 0.0
            case AddValue(initiative, minor):
                cost[kept.columns_of(places[initiative])] -= minor / kept.unit
    dropped = frozenset(f"rule:{c.rule}" for c in changes if isinstance(c, DropRule))
    return _opened(kept, replace(now, lower=lower, upper=upper, cost=cost), dropped)


def _opened(kept: Kept, now: Arrays, owners: frozenset[str]) -> Arrays:
    """Without the rows of these owners."""
    rows = [row for owner in owners for row in kept.rows_of.get(owner, ())]
    if not rows:
        return now
    row_lower, row_upper = now.row_lower.copy(), now.row_upper.copy()
    row_lower[rows], row_upper[rows] = -np.inf, np.inf
    return replace(now, row_lower=row_lower, row_upper=row_upper)

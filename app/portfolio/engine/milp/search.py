"""What a solver process does: find the best plan, then settle ties, telling as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pulp

from app.portfolio.engine.checking import breaches
from app.portfolio.engine.chords import Curve, Place, understatement
from app.portfolio.engine.counting import Account
from app.portfolio.engine.job import Job, Message
from app.portfolio.engine.milp import families, solvers
from app.portfolio.engine.milp.building import build_elastic_model, build_model
from app.portfolio.engine.milp.hints import Hints
from app.portfolio.engine.milp.model import LE, Model, Terms
from app.portfolio.engine.milp.pulp_adapter import column

Report = Callable[[Message], None]

FEW = 300
"""Placements below which HiGHS proves the optimum sooner without looking for plans itself."""
MOST_CUTS = 40
MOST_RIVALS = 25
MISSED = 1e-9
LEAST_FOR_TIES, MOST_FOR_TIES = 2.0, 6.0
"""Seconds for listing rivals, and again for settling ties, once the best plan is proven."""
BOUND_EVERY = 0.2


class Search:
    """One run of a job with one backend."""

    def __init__(self, job: Job, report: Report, folder: Path, hints: Hints | None = None) -> None:
        self.job = job
        self.hints = hints
        self.report = report
        self.folder = folder
        self.deadline = min(job.until, monotonic() + job.seconds)
        self.start: Sequence[int] = job.start
        self.level = 0
        self._cuts: list[list[int]] = []
        self._told = 0.0
        self._build()

    def run(self) -> None:
        """Report plans and bounds, and one ``end`` message last."""
        began = monotonic()
        end: Message = {}
        for level in range(len(self.job.levels)):
            if level:
                self.level = level
                self._build()
            outcome, chosen = self._best_plan()
            if outcome.state == "infeasible" and not end:
                self._confirm_infeasible(outcome)
                return
            if outcome.state != "optimal" and end:
                break  # what the coarser level has proven stands
            end = self._end(outcome, chosen)
            if outcome.state != "optimal" or chosen is None:
                break
            self.start = chosen
            self.report({"kind": "plan", "positions": chosen})
            self._tell_bound(end["bound"])
            if self._is_close_enough(end):
                break
        else:
            if self.job.gap == 0:
                self._finish(end, monotonic() - began)
        self.report(end)

    def _build(self) -> None:
        self.model = build_model(self.job.problem, self.job.positions, self._curves)
        self.value_terms: Terms = [(v, -c) for v, c in self.model.value]
        self.unit = self.model.minimise(self.value_terms)
        for cut in self._cuts:
            self.model.forbid(cut)

    @property
    def _curves(self) -> Mapping[Place, Curve]:
        return self.job.levels[self.level]

    def _end(self, outcome: solvers.Outcome, chosen: list[int] | None) -> Message:
        return {
            "kind": "end", "state": outcome.state, "solver": outcome.solver, "level": self.level,
            "bound": self._value(outcome.bound), "value": self._value(outcome.objective),
            "positions": chosen, "is_exact": False, "ties_settled": False,
        }  # fmt: skip

    def _is_close_enough(self, end: Message) -> bool:
        """Whether the gap asked for is reached, segments allowed for."""
        most = end["bound"] + understatement(self._curves)
        return self.job.gap > 0 and most - end["value"] <= self.job.gap * abs(most)

    def _finish(self, end: Message, spent: float) -> None:
        """After the proof of the model: prove the exact values too, and settle ties."""
        self.report(end | {"kind": "proven"})
        self.report({"kind": "stage", "name": "ties"})
        seconds = max(LEAST_FOR_TIES, min(spent / 2, MOST_FOR_TIES))
        chosen, objective = list(self.start), (self.model.value_base - end["value"]) / self.unit
        if self._list_rivals(chosen, seconds):
            end |= {"is_exact": True, "ties_settled": True}
        else:
            # Built anew, without the plans that the search for rivals has cut off.
            self._build()
            end["ties_settled"] = self._settle_ties(objective, chosen, seconds)

    def _value(self, objective: float | None) -> float | None:
        """The plan value, in minor units, that an objective figure stands for."""
        if objective is None or abs(objective) > 1e100:
            return None
        return self.model.value_base - objective * self.unit

    def _best_plan(self) -> tuple[solvers.Outcome, list[int] | None]:
        """Solve; a plan that the recount refuses is cut off and the search goes on."""
        gap = 0.0
        if self.job.gap:
            stake = abs(self._account(self.start).value) if self.start else 0
            gap = max(0.0, self.job.gap - understatement(self._curves) / max(1, stake))
        for _ in range(MOST_CUTS):
            outcome = self._solve(self.model, gap, self.start, self._hear_value)
            if outcome.values is None:
                return outcome, None
            chosen = self._chosen(self.model, outcome.values)
            found = breaches(self._account(chosen))
            if not found:
                return outcome, chosen
            for breach in found:
                cut = [self.job.problem.position_of[placement] for placement in breach.cover]
                self._cut(cut or chosen, is_cover=bool(cut))
        detail = "the solver kept proposing plans that break a limit by a hair"
        return solvers.Outcome("failed", detail, None, outcome.bound, None), None

    def _cut(self, positions: list[int], *, is_cover: bool) -> None:
        """Cut off a combination that can never stand, or just this plan."""
        if is_cover:
            self._cuts.append(positions)
            self.model.forbid(positions)
        else:
            self.model.forbid_exactly(positions)

    def _solve(
        self, model: Model, gap: float, start: Sequence[int], listener: solvers.Listener,
        seconds: float | None = None,
    ) -> solvers.Outcome:  # fmt: skip
        left = self.deadline - monotonic() if seconds is None else seconds
        if self.job.backend == "cbc":
            return solvers.solve_with_cbc(
                model.lp, seconds=left, gap=gap, listener=listener, folder=self.folder,
                start=_first(model, start),
            )  # fmt: skip
        return solvers.solve_with_highs(
            model.lp, seconds=left, gap=gap, listener=listener, start=_first(model, start),
            hint=self._hint if listener == self._hear_value else lambda: None,
            settings=solvers.BRISK if self._wants_proof else None,
        )  # fmt: skip

    @property
    def _wants_proof(self) -> bool:
        return len(self.job.positions) < FEW and not self.job.gap

    def _hint(self) -> solvers.Known | None:
        """A plan found elsewhere, for the search of the best plan only."""
        positions = self.hints.take() if self.hints is not None else None
        return None if positions is None else _first(self.model, positions)

    def _chosen(self, model: Model, values: Sequence[float]) -> list[int]:
        return [position for position, x in model.x.items() if values[column(x)] > 0.5]

    def _account(self, positions: Sequence[int]) -> Account:
        placements = self.job.problem.placements
        return Account(self.job.problem, tuple(placements[p] for p in sorted(positions)))

    def _hear_value(self, event: solvers.Event) -> None:
        if event.is_withdrawn:
            self.report({"kind": "withdrawn"})
        self._hear_plan(event)
        bound = self._value(event.bound)
        if bound is not None and monotonic() - self._told >= BOUND_EVERY:
            self._told = monotonic()
            self._tell_bound(bound)

    def _tell_bound(self, bound: float | None) -> None:
        self.report({"kind": "bound", "value": bound, "level": self.level})

    def _hear_plan(self, event: solvers.Event) -> None:
        if event.values is not None:
            plan = self._chosen(self.model, event.values)
            self.report({"kind": "plan", "positions": plan})

    def _list_rivals(self, chosen: list[int], seconds: float) -> bool:
        """Report every other plan whose exact value could reach the best one's.

        Segments understate by at most U, so such a plan has a model value of at least the best
        exact value − U. When no further one exists, the best by recount is the best there is:
        exactly, ties included. Returns whether it came to that within the rounds and the time.
        """
        until = min(self.deadline, monotonic() + seconds)
        best = self._account(chosen).exact_value
        room = Decimal(understatement(self._curves))
        for _ in range(MOST_RIVALS):
            self.model.forbid_exactly(chosen)
            self._hold_value(float(best - room))
            outcome = self._solve(self.model, 0.0, (), lambda _event: None, until - monotonic())
            if outcome.state == "infeasible":
                return True
            if outcome.state != "optimal" or outcome.values is None:
                return False
            chosen = self._chosen(self.model, outcome.values)
            account = self._account(chosen)
            if not breaches(account):
                self.report({"kind": "plan", "positions": chosen})
                best = max(best, account.exact_value)
        return False

    def _hold_value(self, least: float) -> None:
        slip = max(0.5, abs(least) * 1e-9)
        self.model.row(self.value_terms, LE, self.model.value_base - least + slip)

    def _settle_ties(self, objective: float, chosen: list[int], seconds: float) -> bool:
        """Lower spend, then fewer changes, then key order, each holding the ones before.

        Returns whether every stage was proven within its time.
        """
        stages = [families.spend_terms(self.model)]
        if self.job.problem.incumbent:
            stages.append(families.change_terms(self.model))
        stages.append(families.order_terms(self.model))
        self._hold(self.value_terms, objective, self.unit)
        until = min(self.deadline, monotonic() + seconds)
        for terms in stages:
            if until - monotonic() <= 0.05:
                return False
            unit = self.model.minimise(terms)
            outcome = self._solve(self.model, 0.0, chosen, self._hear_plan, until - monotonic())
            if outcome.values is None or outcome.objective is None:
                return False
            chosen = self._chosen(self.model, outcome.values)
            self.report({"kind": "plan", "positions": chosen})
            if outcome.state != "optimal":
                return False
            self._hold(terms, outcome.objective, unit)
        return True

    def _hold(self, terms: Terms, objective: float, unit: float) -> None:
        """Keep a finished stage's figure: at most half a unit, or 1e-9 of it, worse."""
        figure = objective * unit
        self.model.row(terms, LE, figure + max(0.5, abs(figure) * 1e-9))

    def _confirm_infeasible(self, outcome: solvers.Outcome) -> None:
        """Say infeasible only if even the least sum of misses is above zero."""
        self.report({"kind": "stage", "name": "infeasible"})
        elastic = build_elastic_model(self.job.problem)
        seconds = max(5.0, self.deadline - monotonic())
        least = self._solve(elastic, 0.0, (), lambda _event: None, seconds)
        end: Message = {"kind": "end", "state": "failed", "solver": outcome.solver}
        if least.values is not None:
            chosen = self._chosen(elastic, least.values)
            if breaches(self._account(chosen)):
                end |= {"state": "infeasible", "misses": _missed(elastic, least.values)}
            else:
                self.report({"kind": "plan", "positions": chosen})
                end["detail"] = "the solver called a problem infeasible that has a plan"
        self.report(end)


def _missed(model: Model, values: Sequence[float]) -> list[str]:
    return sorted({owner for owner, miss in model.misses if values[column(miss)] > MISSED})


def _first(model: Model, start: Sequence[int]) -> dict[pulp.LpVariable, float] | None:
    """Values of every x and y for a known plan."""
    if not start or not set(start) <= set(model.positions):
        return None
    chosen = set(start)
    funded = {model.problem.placements[position].initiative for position in chosen}
    known = {x: float(position in chosen) for position, x in model.x.items()}
    return known | {y: float(place in funded) for place, y in model.y.items()}

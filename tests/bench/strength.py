"""Every solver on the same portfolios: ``python -m tests.bench engine --instances 50x12,200x12``.

Options: ``--seconds`` for each (10), ``--seed`` (1), ``--solvers`` (all). Each runs alone, after
one another, and is measured by value, bound, time to its first plan, processor time and memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.portfolio.engine import parse_problem
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Problem
from tests.bench.portfolios import portfolio
from tests.bench.rows import Row

SOLVERS = ("ours", "list", "highs", "cbc", "scip", "sat")
NAMES = {
    "ours": "Waymark", "list": "ranked list", "highs": "HiGHS alone", "cbc": "CBC, PuLP's defaults",
    "scip": "SCIP (OR-tools)", "sat": "CP-SAT (OR-tools)",
}  # fmt: skip


def compare(arguments: list[str]) -> Iterator[Row]:
    """One row per instance and solver."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench engine")
    parser.add_argument("--instances", default="50x12,200x12")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--solvers", default=",".join(SOLVERS))
    options = parser.parse_args(arguments)
    for instance in options.instances.split(","):
        initiatives, starts = map(int, instance.split("x"))
        yield from _instance(initiatives, starts, options)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one solver reached: ``value`` by our recount and ``bound`` in minor units; ``error``
    where it did not run. The rest is what it used."""

    solver: str
    value: int | None = None
    bound: float | None = None
    error: str = ""
    used: dict[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        if self.value is None or not self.bound:
            return None
        return (self.bound - self.value) / self.bound


def measured(
    initiatives: int, starts: int, *, seed: int, seconds: float, solvers: Sequence[str]
) -> Iterator[Outcome]:
    """One solver after the other, each alone."""
    problem = parse_problem(portfolio(initiatives, starts, seed))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.mps")

        def run(name: str) -> dict[str, Any]:
            parts = (name, initiatives, starts, seed, seconds, path)
            command = [sys.executable, "-m", "tests.bench.rivals", *map(str, parts)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            lines = done.stdout.strip().splitlines()
            return json.loads(lines[-1]) if lines else {"error": done.stderr.strip()[-60:]}

        scale = run("model")
        for name in solvers:
            answer = run(name)
            if "error" in answer:
                yield Outcome(name, error=answer["error"])
            else:
                yield Outcome(name, _value(problem, answer), _bound(answer, scale), used=answer)


def _instance(initiatives: int, starts: int, options: argparse.Namespace) -> Iterator[Row]:
    best = None
    solvers = options.solvers.split(",")
    for outcome in measured(
        initiatives, starts, seed=options.seed, seconds=options.seconds, solvers=solvers
    ):
        best = outcome.value if best is None else best
        label = f"{initiatives} × 3 × {starts}, {options.seconds:g} s: {NAMES[outcome.solver]}"
        yield Row(label, _figure(outcome, best))


def _value(problem: Problem, answer: dict[str, Any]) -> int | None:
    """What the plan is worth by our recount; None without one that may stand."""
    if "names" not in answer:
        return answer.get("value")
    positions = sorted(int(n[1:]) for n in answer["names"] if n[0] == "x")
    account = Account(problem, tuple(problem.placements[p] for p in positions))
    return None if breaches(account) else account.value


def _bound(answer: dict[str, Any], scale: dict[str, Any]) -> float | None:
    if answer.get("money_bound") is not None:
        return float(answer["money_bound"])
    said = answer.get("bound")
    return None if said is None or abs(said) > 1e100 else scale["base"] - said * scale["unit"]


def _figure(outcome: Outcome, best: int | None) -> str:
    if outcome.error:
        return f"did not run: {outcome.error}"
    value, used = outcome.value, outcome.used
    parts = ["no plan" if value is None else f"value {value / 100:,.0f}"]
    if value is not None and best:
        parts.append(f"{value / best:.4f} of ours")
    if outcome.gap is not None:
        parts.append(f"gap {outcome.gap:.2%}")
    if used.get("first") is not None:
        parts.append(f"first {used['first']:.1f} s")
    parts.append(f"cpu {used['cpu']:.0f} s, peak {used['peak']:.0f} MB")
    return ", ".join(parts)

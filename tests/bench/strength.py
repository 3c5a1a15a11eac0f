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
from collections.abc import Iterator
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


def _instance(initiatives: int, starts: int, options: argparse.Namespace) -> Iterator[Row]:
    problem = parse_problem(portfolio(initiatives, starts, options.seed))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.mps")

        def run(name: str) -> dict[str, Any]:
            parts = (name, initiatives, starts, options.seed, options.seconds, path)
            command = [sys.executable, "-m", "tests.bench.rivals", *map(str, parts)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            lines = done.stdout.strip().splitlines()
            return json.loads(lines[-1]) if lines else {"error": done.stderr.strip()[-60:]}

        scale = run("model")
        best = None
        for name in options.solvers.split(","):
            answer = run(name)
            value = _value(problem, answer)
            bound = _bound(answer, scale)
            best = value if best is None else best
            label = f"{initiatives} × 3 × {starts}, {options.seconds:g} s: {NAMES[name]}"
            yield Row(label, _figure(answer, value, bound, best))


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


def _figure(
    answer: dict[str, Any], value: int | None, bound: float | None, best: int | None
) -> str:
    if "error" in answer:
        return f"did not run: {answer['error']}"
    parts = ["no plan" if value is None else f"value {value / 100:,.0f}"]
    if value is not None and best:
        parts.append(f"{value / best:.4f} of ours")
    if value is not None and bound:
        parts.append(f"gap {(bound - value) / bound:.2%}")
    if answer.get("first") is not None:
        parts.append(f"first {answer['first']:.1f} s")
    parts.append(f"cpu {answer['cpu']:.0f} s, peak {answer['peak']:.0f} MB")
    return ", ".join(parts)

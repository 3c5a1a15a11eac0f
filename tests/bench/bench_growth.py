"""How time and memory grow with the portfolio, stage by stage; each size in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.bench.growing import STAGES
from tests.bench.rows import Row

SIZES = ("50x0", "200x0", "1000x0", "5000x0", "20000x0", "1000x12")
"""Initiatives × starts; without starts plain selection, else everything a portfolio has."""


def rows() -> Iterator[Row]:
    """Processor seconds of each stage, then what all of it took."""
    for size in SIZES:
        command = [sys.executable, "-m", "tests.bench.growing", *size.split("x")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[-200:])
        yield _row(size, json.loads(done.stdout))


def _row(size: str, took: dict[str, Any]) -> Row:
    initiatives, starts = size.split("x")
    name = f"{int(initiatives):,} " + (f"× 3 × {starts}" if starts != "0" else "plain")
    stages = ", ".join(f"{stage} {took[stage]:.2f}" for stage in STAGES)
    memory = f"{took['peak']:.0f} MB here, {took['peak_child']:.0f} MB in the largest child"
    gap = "no bound" if took["gap"] is None else f"gap {took['gap']:.4%}"
    whole = f"solve {took['solve']:.1f} s ({took['solve_cpu']:.1f} s of processor), {gap}"
    target = "≤ 1 GB" if starts != "0" else ""
    return Row(name, f"{stages} s; {whole}; {memory}", target)

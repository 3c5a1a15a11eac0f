"""Print every figure: ``python -m tests.bench [AREA ...]``.

An area is a module ``tests/bench/bench_AREA.py`` with a function ``rows()`` giving Row after Row;
without arguments all areas are measured. ``engine --instances 50x12,200x12 --seconds 10`` compares
solvers instead (see ``tests.bench.strength``); ``interactions --rows 1,10,30`` takes
millions of rows.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from time import monotonic

from tests.bench import bench_interactions
from tests.bench.strength import compare

WIDTHS = (58, 46)


def main(wanted: list[str]) -> int:
    """Measure and print line by line; 1 if an area failed or does not exist."""
    if wanted[:1] == ["engine"] and len(wanted) > 1:
        for row in compare(wanted[1:]):
            print(f"  {row.name:<{WIDTHS[0]}}  {row.figure}", flush=True)
        return 0
    if wanted[:1] == ["interactions"] and len(wanted) > 1:
        for row in bench_interactions.rows(wanted[1:]):
            print(f"  {row.name:<{WIDTHS[0]}}  {row.figure}  {row.target}", flush=True)
        return 0
    if any(one.startswith("-") for one in wanted):
        print(str(__doc__).strip())
        return 0 if wanted == ["--help"] else 2
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    areas = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    if not areas:
        known = ", ".join(name.removeprefix("bench_") for name in names)
        print(f"No such area; there are {known}.", file=sys.stderr)
        return 1
    failed = 0
    for area in areas:
        began = monotonic()
        print(f"\n{area.removeprefix('bench_')}", flush=True)
        try:
            for row in import_module(f"tests.bench.{area}").rows():
                line = f"  {row.name:<{WIDTHS[0]}}  {row.figure:<{WIDTHS[1]}}  {row.target}"
                print(line.rstrip(), flush=True)
        except Exception as error:
            failed = 1
            print(f"  failed: {type(error).__name__}: {error}", flush=True)
        print(f"  ({monotonic() - began:.0f} s)", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

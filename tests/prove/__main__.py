"""Try what running Waymark must withstand: ``python -m tests.prove [AREA ...] [--short]``.

An area is a module ``tests/prove/prove_AREA.py`` with a function ``gates(size)`` giving Gate after
Gate; without arguments all areas are tried. ``--short`` tries a tenth. Everything happens in
temporary folders and on this machine only. The code is 1 where a gate does not hold.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from time import monotonic

from tests.prove.gate import Size

WIDTHS = (62, 62)


def main(arguments: list[str]) -> int:
    """Try line by line; 1 if a gate does not hold or an area does not exist."""
    strange = [one for one in arguments if one.startswith("-") and one != "--short"]
    if strange:
        print(str(__doc__).strip())
        return 0 if strange == ["--help"] else 2
    wanted = [one for one in arguments if not one.startswith("-")]
    size = Size(10 if "--short" in arguments else 1)
    names = sorted(path.stem for path in Path(__file__).parent.glob("prove_*.py"))
    areas = [name for name in names if not wanted or name.removeprefix("prove_") in wanted]
    if not areas:
        known = ", ".join(name.removeprefix("prove_") for name in names)
        print(f"No such area; there are {known}.", file=sys.stderr)
        return 1
    missed = 0
    for area in areas:
        began = monotonic()
        command = f"python -m tests.prove {area.removeprefix('prove_')}"
        try:
            for gate in import_module(f"tests.prove.{area}").gates(size):
                missed += not gate.holds
                mark = "  " if gate.holds else "✗ "
                print(
                    f"{mark}{gate.name:<{WIDTHS[0]}}  {gate.figure:<{WIDTHS[1]}}  {command}",
                    flush=True,
                )
        except Exception as error:
            missed += 1
            print(f"✗ {area} failed: {type(error).__name__}: {error}", flush=True)
        print(f"  ({monotonic() - began:.0f} s)", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

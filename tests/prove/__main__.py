"""Try what running Waymark must withstand: ``python -m tests.prove [AREA ...] [--short]``.

An area is a module ``tests/prove/prove_AREA.py`` with a function ``gates(size)`` giving Gate after
Gate; without arguments all areas are tried. ``--short`` tries a tenth. ``--control`` tries the
gates of ``controls(size)`` instead, with code that is broken on purpose: none of them may hold,
else the gate proves nothing. Everything happens in temporary folders and on this machine only. The
code is 1 where a gate does not hold, or a control holds. ``--table`` tries nothing and prints what
came out of each area when it was last tried; docs/proof.md says what each gate means.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from time import monotonic

from tests.prove import results
from tests.prove.gate import Gate, Size, line

OPTIONS = {"--short", "--control", "--table"}


def main(arguments: list[str]) -> int:
    """Try line by line; 1 if a gate does not hold or an area does not exist."""
    strange = [one for one in arguments if one.startswith("-") and one not in OPTIONS]
    if strange:
        print(str(__doc__).strip())
        return 0 if strange == ["--help"] else 2
    wanted = [one for one in arguments if not one.startswith("-")]
    size = Size(10 if "--short" in arguments else 1)
    is_control = "--control" in arguments
    known = list_areas()
    areas = [name for name in known if not wanted or name in wanted]
    if "--table" in arguments:
        print(results.table(areas))
        return 0 if results.is_all_held(areas) else 1
    if not areas:
        print(f"No such area; there are {', '.join(known)}.", file=sys.stderr)
        return 1
    return 1 if sum(_try(area, size, is_control=is_control) for area in areas) else 0


def list_areas() -> list[str]:
    """What can be tried."""
    folder = Path(__file__).parent
    return sorted(file.stem.removeprefix("prove_") for file in folder.glob("prove_*.py"))


def _module(area: str) -> object:
    return import_module(f"tests.prove.prove_{area}")


def _try(area: str, size: Size, *, is_control: bool) -> int:
    """Print the gates of an area, or its controls; how many are not as they should be."""
    began, missed = monotonic(), 0
    tried: list[Gate] = []
    command = f"python -m tests.prove {area}{' --control' if is_control else ''}"
    try:
        for gate in getattr(_module(area), "controls" if is_control else "gates")(size):
            said, is_good = line(gate, command, is_control=is_control)
            missed += not is_good
            tried.append(gate)
            print(said, flush=True)
    except Exception as error:
        missed += 1
        tried.append(Gate(area, f"failed: {type(error).__name__}", holds=is_control))
        print(f"✗ {area} failed: {type(error).__name__}: {error}", flush=True)
    results.keep(area, tried, is_control=is_control, part=size.part)
    print(f"  ({monotonic() - began:.0f} s)", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

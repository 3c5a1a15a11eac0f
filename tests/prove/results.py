"""What came out of each proof when it was last tried, and the table of all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.prove.gate import Gate

FOLDER = Path(__file__).parents[2] / "instance" / "proofs"
"""Kept beside the data, out of version control."""
CONTROL = "-control"


def keep(area: str, gates: Sequence[Gate], *, is_control: bool, part: int) -> None:
    """Keep what came out of an area, in place of what came out before."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = {
        "at": datetime.now().astimezone().isoformat(timespec="minutes"), "part": part,
        "gates": [asdict(one) for one in gates],
    }  # fmt: skip
    file = FOLDER / f"{area}{CONTROL if is_control else ''}.json"
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def table(areas: Sequence[str]) -> str:
    """Every gate with its figure, whether its control was seen, and the command, as Markdown."""
    lines = ["| Gate | Reached | Control | Command |", "|---|---|---|---|"]
    for area in areas:
        found, control = _read(area), _read(f"{area}{CONTROL}")
        command = f"`python -m tests.prove {area}`"
        if found is None:
            lines.append(f"| {area} | not tried yet | {_seen(control)} | {command} |")
            continue
        size = "" if found["part"] == 1 else f" (1/{found['part']} of it)"
        for gate in found["gates"]:
            mark = "" if gate["holds"] else "✗ "
            name, figure = (gate[part].replace("|", "/") for part in ("name", "figure"))
            lines.append(f"| {mark}{name} | {figure}{size} | {_seen(control)} | {command} |")
    return "\n".join(lines)


def is_all_held(areas: Sequence[str]) -> bool:
    """Whether every gate was tried whole, and held, and its control was seen."""
    found = [_read(area) for area in areas]
    controls = [_read(f"{area}{CONTROL}") for area in areas]
    return all(
        one is not None and one["part"] == 1 and all(gate["holds"] for gate in one["gates"])
        for one in found
    ) and all(_seen(one) == "seen" for one in controls)


def _read(name: str) -> dict[str, Any] | None:
    file = FOLDER / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _seen(control: dict[str, Any] | None) -> str:
    if control is None:
        return "not tried yet"
    missed = sum(gate["holds"] for gate in control["gates"])
    return f"✗ {missed} held" if missed or not control["gates"] else "seen"

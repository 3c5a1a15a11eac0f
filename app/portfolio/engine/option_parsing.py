"""Initiatives and their options: references, lengths and possible starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.portfolio.engine.faults import Fault, at
from app.portfolio.engine.problem import Effect, Flow, Initiative, Option


@dataclass(frozen=True)
class Grounds:
    """What options may refer to, by key, and where faults are collected."""

    quarters: tuple[str, ...]
    funds: Mapping[str, int]
    capacities: Mapping[str, int]
    pools: Mapping[str, int]
    faults: list[Fault]

    def refuse(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))


def exact(value: int | float | Decimal) -> Decimal:
    """The number as written in JSON, as an exact decimal."""
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def read_initiatives(trees: Sequence[dict[str, Any]], grounds: Grounds) -> tuple[Initiative, ...]:
    """The initiatives sorted by key; faults go to ``grounds``."""
    found = []
    for position, tree in enumerate(trees):
        path = at("$.initiatives", position)
        if not tree["key"].strip():
            grounds.refuse(at(path, "key"), "must not be blank.")
        options = [
            _read_option(option, at(at(path, "options"), place), grounds)
            for place, option in enumerate(tree["options"])
        ]
        _refuse_repeats([option["key"] for option in tree["options"]], at(path, "options"), grounds)
        found.append(
            Initiative(
                key=tree["key"],
                name=tree.get("name", ""),
                tags=tuple(sorted(tree.get("tags", {}).items())),
                options=tuple(sorted(options, key=lambda option: option.key)),
            )
        )
    _refuse_repeats([tree["key"] for tree in trees], "$.initiatives", grounds)
    return tuple(sorted(found, key=lambda initiative: initiative.key))


def _refuse_repeats(keys: Sequence[str], path: str, grounds: Grounds) -> None:
    seen: set[str] = set()
    for position, key in enumerate(keys):
        if key in seen:
            grounds.refuse(at(at(path, position), "key"), f"“{key}” is taken; keys are unique.")
        seen.add(key)


def _read_option(tree: dict[str, Any], path: str, grounds: Grounds) -> Option:
    spend = _flows(tree.get("spend", {}), grounds.funds, at(path, "spend"), "fund", grounds)
    demand = _flows(
        tree.get("demand", {}), grounds.capacities, at(path, "demand"), "capacity", grounds
    )
    length = max((len(flow.amounts) for flow in (*spend, *demand)), default=1)
    starts = _starts(tree, path, length, grounds)
    values = _values(tree.get("value", 0), len(starts), path, grounds)
    by_start = sorted(zip(starts, values, strict=True))
    return Option(
        key=tree["key"],
        starts=tuple(start for start, _ in by_start),
        values=tuple(value for _, value in by_start),
        spend=spend,
        demand=tuple(Flow(f.target, tuple(exact(a) for a in f.amounts)) for f in demand),
        effects=_effects(tree.get("effects", []), at(path, "effects"), grounds),
        effort_minutes=tree.get("effort_minutes", 0),
        risk=exact(tree.get("risk", 0)),
        live_quarters=tree.get("live_quarters"),
    )


def _trimmed(amounts: Sequence[Any]) -> tuple[Any, ...]:
    """Without trailing zeros, so that padding changes neither fit nor digest."""
    length = len(amounts)
    while length and not amounts[length - 1]:
        length -= 1
    return tuple(amounts[:length])


def _flows(
    tree: dict[str, Any], places: Mapping[str, int], path: str, word: str, grounds: Grounds
) -> tuple[Flow, ...]:
    flows = []
    for key, amounts in tree.items():
        if key not in places:
            grounds.refuse(at(path, key), f"“{key}” is no {word} of this problem; add it first.")
        elif any(amounts):
            flows.append(Flow(places[key], _trimmed(amounts)))
    return tuple(sorted(flows, key=lambda flow: flow.target))


def _starts(tree: dict[str, Any], path: str, length: int, grounds: Grounds) -> list[int]:
    horizon = len(grounds.quarters)
    if "start" not in tree:
        if length > horizon:
            message = (
                f"cannot start: it needs {length} quarters and {horizon} are planned. "
                "Give “start”, and what lies beyond is reported, or shorten it."
            )
            grounds.refuse(path, message)
        return list(range(horizon - length + 1))
    starts = []
    for position, name in enumerate(tree["start"]):
        if name in grounds.quarters:
            starts.append(grounds.quarters.index(name))
        else:
            message = f"{name} is outside the planning quarters."
            grounds.refuse(at(at(path, "start"), position), message)
    return starts


def _values(value: Any, starts: int, path: str, grounds: Grounds) -> list[int]:
    if not isinstance(value, list):
        return [value] * starts
    if len(value) != starts:
        message = f"has {len(value)} figures; give one number or one for each of {starts} starts."
        grounds.refuse(at(path, "value"), message)
        return [0] * starts
    return value


def _effects(trees: Sequence[dict[str, Any]], path: str, grounds: Grounds) -> tuple[Effect, ...]:
    found: dict[int, Effect] = {}
    for position, tree in enumerate(trees):
        place = at(at(path, position), "pool")
        pool = grounds.pools.get(tree["pool"])
        if pool is None:
            grounds.refuse(place, f"“{tree['pool']}” is no pool of this problem; add it first.")
        elif pool in found:
            grounds.refuse(place, f"“{tree['pool']}” is named twice; add the intensities up.")
        else:
            intensity = tuple(exact(a) for a in _trimmed(tree["intensity"]))
            found[pool] = Effect(pool, intensity)
    return tuple(found[pool] for pool in sorted(found) if found[pool].intensity)

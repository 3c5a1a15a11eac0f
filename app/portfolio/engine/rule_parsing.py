"""Rules of a problem file: what they refer to, and pins that cannot hold together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.portfolio.engine.contradictions import contradiction_faults
from app.portfolio.engine.faults import Fault, at
from app.portfolio.engine.option_parsing import exact
from app.portfolio.engine.problem import (
    Bound,
    Count,
    Initiative,
    Pin,
    Requires,
    Rule,
    Share,
    Synergy,
    Together,
)


class _Refused(Exception):
    """A rule that refers to nothing or says too little."""

    def __init__(self, step: str | None, message: str) -> None:
        super().__init__(message)
        self.step, self.message = step, message


def read_rules(
    trees: Sequence[dict[str, Any]],
    initiatives: tuple[Initiative, ...],
    quarters: tuple[str, ...],
    faults: list[Fault],
) -> tuple[Rule, ...]:
    """The rules sorted by key; faults are added with their JSON paths."""
    reader = _RuleReader(initiatives, quarters)
    rules: list[Rule] = []
    paths: dict[str, str] = {}
    for position, tree in enumerate(trees):
        path = at("$.rules", position)
        if tree["key"] in paths:
            faults.append(Fault(at(path, "key"), f"“{tree['key']}” is taken; keys are unique."))
            continue
        paths[tree["key"]] = path
        try:
            rules.append(reader.read(tree))
        except _Refused as refusal:
            place = path if refusal.step is None else at(path, refusal.step)
            faults.append(Fault(place, refusal.message))
    if not faults:
        faults.extend(contradiction_faults(rules, initiatives, paths))
    return tuple(sorted(rules, key=lambda rule: rule.key))


class _RuleReader:
    def __init__(self, initiatives: tuple[Initiative, ...], quarters: tuple[str, ...]) -> None:
        self.initiatives = initiatives
        self.quarters = quarters
        self.places = {initiative.key: i for i, initiative in enumerate(initiatives)}

    def read(self, tree: dict[str, Any]) -> Rule:
        match tree["type"]:
            case "requires":
                return self._requires(tree)
            case "together":
                return Together(tree["key"], self._members(tree))
            case "at_most" | "at_least":
                return self._count(tree)
            case "share":
                return self._share(tree)
            case "synergy":
                return Synergy(tree["key"], self._members(tree), tree["value"])
        return self._pin(tree)

    def _place(self, tree: dict[str, Any], field: str) -> int:
        if tree[field] not in self.places:
            raise _Refused(field, f"“{tree[field]}” is no initiative of this problem.")
        return self.places[tree[field]]

    def _members(self, tree: dict[str, Any], fewest: int = 2) -> tuple[int, ...]:
        missing = [key for key in tree["initiatives"] if key not in self.places]
        if missing:
            names = ", ".join(f"“{key}”" for key in missing[:5])
            raise _Refused("initiatives", f"{names}: no such initiative in this problem.")
        if len(tree["initiatives"]) < fewest:
            raise _Refused("initiatives", f"must name at least {fewest} initiatives.")
        return tuple(sorted(self.places[key] for key in tree["initiatives"]))

    def _tagged(self, tree: dict[str, Any]) -> tuple[tuple[str, str], tuple[int, ...]]:
        tag = (tree["tag"], tree["equals"])
        found = tuple(i for i, one in enumerate(self.initiatives) if one.carries(*tag))
        if not found:
            message = f"no initiative has {tag[0]} = “{tag[1]}”; correct the tag or drop the rule."
            raise _Refused("equals", message)
        return tag, found

    def _requires(self, tree: dict[str, Any]) -> Requires:
        initiative, needs = self._place(tree, "initiative"), self._place(tree, "needs")
        if initiative == needs:
            raise _Refused("needs", "is the initiative itself; name another one.")
        return Requires(tree["key"], initiative, needs, tree.get("lag", 0))

    def _count(self, tree: dict[str, Any]) -> Count:
        listed, tagged = "initiatives" in tree, "tag" in tree and "equals" in tree
        if listed == tagged or (listed and ("tag" in tree or "equals" in tree)):
            raise _Refused(None, "needs either “initiatives” or both “tag” and “equals”.")
        bound = Bound(tree["type"])
        tag, members = (None, self._members(tree, 1)) if listed else self._tagged(tree)
        if bound is Bound.AT_LEAST and tree["count"] > len(members):
            message = f"asks for {tree['count']} of {len(members)} initiatives; lower the count."
            raise _Refused("count", message)
        return Count(tree["key"], bound, tree["count"], members, tag)

    def _share(self, tree: dict[str, Any]) -> Share:
        bounds = [bound for bound in Bound if bound.value in tree]
        if len(bounds) != 1:
            raise _Refused(None, "needs exactly one of “at_most” and “at_least”.")
        tag, members = self._tagged(tree)
        share = exact(tree[bounds[0].value])
        return Share(tree["key"], bounds[0], share, tree["of"], tag, members)

    def _pin(self, tree: dict[str, Any]) -> Pin:
        place = self._place(tree, "initiative")
        initiative = self.initiatives[place]
        option = start = None
        if tree["type"] == "fix" and not {"option", "start"} & tree.keys():
            raise _Refused(None, "needs “option” or “start”; use “fund” to fix neither.")
        if "option" in tree:
            keys = [one.key for one in initiative.options]
            if tree["option"] not in keys:
                message = f"“{tree['option']}” is no option of {initiative.key}: {', '.join(keys)}."
                raise _Refused("option", message)
            option = keys.index(tree["option"])
        if "start" in tree:
            if tree["start"] not in self.quarters:
                raise _Refused("start", f"{tree['start']} is outside the planning quarters.")
            start = self.quarters.index(tree["start"])
        pin = Pin(tree["key"], tree["type"], place, option, start, tree.get("reason", ""))
        if pin.kind == "fix" and not any(
            pin.allows(o, s) for o, one in enumerate(initiative.options) for s in one.starts
        ):
            raise _Refused("start", f"{initiative.key} cannot start in {tree['start']} that way.")
        return pin

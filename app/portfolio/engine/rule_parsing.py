"""Rules of a problem file: what they refer to, and pins that cannot hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.portfolio.engine.contradictions import contradiction_faults
from app.portfolio.engine.faults import Fault, at
from app.portfolio.engine.option_parsing import exact
from app.portfolio.engine.problem import (
    AverageRisk,
    Bound,
    ChangeLoad,
    Count,
    Initiative,
    Keep,
    Pin,
    Placement,
    Requires,
    Rule,
    Share,
    SpendOn,
    Synergy,
    Together,
)

Tag = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RuleGrounds:
    """What rules may refer to; ``incumbent`` is what runs today."""

    initiatives: tuple[Initiative, ...]
    quarters: tuple[str, ...]
    capacities: Mapping[str, int]
    incumbent: tuple[Placement, ...]


class _Refused(Exception):
    """A rule that refers to nothing or says too little."""

    def __init__(self, step: str | None, message: str) -> None:
        super().__init__(message)
        self.step, self.message = step, message


def read_rules(
    trees: Sequence[dict[str, Any]], grounds: RuleGrounds, faults: list[Fault]
) -> tuple[Rule, ...]:
    """The rules sorted by key; faults are added with their JSON paths."""
    reader = _RuleReader(grounds)
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
        faults.extend(contradiction_faults(rules, grounds.initiatives, grounds.quarters, paths))
    return tuple(sorted(rules, key=lambda rule: rule.key))


class _RuleReader:
    def __init__(self, grounds: RuleGrounds) -> None:
        self.grounds = grounds
        self.initiatives = grounds.initiatives
        self.quarters = grounds.quarters
        self.places = {initiative.key: i for i, initiative in enumerate(self.initiatives)}
        self._groups: dict[Tag, tuple[int, ...]] = {}

    def read(self, tree: dict[str, Any]) -> Rule:
        match tree["type"]:
            case "requires":
                return self._requires(tree)
            case "together":
                return Together(tree["key"], self._members(tree), self._price(tree))
            case "at_most" | "at_least":
                return self._count(tree)
            case "share":
                return self._share(tree)
            case "spend_on":
                return self._spend_on(tree)
            case "average_risk":
                return self._average_risk(tree)
            case "change_load":
                return self._change_load(tree)
            case "keep":
                return self._keep(tree)
            case "synergy":
                return Synergy(tree["key"], self._members(tree), tree["value"])
        return self._pin(tree)

    def _price(self, tree: dict[str, Any]) -> Decimal | None:
        """What a unit of miss costs; None for a rule that must hold."""
        return exact(tree["price"]) if "price" in tree else None

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

    def _group(
        self, tree: dict[str, Any], *, or_all: bool = False, fewest: int = 1
    ) -> tuple[Tag | None, tuple[int, ...]]:
        """Those listed or those with a tag; everybody when neither is given and that is allowed."""
        listed, tagged = "initiatives" in tree, "tag" in tree and "equals" in tree
        if or_all and not {"initiatives", "tag", "equals"} & tree.keys():
            return None, tuple(range(len(self.initiatives)))
        if listed == tagged or (listed and ("tag" in tree or "equals" in tree)):
            either = "needs either “initiatives” or both “tag” and “equals”"
            raise _Refused(None, f"{either}, or none of them." if or_all else f"{either}.")
        return (None, self._members(tree, fewest)) if listed else self._tagged(tree)

    def _bound(self, tree: dict[str, Any]) -> Bound:
        bounds = [bound for bound in Bound if bound.value in tree]
        if len(bounds) != 1:
            raise _Refused(None, "needs exactly one of “at_most” and “at_least”.")
        return bounds[0]

    def _tagged(self, tree: dict[str, Any]) -> tuple[Tag, tuple[int, ...]]:
        tag = (tree["tag"], tree["equals"])
        if tag not in self._groups:
            found = tuple(i for i, one in enumerate(self.initiatives) if one.carries(*tag))
            self._groups[tag] = found
        found = self._groups[tag]
        if not found:
            message = f"no initiative has {tag[0]} = “{tag[1]}”; correct the tag or drop the rule."
            raise _Refused("equals", message)
        return tag, found

    def _requires(self, tree: dict[str, Any]) -> Requires:
        initiative, needs = self._place(tree, "initiative"), self._place(tree, "needs")
        if initiative == needs:
            raise _Refused("needs", "is the initiative itself; name another one.")
        return Requires(tree["key"], initiative, needs, tree.get("lag", 0), self._price(tree))

    def _count(self, tree: dict[str, Any]) -> Count:
        bound = Bound(tree["type"])
        tag, members = self._group(tree)
        if bound is Bound.AT_LEAST and tree["count"] > len(members):
            message = f"asks for {tree['count']} of {len(members)} initiatives; lower the count."
            raise _Refused("count", message)
        return Count(tree["key"], bound, tree["count"], members, tag, self._price(tree))

    def _share(self, tree: dict[str, Any]) -> Share:
        bound = self._bound(tree)
        tag, members = self._tagged(tree)
        share = exact(tree[bound.value])
        return Share(tree["key"], bound, share, tree["of"], tag, members, self._price(tree))

    def _spend_on(self, tree: dict[str, Any]) -> SpendOn:
        bound = self._bound(tree)
        tag, members = self._group(tree)
        limit = tree[bound.value]
        return SpendOn(tree["key"], bound, limit, members, tag, self._price(tree))

    def _average_risk(self, tree: dict[str, Any]) -> AverageRisk:
        tag, members = self._group(tree, or_all=True)
        most, by = exact(tree["at_most"]), tree.get("by", "initiatives")
        return AverageRisk(tree["key"], most, by, members, tag, self._price(tree))

    def _change_load(self, tree: dict[str, Any]) -> ChangeLoad:
        tag, members = self._group(tree, or_all=True)
        capacity = None
        if "capacity" in tree:
            if tree["capacity"] not in self.grounds.capacities:
                message = f"“{tree['capacity']}” is no capacity of this problem; add it first."
                raise _Refused("capacity", message)
            capacity = self.grounds.capacities[tree["capacity"]]
        return ChangeLoad(tree["key"], tree["count"], members, tag, capacity, self._price(tree))

    def _keep(self, tree: dict[str, Any]) -> Keep:
        held = {one.initiative: one for one in self.grounds.incumbent}
        is_all = "initiatives" not in tree
        members = tuple(held) if is_all else self._members(tree, 1)
        strangers = [place for place in members if place not in held]
        if strangers or not held:
            who = self.initiatives[strangers[0]].key if strangers else "nobody"
            message = f"keeps what “incumbent” names; {who} stands there. Add it, or drop the rule."
            if strangers:
                message = f"{who} is not in “incumbent”; name its option and start there."
            raise _Refused(None if is_all else "initiatives", message)
        rule = Keep(
            tree["key"], tuple(held[place] for place in sorted(members)),
            tree.get("may_move", False), is_all, self._price(tree),
        )  # fmt: skip
        self._check_kept(rule)
        return rule

    def _check_kept(self, rule: Keep) -> None:
        for one in rule.held:
            initiative = self.initiatives[one.initiative]
            if one.start not in initiative.options[one.option].starts and not rule.may_move:
                when = self.quarters[one.start]
                message = (
                    f"{initiative.key} can't stay as it is: its option may not start in {when}. "
                    "Add that start, or say “may_move”: true."
                )
                raise _Refused(None, message)

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
        reason, price = tree.get("reason", ""), self._price(tree)
        pin = Pin(tree["key"], tree["type"], place, option, start, reason, price)
        if pin.kind == "fix" and not any(
            pin.allows(o, s) for o, one in enumerate(initiative.options) for s in one.starts
        ):
            raise _Refused("start", f"{initiative.key} cannot start in {tree['start']} that way.")
        return pin

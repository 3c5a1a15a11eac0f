"""``parse_problem``: the only way into the engine, strict and complete in what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.portfolio.engine.documents import with_digest
from app.portfolio.engine.faults import Fault, ProblemError, at
from app.portfolio.engine.option_parsing import Grounds, exact, read_initiatives
from app.portfolio.engine.problem import Capacity, Fund, Initiative, Placement, Pool, Problem
from app.portfolio.engine.reading import DEFAULT_LIMITS, Limits, check_lengths, read_tree
from app.portfolio.engine.rule_parsing import RuleGrounds, read_rules
from app.portfolio.engine.shape import shape_faults
from app.values.carrying import lacking
from app.values.quarter import Quarter, QuarterFormatError


def parse_problem(
    source: bytes | str | Mapping[str, Any], *, limits: Limits = DEFAULT_LIMITS
) -> Problem:
    """The normalised problem of a file's content or of an already read tree.

    The order of lists and keys in the source has no influence. Raises ProblemError naming every
    fault with its JSON path.
    """
    tree = dict(source) if isinstance(source, Mapping) else read_tree(source, limits=limits)
    check_lengths(tree, limits)
    faults = shape_faults(tree)
    if faults:
        raise ProblemError(faults)
    return _digested(tree, faults)


def parse_known(content: bytes | str, *, limits: Limits = DEFAULT_LIMITS) -> Problem:
    """The problem of a file that was parsed when it was stored and whose digest was checked since.

    Its shape, the longest part of parsing, isn't asked again. Raises ProblemError.
    """
    return _digested(read_tree(content, limits=limits), [])


def _digested(tree: dict[str, Any], faults: list[Fault]) -> Problem:
    problem = _read(tree, faults)
    if faults or problem is None:
        raise ProblemError(sorted(faults, key=lambda fault: fault.path))
    return with_digest(problem)


def _read(tree: dict[str, Any], faults: list[Fault]) -> Problem | None:
    quarters = _read_quarters(tree["quarters"], faults)
    horizon = len(quarters)
    funds = [_fund(fund) for fund in _series(tree, "funds", "budget", horizon, faults)]
    _check_commitments(tree, quarters, faults)
    capacities = [
        Capacity(
            capacity["key"],
            capacity.get("unit", ""),
            tuple(exact(amount) for amount in capacity["available"]),
            capacity.get("overtime_price"),
        )
        for capacity in _series(tree, "capacities", "available", horizon, faults)
    ]
    pools = [
        Pool(pool["key"], tuple(pool["value"]))
        for pool in _series(tree, "pools", "value", horizon, faults)
    ]
    if faults:
        return None
    grounds = Grounds(quarters, _places(funds), _places(capacities), _places(pools), faults)
    initiatives = read_initiatives(tree["initiatives"], grounds)
    if faults:
        return None
    incumbent = _incumbent(tree.get("incumbent", {}), initiatives, quarters, faults)
    rules_on = RuleGrounds(initiatives, quarters, grounds.capacities, incumbent)
    rules = read_rules(tree.get("rules", []), rules_on, faults)
    return Problem(
        currency=tree["currency"],
        quarters=quarters,
        funds=tuple(funds),
        capacities=tuple(capacities),
        pools=tuple(pools),
        initiatives=initiatives,
        rules=rules,
        incumbent=incumbent,
        objective=tree.get("objective", {}).get("name", "expected"),
    )


def _read_quarters(names: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    try:
        quarters = [Quarter.parse(name) for name in names]
    except QuarterFormatError as error:
        faults.append(Fault("$.quarters", str(error)))
        return tuple(names)
    for position in range(1, len(quarters)):
        if quarters[position] - quarters[position - 1] != 1:
            wanted = quarters[position - 1] + 1
            message = f"must follow one another without a gap; {wanted} belongs here."
            faults.append(Fault(at("$.quarters", position), message))
    return tuple(names)


def _series(
    tree: dict[str, Any], name: str, field: str, horizon: int, faults: list[Fault]
) -> list[dict[str, Any]]:
    """The entries of a list sorted by key, with unique keys and one figure per quarter."""
    entries = tree.get(name, [])
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        path = at(at("$", name), position)
        if entry["key"] in seen:
            faults.append(Fault(at(path, "key"), f"“{entry['key']}” is taken; keys are unique."))
        seen.add(entry["key"])
        if len(entry[field]) != horizon:
            message = f"has {len(entry[field])} figures; give one for each of {horizon} quarters."
            faults.append(Fault(at(path, field), message))
    return sorted(entries, key=lambda entry: entry["key"])


def _fund(fund: dict[str, Any]) -> Fund:
    committed = tuple(fund.get("committed", ()))
    share = exact(fund.get("carry_over", 0))
    return Fund(fund["key"], tuple(fund["budget"]), share, committed if any(committed) else ())


def _check_commitments(
    tree: dict[str, Any], quarters: tuple[str, ...], faults: list[Fault]
) -> None:
    """One figure per quarter, and never more than the budgets so far can pay."""
    for position, fund in enumerate(tree["funds"]):
        committed, budget = fund.get("committed"), fund["budget"]
        if committed is None or len(budget) != len(quarters):
            continue
        path = at(at(at("$", "funds"), position), "committed")
        if len(committed) != len(quarters):
            message = (
                f"has {len(committed)} figures; give one for each of {len(quarters)} quarters."
            )
            faults.append(Fault(path, message))
            continue
        missing = lacking(budget, committed, exact(fund.get("carry_over", 0)))
        faults.extend(
            Fault(path, f"takes {minor:,} more than there is in {quarter}; raise the budget.")
            for quarter, minor in zip(quarters, missing, strict=True)
            if minor
        )


def _places(entries: Sequence[Fund | Capacity | Pool]) -> dict[str, int]:
    return {entry.key: position for position, entry in enumerate(entries)}


def _incumbent(
    tree: dict[str, Any],
    initiatives: tuple[Initiative, ...],
    quarters: tuple[str, ...],
    faults: list[Fault],
) -> tuple[Placement, ...]:
    """What runs today, sorted by initiative."""
    places = {initiative.key: i for i, initiative in enumerate(initiatives)}
    held = []
    for key, choice in sorted(tree.items()):
        path = at("$.incumbent", key)
        if key not in places:
            faults.append(Fault(path, f"“{key}” is no initiative of this problem; remove it."))
            continue
        options = [option.key for option in initiatives[places[key]].options]
        if choice["option"] not in options:
            message = f"“{choice['option']}” is no option of {key}; use {' or '.join(options)}."
            faults.append(Fault(at(path, "option"), message))
        elif choice["start"] not in quarters:
            message = f"{choice['start']} is outside the planning quarters."
            faults.append(Fault(at(path, "start"), message))
        else:
            start = quarters.index(choice["start"])
            held.append(Placement(places[key], options.index(choice["option"]), start))
    return tuple(sorted(held, key=lambda placement: placement.initiative))

"""Ranges as a run keeps them and a file states them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.initiatives.rules import EvidenceGrade, PoolSpread, Spread, cost_spread
from app.journeys.rules import LEVER_INPUTS, InputKind, Lever
from app.portfolio.engine.answers.ranges import OptionRanges, RangedEffect, Ranges
from app.portfolio.engine.problem import Problem


class RangesError(ValueError):
    """What is said of the ranges cannot be used."""


def read_ranges(tree: Any, problem: Problem) -> Ranges:
    """The ranges of a document; what it says of others than the problem's is left aside.

    Raises RangesError.
    """
    place = "ranges"
    try:
        rate = _number(tree["discount_rate"])
        pools, options = {}, {}
        for row, entry in enumerate(tree["pools"]):
            place = f"ranges.pools[{row}]"
            pools[entry["key"]] = _pool(entry, problem.currency)
        for row, entry in enumerate(tree["options"]):
            place = f"ranges.options[{row}]"
            options[entry["initiative"], entry["option"]] = _option(entry)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise RangesError(
            f"{place}: can't be read. Use a file of ranges as a run's page gives it."
        ) from error
    return Ranges(rate, pools, options)


def _pool(entry: Mapping[str, Any], currency: str) -> PoolSpread:
    lever = Lever(entry["lever"])
    given = {one["symbol"]: one for one in entry["inputs"]}
    return PoolSpread(
        int(entry["id"]),
        lever,
        currency,
        tuple(
            (
                spec.symbol,
                _spread(given[spec.symbol], "value", is_money=spec.kind is InputKind.MONEY),
            )
            for spec in LEVER_INPUTS[lever]
        ),
        tuple(sorted((symbol, int(number)) for symbol, number in entry["shared"].items())),
    )


def _option(entry: Mapping[str, Any]) -> OptionRanges:
    low, high = entry["cost"] or (None, None)
    effects = tuple(
        RangedEffect(one["pool"], _spread(one, "removal"), EvidenceGrade(one["grade"]))
        for one in entry["effects"]
    )
    cost = cost_spread(*(None if end is None else _number(end) for end in (low, high)))
    return OptionRanges(int(entry["id"]), effects, _rising(cost))


def _spread(entry: Mapping[str, Any], name: str, *, is_money: bool = False) -> Spread:
    ends = (entry.get("low"), entry.get("high"))
    low, high = (None if end is None else _number(end) for end in ends)
    return _rising(Spread.of(_number(entry[name]), low, high, is_money=is_money))


def _rising(spread: Spread) -> Spread:
    if not spread.low <= spread.middle <= spread.high:
        raise ValueError("P10, P50 and P90 must rise.")
    return spread


def _number(value: Any) -> Decimal:
    found = Decimal(str(value))
    if not found.is_finite():
        raise ValueError("must be a number.")
    return found

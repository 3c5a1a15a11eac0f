"""How sure the inputs of a problem are, written down with the run that stands on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.calendar.models import Cycle
from app.initiatives.models import Initiative, Option
from app.initiatives.rules import shared_inputs
from app.journeys.models import LeverPool
from app.journeys.rules import LEVER_INPUTS
from app.portfolio.queries.facts import pool_key


def ranges_to_keep(
    cycle: Cycle, pools: Sequence[LeverPool], candidates: Sequence[Initiative]
) -> dict[str, Any]:
    """What `read_ranges` reads: pools that have all their inputs, and options with any range.

    What is left out has no range, so that it is held as the problem has it.
    """
    return {
        "discount_rate": cycle.discount_rate,
        "pools": [_pool(one) for one in pools if _is_whole(one)],
        "options": [line for one in candidates for line in _options(one)],
    }


def _is_whole(pool: LeverPool) -> bool:
    return {spec.symbol for spec in LEVER_INPUTS[pool.lever]} <= {i.symbol for i in pool.inputs}


def _pool(pool: LeverPool) -> Mapping[str, Any]:
    symbols = {spec.symbol for spec in LEVER_INPUTS[pool.lever]}
    inputs = [one for one in pool.inputs if one.symbol in symbols]
    bound = {
        one.symbol: (one.bound_figure.value, one.bound_touchpoints or ())
        for one in inputs
        if one.bound_figure is not None
    }
    shared = dict(shared_inputs(pool.journey.segment, bound))
    return {
        "key": pool_key(pool), "id": pool.id, "lever": pool.lever,
        "inputs": [
            {"symbol": one.symbol, "value": one.value, "low": one.low, "high": one.high}
            for one in sorted(inputs, key=lambda one: one.symbol)
        ],
        "shared": {symbol: shared[symbol] for symbol in sorted(symbols & shared.keys())},
    }  # fmt: skip


def _options(initiative: Initiative) -> Iterator[Mapping[str, Any]]:
    for option in initiative.options:
        effects = sorted(option.effects, key=lambda one: one.id)
        if option.cost_low is not None or any(one.removal_low is not None for one in effects):
            yield {
                "initiative": initiative.key, "id": initiative.id, "option": option.key,
                "cost": _cost(option),
                "effects": [
                    {
                        "pool": pool_key(one.pool), "measure": one.behaviour.measure,
                        "removal": one.removal_share, "low": one.removal_low,
                        "high": one.removal_high, "grade": one.grade,
                    }
                    for one in effects
                ],
            }  # fmt: skip


def _cost(option: Option) -> Sequence[Any] | None:
    if option.cost_low is None or option.cost_high is None:
        return None
    return [option.cost_low, option.cost_high]

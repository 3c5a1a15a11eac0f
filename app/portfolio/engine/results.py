"""The result file: a plan as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.portfolio.engine.checking import RuleState
from app.portfolio.engine.documents import plain_number
from app.portfolio.engine.plan import CapacityUse, FundedRow, FundUse, Plan


def result_json(plan: Plan) -> dict[str, Any]:
    """The plan in the public result format, ready for ``json.dumps``."""
    return {
        "format": "waymark/result",
        "version": 1,
        "status": plan.status.value,
        "currency": plan.currency,
        "quarters": list(plan.quarters),
        "value": plan.value,
        "bound": plan.bound,
        "gap": plan.gap,
        "approximation": plan.approximation,
        "spend": plan.spend,
        "funded": [_funded(row) for row in plan.funded],
        "not_funded": [
            {"initiative": row.initiative, "value_standalone": row.value_standalone}
            for row in plan.not_funded
        ],
        "funds": [_fund(fund) for fund in plan.funds],
        "capacities": [_capacity(capacity) for capacity in plan.capacities],
        "pools": [{"key": p.key, "value": p.value, "taken": p.taken} for p in plan.pools],
        "rules": [_rule(rule) for rule in plan.rules],
        **({"paid": plan.paid} if any(rule.price is not None for rule in plan.rules) else {}),
        "greedy": None if plan.greedy is None else asdict(plan.greedy),
        "ties_settled": plan.ties_settled,
        "conflict": list(plan.conflict),
        "solver": plan.solver,
        "seconds": round(plan.seconds, 3),
        "digest": plan.digest,
        "message": plan.message,
    }


def _rule(rule: RuleState) -> dict[str, Any]:
    """A soft rule says besides what a unit of miss costs, what is missed and what that cost."""
    said = {"key": rule.key, "type": rule.type, "slack": rule.slack, "binding": rule.binding}
    if rule.price is None:
        return said
    return said | {"price": plain_number(rule.price), "miss": rule.miss, "paid": rule.paid}


def _fund(fund: FundUse) -> dict[str, Any]:
    committed = [quarter.committed for quarter in fund.quarters]
    return {
        "key": fund.key,
        "budget": [quarter.budget for quarter in fund.quarters],
        "spend": [quarter.spend for quarter in fund.quarters],
        "carried": [quarter.moved for quarter in fund.quarters],
        "left": [quarter.left for quarter in fund.quarters],
        "beyond": fund.beyond,
        **({"committed": committed} if any(committed) else {}),
    }


def _funded(row: FundedRow) -> dict[str, Any]:
    return {
        "initiative": row.initiative,
        "option": row.option,
        "start": row.start,
        "value_allocated": row.value_allocated,
        "value_standalone": row.value_standalone,
        "value_marginal": row.value_marginal,
        "spend": row.spend,
        "spend_beyond": row.spend_beyond,
        "spend_by_fund": {one.fund: list(one.by_quarter) for one in row.by_fund},
        "effort_minutes": row.effort_minutes,
        "risk": row.risk,
    }


def _capacity(capacity: CapacityUse) -> dict[str, Any]:
    return {
        "key": capacity.key,
        "unit": capacity.unit,
        "used": list(capacity.used),
        "available": list(capacity.available),
        "overtime": list(capacity.overtime),
        "overtime_cost": capacity.overtime_cost,
        "beyond": capacity.beyond,
    }

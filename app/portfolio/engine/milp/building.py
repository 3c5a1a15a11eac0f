"""The whole model of a problem: its table of contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.portfolio.engine.chords import Curve, Place
from app.portfolio.engine.milp import families
from app.portfolio.engine.milp.model import Model
from app.portfolio.engine.problem import (
    AverageRisk,
    ChangeLoad,
    Count,
    Keep,
    Pin,
    Problem,
    Requires,
    Rule,
    Share,
    SpendOn,
    Synergy,
    Together,
    price_of,
)


def build_model(problem: Problem, positions: Sequence[int], curves: Mapping[Place, Curve]) -> Model:
    """The model whose optimum is the best plan, up to what the segments understate."""
    model = Model(problem, positions, curves)
    fill(model)
    return model


def fill(model: Model) -> None:
    """Add every limit and everything of value to a model still empty."""
    problem = model.problem
    _add_limits(model)
    families.add_own_values(model)
    families.add_overlap(model)
    for rule in problem.rules:
        if isinstance(rule, Synergy):
            families.add_synergy(model, rule)
    families.add_cliques(model, problem.rules)


def build_elastic_model(problem: Problem) -> Model:
    """The limits alone, each of which may be missed: the least sum of misses shows whether they
    can hold together."""
    model = Model(problem, range(len(problem.placements)), {}, elastic=True)
    _add_limits(model)
    model.minimise([(miss, 1.0) for _, miss in model.misses])
    return model


def _add_limits(model: Model) -> None:
    families.add_choices(model)
    families.add_budgets(model)
    families.add_capacities(model)
    for rule in model.problem.rules:
        # What can be paid for is never the reason why limits can't hold together.
        if not model.elastic or price_of(rule) is None:
            _add_rule(model, rule)


def _add_rule(model: Model, rule: Rule) -> None:
    match rule:
        case Requires():
            families.add_requires(model, rule)
        case Together():
            families.add_together(model, rule)
        case Count():
            families.add_count(model, rule)
        case Pin():
            families.add_pin(model, rule)
        case Share():
            families.add_share(model, rule)
        case SpendOn():
            families.add_spend_on(model, rule)
        case AverageRisk():
            families.add_average_risk(model, rule)
        case ChangeLoad():
            families.add_change_load(model, rule)
        case Keep():
            families.add_keep(model, rule)
        case Synergy():
            pass

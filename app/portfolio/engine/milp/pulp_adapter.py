"""Where PuLP 3 (Python 3.11) and PuLP 4 (Python 3.12 and later) part ways, and nothing else.

PuLP 4 keeps problems outside of Python: variables met again are new objects that remember nothing
but their ``id``, expressions are made by ``from_dict``, and no CBC comes along.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import pulp

try:
    from pulp.apis.coin_api import pulp_cbc_path as _bundled
except ImportError:  # PuLP 4 asks the package cbcbox, else looks on the path
    _bundled = pulp.COIN_CMD().path or ""

IS_FOUR = hasattr(pulp.LpAffineExpression, "from_variable")

column = attrgetter("id" if IS_FOUR else "index")
"""The position of a variable among the columns of its problem (see ``columns``)."""


def columns(lp: pulp.LpProblem) -> list[Any]:
    """All variables of a problem in the order of its columns."""
    variables: list[Any] = lp.variables()
    if not IS_FOUR:
        for place, variable in enumerate(variables):
            variable.index = place
    return variables


def expression(terms: Mapping[Any, float]) -> Any:
    """Σ coefficient·variable."""
    if IS_FOUR:
        return pulp.LpAffineExpression.from_dict(dict(terms))
    return pulp.LpAffineExpression(terms)


def constraint(terms: Mapping[Any, float], sense: int, limit: float) -> Any:
    """Σ coefficient·variable (≤, =, ≥) limit."""
    if not IS_FOUR:
        return pulp.LpConstraint(expression(terms), sense=sense, rhs=limit)
    total = expression(terms)
    if sense == pulp.LpConstraintEQ:
        return total == limit
    return total <= limit if sense == pulp.LpConstraintLE else total >= limit


def cbc_path() -> str:
    """The CBC that comes with PuLP, else the one on the path."""
    return _bundled if os.path.exists(_bundled) else shutil.which("cbc") or "cbc"

"""The registry in every order there is, those included that are worked out and not stored."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.initiatives.queries.figures import load_values
from app.initiatives.queries.registry import SORTS, RegistryFilter, RegistryLine, list_registry

VALUE = "value"
ORDERS = frozenset({*SORTS, VALUE})
"""What `list_in_order` can order by; a leading “-” turns the order round."""


def list_in_order(
    session: Session,
    wanted: RegistryFilter,
    *,
    order: str,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[RegistryLine], int]:
    """The lines from ``offset`` on and how many there are in all.

    The standalone value stands in no column: it is worked out of everything that matches, and what
    has none comes last.
    """
    if order.removeprefix("-") != VALUE:
        return list_registry(session, wanted, order=order, offset=offset, limit=limit)
    lines, total = list_registry(session, wanted, order="key")
    worth = load_values(session, lines)
    known = [(value.minor, line) for line in lines if (value := worth[line.id]) is not None]
    known.sort(key=lambda pair: pair[0], reverse=order.startswith("-"))
    lines = [*(line for _, line in known), *(line for line in lines if worth[line.id] is None)]
    return lines[offset : None if limit is None else offset + limit], total

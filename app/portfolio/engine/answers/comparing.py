"""Up to four plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.portfolio.engine.plan import FundedRow, Plan

MOST_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Compared:
    """One plan against the first: keys of initiatives ``added`` and ``dropped``, ``moved`` to
    another start, ``rescoped`` to another option. ``risk`` is the mean over the funded."""

    name: str
    value: int | None
    bound: int | None
    spend: int
    funded: int
    risk: Decimal | None
    effort_minutes: int
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    moved: tuple[str, ...]
    rescoped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One initiative: how each plan places it, as (option, start), None where it is left out."""

    initiative: str
    placed: tuple[tuple[str, str] | None, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.placed)) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first plan is what the others are held against."""

    currency: str
    plans: tuple[Compared, ...]
    lines: tuple[Line, ...]


class ComparisonError(ValueError):
    """These plans cannot be compared."""


def compare(named: Sequence[tuple[str, Plan]]) -> Comparison:
    """Two to four plans in one currency. Raises ComparisonError."""
    if not 2 <= len(named) <= MOST_COMPARED:
        raise ComparisonError(f"Two to {MOST_COMPARED} plans are compared, not {len(named)}.")
    currencies = {plan.currency for _, plan in named}
    if len(currencies) > 1:
        raise ComparisonError(f"They are in {' and '.join(sorted(currencies))}; compare one.")
    tables = [{row.initiative: row for row in plan.funded} for _, plan in named]
    keys = sorted({key for table in tables for key in table})
    return Comparison(
        currency=named[0][1].currency,
        plans=tuple(
            _compared(name, plan, tables[0], table)
            for (name, plan), table in zip(named, tables, strict=True)
        ),
        lines=tuple(
            Line(
                key,
                tuple((t[key].option, t[key].start) if key in t else None for t in tables),
            )
            for key in keys
        ),
    )


def _compared(
    name: str, plan: Plan, first: dict[str, FundedRow], table: dict[str, FundedRow]
) -> Compared:
    both = sorted(first.keys() & table.keys())
    risks = [Decimal(repr(row.risk)) for row in plan.funded]
    return Compared(
        name=name,
        value=plan.value,
        bound=plan.bound,
        spend=plan.spend,
        funded=len(table),
        risk=sum(risks, Decimal(0)) / len(risks) if risks else None,
        effort_minutes=sum(row.effort_minutes for row in plan.funded),
        added=tuple(sorted(table.keys() - first.keys())),
        dropped=tuple(sorted(first.keys() - table.keys())),
        moved=tuple(key for key in both if first[key].start != table[key].start),
        rescoped=tuple(key for key in both if first[key].option != table[key].option),
    )

"""What pages cost in a company of 50 and of 5,000 initiatives, in CPU of the answering process."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response
from sqlalchemy import text

from app.extensions import db
from tests.bench.bench_pages import (
    FEW,
    MANY,
    MOST_GROWTH,
    MOST_MS,
    MOST_QUERIES,
    PAGES,
    measured,
)
from tests.bench.measuring import Cost
from tests.prove.gate import Gate, Size
from tests.support.breaking import broken

LISTED = "registry"
"""The page of about ten queries and fifty rows."""
Costs = dict[tuple[str, str], Cost]
"""By page and database."""


def gates(size: Size) -> Iterator[Gate]:
    few, many = _all_costs((FEW, MANY if size.part == 1 else MANY // size.part))
    for (name, database), cost in few.items():
        if name == LISTED:
            most = MOST_MS[database]
            yield Gate(
                f"{database}: {name} of 50 rows ≤ {most} ms CPU",
                f"{cost.cpu_ms:.1f} ms, {cost.queries} queries, {cost.kilobytes:.0f} kB",
                cost.cpu_ms <= most,
            )
    yield from _of_all(few, many)


def controls(_size: Size) -> Iterator[Gate]:
    """Every page asks the database for a dozen things more."""
    sound = Flask.full_dispatch_request

    def asking(app: Flask) -> Response:
        for _ in range(MOST_QUERIES):
            db.session.execute(text("SELECT 1"))
        return sound(app)

    with broken("flask.Flask.full_dispatch_request", asking):
        yield from list(_of_all(*_all_costs((2, 4))))[:1]


def _all_costs(counts: tuple[int, int]) -> tuple[Costs, Costs]:
    found: dict[int, Costs] = {count: {} for count in counts}
    for page, world, cost in measured(PAGES, counts):
        found[world.count][page.name, world.database] = cost
    return found[counts[0]], found[counts[1]]


def _of_all(few: Costs, many: Costs) -> Iterator[Gate]:
    """The most queries of any page, and how much dearer each gets in a large company."""
    asked = max(cost.queries for cost in (*few.values(), *many.values()))
    yield Gate(f"{len(few)} pages ≤ {MOST_QUERIES} queries", f"most {asked}", asked <= MOST_QUERIES)
    drawn = {page.name for page in PAGES if page.draws_all}
    grown = {
        one: many[one].cpu_ms / cost.cpu_ms for one, cost in few.items() if one[0] not in drawn
    }
    for database in sorted({database for _, database in few}):
        here = {name: ratio for (name, base), ratio in grown.items() if base == database}
        worst = max(here, key=lambda name: here[name])
        yield Gate(
            f"{database}: no page dearer with {MANY:,} than {MOST_GROWTH} × with {FEW}",
            f"{len(here)} pages, most {worst} × {here[worst]:.2f}"
            f" ({many[worst, database].cpu_ms:.1f} ms)",
            here[worst] <= MOST_GROWTH,
        )

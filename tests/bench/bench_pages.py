"""What pages cost with few and with many initiatives or touchpoints, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from tests.bench import journey_pages
from tests.bench.measuring import Cost, Visitor
from tests.bench.rows import Row
from tests.bench.worlds import World, copy_world, make_world, open_world
from tests.support.databases import PostgresDatabases
from tests.support.postgres import PostgresServer, find_programs

FEW, MANY = 50, 5_000
MOST_MS = {"SQLite": 8, "PostgreSQL": 12}
MOST_QUERIES = 12
MOST_GROWTH = 2
MOST_MS_OF_ALL_BARS = 400
A_TRANCHE = 1


@dataclass(frozen=True)
class PageSort:
    """A page somebody opens; ``draws_all`` where it shows every initiative at once."""

    name: str
    person: str
    address: Callable[[World], str]
    draws_all: bool = False


PAGES = (
    PageSort("home, CX lead", "Lena Lead", lambda world: "/"),
    PageSort("home, Finance", "Carla Finance", lambda world: "/"),
    PageSort("registry", "Lena Lead", lambda world: "/initiatives"),
    PageSort("initiative", "Lena Lead", lambda world: f"/initiatives/{world.a_candidate}"),
    PageSort("case", "Lena Lead", lambda world: f"/initiatives/{world.a_candidate}/case"),
    PageSort("journey", "Lena Lead", lambda world: f"/journeys/{world.a_journey}"),
    PageSort("gate calendar", "Lena Lead", lambda world: "/gates"),
    PageSort("hurdle", "Carla Finance", lambda world: f"/gates/{A_TRANCHE}"),
    PageSort("ledger", "Carla Finance", lambda world: "/ledger"),
    PageSort("scenarios", "Lena Lead", lambda world: "/scenarios"),
    PageSort("audit", "Carla Finance", lambda world: "/audit"),
    PageSort("result", "Lena Lead", lambda world: f"/runs/{world.run_id}"),
    PageSort("roadmap", "Lena Lead", lambda world: "/roadmap", draws_all=True),
)
Costs = dict[tuple[str, str, int], Cost]
"""By page, database and number of initiatives."""


def rows() -> Iterator[Row]:
    """Every page on every database, then how each grew; then the pages of a journey."""
    yield from rows_of(PAGES, (FEW, MANY))
    yield from journey_pages.rows()


def rows_of(pages: Iterable[PageSort], counts: tuple[int, int]) -> Iterator[Row]:
    """The same for any pages and sizes."""
    costs: Costs = {}
    for page, world, cost in measured(pages, counts):
        costs[page.name, world.database, world.count] = cost
        yield _row(page, world, cost, counts[0])
    for page in pages:
        yield _growth(page, costs, counts)


def measured(
    pages: Iterable[PageSort], counts: tuple[int, ...]
) -> Iterator[tuple[PageSort, World, Cost]]:
    """Every page in companies of every size, on every database."""
    for world, folder in _worlds(counts):
        for page, cost in _costs(world, folder, pages):
            yield page, world, cost


def _worlds(counts: Iterable[int]) -> Iterator[tuple[World, Path]]:
    programs = find_programs()
    server = PostgresServer(programs) if programs else None
    try:
        copies = PostgresDatabases(server) if server else None
        for count in counts:
            with TemporaryDirectory(prefix="waymark-bench-") as name:
                folder = Path(name)
                made = [make_world(folder, count)]
                if copies:
                    made.append(copy_world(made[0], copies))
                for world in made:
                    yield world, folder
    finally:
        if server:
            server.stop()


def _costs(
    world: World, folder: Path, pages: Iterable[PageSort]
) -> Iterator[tuple[PageSort, Cost]]:
    with open_world(world, folder) as app:
        with app.app_context(), Session(app.extensions["sqlalchemy"].engine) as session:
            people = {person.name: person for person in session.scalars(select(Person))}
        visitors = {page.person: Visitor(app, people[page.person]) for page in pages}
        for page in pages:
            yield page, visitors[page.person].cost_of(page.address(world))


def _row(page: PageSort, world: World, cost: Cost, few: int) -> Row:
    figure = (
        f"{cost.cpu_ms:.1f} ms CPU, {cost.elapsed_ms:.1f} ms in all, {cost.queries} queries,"
        f" {cost.kilobytes:.0f} kB"
    )
    most = MOST_MS[world.database]
    if page.draws_all and world.count != few:
        most = MOST_MS_OF_ALL_BARS
    target = f"≤ {most} ms, ≤ {MOST_QUERIES} queries"
    return Row(f"{page.name}, {world.count:,} initiatives, {world.database}", figure, target)


def _growth(page: PageSort, costs: Costs, counts: tuple[int, int]) -> Row:
    few, many = counts
    ratios = [
        f"{database} × {costs[page.name, database, many].cpu_ms / cost.cpu_ms:.2f}"
        for (name, database, count), cost in costs.items()
        if name == page.name and count == few
    ]
    target = "" if page.draws_all else f"≤ × {MOST_GROWTH}"
    return Row(f"{page.name}, {many:,} : {few:,}", ", ".join(ratios), target)

"""What the pages of a journey cost with few and many touchpoints, and with a small and a large log.

A journey has seven stages and seven channels, so at most 49 touchpoints; 300 stand in seven
journeys. A larger log has more reasons and segments, each counted month by month: the pages read
those months, never the interactions behind them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.journeys.models import InteractionMonth, Journey, Touchpoint
from app.journeys.queries import get_journey
from app.journeys.rules import Channel
from tests.bench.measuring import Cost, Visitor
from tests.bench.plans import add_all
from tests.bench.rows import Row
from tests.bench.worlds import copy_rows
from tests.factories.accounts import Cast, make_cast
from tests.factories.interactions import make_source
from tests.factories.journeys import make_baseline, make_journey, make_pool
from tests.support.application import build_app, let_go
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer, find_programs

MOST_QUERIES = 12
MONTHS = 24
PAGES = (
    ("map", "/journeys/journey-0"),
    ("map, unmet", "/journeys/journey-0?show=unmet"),
    ("contacts", "/journeys/journey-0/contacts"),
    ("journeys", "/journeys"),
)


@dataclass(frozen=True)
class Size:
    """How many touchpoints there are and what the log tells apart at each."""

    touchpoints: int
    reasons: int
    segments: int
    contacts: int

    @property
    def name(self) -> str:
        rows = self.touchpoints * self.reasons * self.segments * MONTHS
        interactions = rows * self.contacts
        return f"{self.touchpoints} touchpoints, {interactions / 1e6:,.1f} m interactions"


SIZES = (
    Size(3, 5, 2, 100), Size(3, 5, 2, 10_000),
    Size(300, 5, 2, 100), Size(300, 5, 2, 1_000), Size(300, 10, 3, 1_000),
)  # fmt: skip


def rows() -> Iterator[Row]:
    """Every page at every size on every database."""
    programs = find_programs()
    server = PostgresServer(programs) if programs else None
    try:
        for size in SIZES:
            with TemporaryDirectory(prefix="waymark-bench-") as name:
                yield from _rows_of(size, Path(name), server)
    finally:
        if server:
            server.stop()


def _rows_of(size: Size, folder: Path, server: PostgresServer | None) -> Iterator[Row]:
    made = _make(size, folder)
    copies = _copied(made, server) if server else None  # before anybody signs in there
    for name, cost in _costs(made, folder):
        yield _row(name, size, "SQLite", cost)
    if copies:
        for name, cost in _costs(copies, folder):
            yield _row(name, size, "PostgreSQL", cost)


def _copied(made: SqliteDatabases, server: PostgresServer) -> PostgresDatabases:
    copies = PostgresDatabases(server)
    copies.reset()
    source = create_engine(**engine_options(made.url))
    target = create_engine(**engine_options(copies.url))
    copy_rows(source, target)
    source.dispose()
    target.dispose()
    return copies


def _row(page: str, size: Size, database: str, cost: Cost) -> Row:
    figure = (
        f"{cost.cpu_ms:.1f} ms CPU, {cost.elapsed_ms:.1f} ms in all, {cost.queries} queries,"
        f" {cost.kilobytes:.0f} kB"
    )
    return Row(f"{page}, {size.name}, {database}", figure, f"≤ {MOST_QUERIES} queries")


def _costs(database: Databases, folder: Path) -> Iterator[tuple[str, Cost]]:
    app = build_app(database.url, folder)
    try:
        with app.app_context(), Session(app.extensions["sqlalchemy"].engine) as session:
            lead = session.scalars(select(Person).where(Person.name == "Lena Lead")).one()
        visitor = Visitor(app, lead)
        for name, address in PAGES:
            yield name, visitor.cost_of(address)
    finally:
        let_go(app)


def _make(size: Size, folder: Path) -> SqliteDatabases:
    databases = SqliteDatabases(folder)
    databases.reset()
    engine = create_engine(**engine_options(databases.url))
    with Session(engine, expire_on_commit=False) as session, transaction(session):
        cast = make_cast(session)
        left, number = size.touchpoints, 0
        while left > 0:
            left -= _add_journey(session, cast, size, number, left)
            number += 1
    engine.dispose()
    return databases


def _add_journey(session: Session, cast: Cast, size: Size, number: int, most: int) -> int:
    """Add a journey with as many touchpoints as fit, measured twice and logged."""
    made = make_journey(session, cast.lead, key=f"journey-{number}", name=f"Journey {number}")
    _fill(session, made, most)
    session.expire_all()
    journey = get_journey(session, made.key)
    make_baseline(session, journey, measured_on=date(2026, 7, 15))
    make_baseline(session, journey)
    make_pool(session, journey, claimed_by=cast.lead, certified_by=cast.cfo)
    source = make_source(session, cast.lead, name=f"log-{number}.csv")
    ids = [one.id for one in journey.touchpoints]
    add_all(session, InteractionMonth, list(_months(size, source.id, ids)))
    return len(ids)


def _fill(session: Session, journey: Journey, most: int) -> None:
    """Put contacts into every stage and channel, or leave as few as wanted."""
    for gone in journey.touchpoints[most:]:
        session.delete(gone)
    there = {(one.stage_id, one.channel) for one in journey.touchpoints}
    free = most - len(there)
    for stage in journey.stages:
        for channel in Channel:
            if free > 0 and (stage.id, channel) not in there:
                session.add(
                    Touchpoint(
                        journey_id=journey.id, stage=stage, channel=channel, name=channel.word
                    )
                )
                free -= 1
    session.flush()


def _months(size: Size, source_id: int, ids: list[int]) -> Iterator[dict[str, object]]:
    for touchpoint_id in ids:
        for month in range(MONTHS):
            year, place = divmod(2025 * 12 + 1 + month, 12)
            for reason in range(size.reasons):
                for segment in range(size.segments):
                    contacts = size.contacts
                    yield {
                        "source_id": source_id, "touchpoint_id": touchpoint_id,
                        "month": date(year, place + 1, 1), "reason": f"Reason {reason}",
                        "segment": f"Segment {segment}", "expected": "An answer",
                        "is_prospect": segment > 0, "contacts": contacts,
                        "judged": contacts // 2, "unmet": contacts // (4 + reason),
                        "costed": contacts, "cost_minor": contacts * 400, "timed": contacts,
                        "minutes": Decimal(contacts * 5), "scored": 0, "score_sum": Decimal(0),
                        "keyed": contacts, "repeats": contacts // 10, "escalated": 0, "lost": 0,
                    }  # fmt: skip

"""The made-up company as a running application, on SQLite and copied to PostgreSQL."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, insert, select, text
from sqlalchemy.orm import Session

from app.approvals.services import submit_proposal
from app.db.base import Base
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.db.tables import move_counters
from app.portfolio.queries import get_run
from app.portfolio.services.scenarios import ScenarioDraft, create_scenario
from tests.bench.company import Company, make_company
from tests.bench.plans import CHUNK
from tests.factories.portfolio import begin, carry_out
from tests.support.application import FIXED_NOW, build_app, let_go
from tests.support.databases import PostgresDatabases, SqliteDatabases

SOLVER_SECONDS = 10
SERVED = Path(__file__).parents[2] / "gunicorn.conf.py"


@dataclass(frozen=True)
class World:
    """Where a company of ``count`` initiatives is stored, and what pages to ask for."""

    url: str
    database: str
    count: int
    run_id: int
    proposal_id: int
    a_candidate: str
    a_journey: str
    scenario_id: int


def make_world(folder: Path, count: int) -> World:
    """Make the company in a SQLite file of its own, with a solved run and a plan submitted."""
    databases = SqliteDatabases(folder)
    databases.reset()
    engine = create_engine(**engine_options(databases.url))
    with Session(engine, expire_on_commit=False) as session:
        company = make_company(session, count, FIXED_NOW)
        scenario_id, run_id = _solve(session, company)
        with transaction(session):
            proposal = submit_proposal(
                session, get_run(session, run_id), note="", actor=company.cast.lead, now=FIXED_NOW
            )
    engine.dispose()
    return World(
        databases.url, "SQLite", count, run_id, proposal.id, f"CX-{100 + count + 1}",
        company.journeys[0].key, scenario_id,
    )  # fmt: skip


def _solve(session: Session, company: Company) -> tuple[int, int]:
    lead = company.cast.lead
    with transaction(session):
        draft = ScenarioDraft("Balanced")
        scenario = create_scenario(session, company.current, draft, actor=lead, now=FIXED_NOW)
    run_id = begin(
        session, scenario.id, actor=lead, now=FIXED_NOW, seconds=SOLVER_SECONDS,
        most_candidates=5_000,
    )  # fmt: skip
    carry_out(session, FIXED_NOW)
    return scenario.id, run_id


def copy_world(world: World, databases: PostgresDatabases) -> World:
    """Copy a world to PostgreSQL, row by row through the models' own types."""
    databases.reset()
    source = create_engine(**engine_options(world.url))
    target = create_engine(**engine_options(databases.url))
    copy_rows(source, target)
    source.dispose()
    target.dispose()
    return World(**{**vars(world), "url": databases.url, "database": "PostgreSQL"})


def copy_rows(source: Engine, target: Engine) -> None:
    with source.connect() as reading, target.begin() as writing:
        # The guards have let these rows in once; now they would ask for the order they came in.
        writing.execute(text("SET session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            writing.execute(table.delete())
            found = reading.execute(select(table)).mappings()
            while rows := [dict(row) for row in found.fetchmany(CHUNK)]:
                writing.execute(insert(table), rows)
        move_counters(writing, Base.metadata.sorted_tables)
    with target.connect() as connection:
        # Here no autovacuum tells the planner what the tables hold.
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


@contextmanager
def open_world(world: World, folder: Path) -> Iterator[Flask]:
    """An application on the world's database, as it is served, with an ordinary client."""
    app = build_app(world.url, folder)
    app.test_client_class = FlaskClient
    with _garbage_as_served():
        yield app
    let_go(app)


@contextmanager
def _garbage_as_served() -> Iterator[None]:
    """Look for garbage as seldom as the web workers do, which a page of many rows shows."""
    before, served = gc.get_threshold(), run_path(str(SERVED))
    served["when_ready"](None)
    served["post_fork"](None, None)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)

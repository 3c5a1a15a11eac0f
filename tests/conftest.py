"""Fixtures for every test: real databases, a clock that stands still, a fixed cast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.db.sqlite import engine_options
from tests.factories.accounts import Cast, make_cast
from tests.support.client import StrictClient
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer, find_programs

pytest_plugins = ["tests.support.not_run"]

FIXED_NOW = datetime(2027, 2, 15, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL for this process; without its programs the test is not run."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL 15 or newer is not installed (no initdb and postgres found)")
    server = PostgresServer(programs)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: PostgresServer) -> PostgresDatabases:
    return PostgresDatabases(postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Databases:
    """An empty database at head: its `url` and its `kind`. The test runs once on each."""
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    databases: Databases = request.getfixturevalue(name)
    databases.reset()
    return databases


@pytest.fixture
def engine(database: Databases) -> Iterator[Engine]:
    engine = create_engine(**engine_options(database.url))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session as the application uses it; write with `with transaction(session):`."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def now() -> datetime:
    return FIXED_NOW


@pytest.fixture
def today(now: datetime) -> date:
    return now.date()


@pytest.fixture
def cast(session: Session) -> Cast:
    """One person per role, already saved."""
    with transaction(session):
        return make_cast(session)


@pytest.fixture(scope="session")
def _built_apps() -> dict[str, Flask]:
    return {}


@pytest.fixture
def make_app(
    database: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Flask]]:
    """Build an application on the test's database with settings of the test's own."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        folder = tmp_path_factory.mktemp("instance")
        # Loaded here, so that tests of pure modules need no application.
        app: Flask = import_module("app.factory").create_app(
            {
                "ENVIRONMENT": "test",
                "DATABASE_URL": database.url,
                "QUEUE_URL": f"sqlite:///{folder / 'queue.db'}",
                "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2,
                "FIXED_NOW": FIXED_NOW,
                "DEMO": False,
                "LOG_LEVEL": "WARNING",
                "TESTING": True,
                **settings,
            }
        )
        app.test_client_class = StrictClient
        made.append(app)
        return app

    yield make
    for app in made:
        _let_go(app)


@pytest.fixture
def app(
    database: Databases,
    _built_apps: dict[str, Flask],
    session: Session,
    make_app: Callable[..., Flask],
) -> Iterator[Flask]:
    """The application on the test's database. It is built once; its settings are put back.

    The test's `session` lets go of what it has read around every request, so both see the same.
    """
    app = _built_apps.get(database.kind) or make_app()
    _built_apps[database.kind] = app
    settings = dict(app.config)
    app.config["TEST_SESSION"] = session
    yield app
    app.config.clear()
    app.config.update(settings)
    _let_go(app)


def _let_go(app: Flask) -> None:
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A browser nobody has signed in with."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def client_for(app: Flask, session: Session) -> Callable[[Person], StrictClient]:
    """A browser in which the given person is signed in."""

    sign_in = import_module("tests.support.sign_in").sign_in

    def signed_in(person: Person) -> StrictClient:
        client: Any = app.test_client()
        sign_in(client, session, person, now=app.config["FIXED_NOW"])
        return client  # type: ignore[no-any-return]

    return signed_in


@pytest.fixture
def run_jobs(app: Flask, session: Session) -> Callable[[], int]:
    """Carry out every queued job in this process with its real handler; gives how many."""

    def run() -> int:
        session.rollback()
        worker = import_module("app.worker").Worker(app)
        count = 0
        while worker.run_next():
            count += 1
        return count

    return run

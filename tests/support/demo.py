"""The demo company in a SQLite file, seeded once for all processes, for tests that only look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from flask import Flask
from sqlalchemy import Engine, create_engine, insert, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.rules import Role
from app.db.sqlite import engine_options
from migrations.metadata import application_metadata
from tests.support.application import build_app, let_go
from tests.support.databases import SqliteDatabases


@dataclass(frozen=True)
class Demo:
    """An application over the demo company; tests may look, not change."""

    app: Flask
    session: Session

    def person(self, role: Role) -> Person:
        """Return somebody of the company who holds `role` and, if possible, nothing else."""
        people = self.session.scalars(select(Person).order_by(Person.id)).all()
        return min((p for p in people if role in p.roles), key=lambda p: len(p.roles))


def seeded_file(factory: pytest.TempPathFactory, databases: SqliteDatabases) -> Path:
    """Return the file that holds the demo company; the first process to ask makes it."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    file = shared / "demo.db"
    with FileLock(shared / "demo.lock"):
        if not file.exists():
            draft = databases.copy_to(shared / "demo-draft.db")
            app = build_app(f"sqlite:///{draft}", shared, DEMO=True)
            result = app.test_cli_runner().invoke(args=["seed", "demo"])
            assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
            let_go(app)
            draft.rename(file)
    return file


def seed(folder: Path) -> Path:
    """Make the demo company in a file in ``folder``, for whoever runs without pytest."""
    draft = SqliteDatabases(folder).copy_to(folder / "draft.db")
    app = build_app(f"sqlite:///{draft}", folder, DEMO=True)
    result = app.test_cli_runner().invoke(args=["seed", "demo"])
    if result.exit_code:
        raise RuntimeError(result.output)
    let_go(app)
    return draft.rename(folder / "demo.db")


@contextmanager
def open_demo(file: Path, folder: Path) -> Iterator[Demo]:
    """Open the test process's own copy of the demo company."""
    url = f"sqlite:///{shutil.copyfile(file, folder / 'demo.db')}"
    engine = create_engine(**engine_options(url))
    app = build_app(url, folder, DEMO=True)
    with Session(engine, expire_on_commit=False) as session:
        yield Demo(app=app, session=session)
    let_go(app)
    engine.dispose()


def pour(source: Engine, target: Engine) -> None:
    """Copy all rows of a database at head into an empty PostgreSQL at head, past its guards."""
    with source.connect() as old, target.begin() as new:
        new.execute(text("SET LOCAL session_replication_role = replica"))
        for table in application_metadata().sorted_tables:
            rows = [dict(row) for row in old.execute(select(table)).mappings()]
            if rows:
                new.execute(insert(table), rows)
            key = table.autoincrement_column
            if key is not None:
                owner = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
                last = f"SELECT setval({owner}, max({key.name})) FROM {table.name}"
                new.execute(text(last))

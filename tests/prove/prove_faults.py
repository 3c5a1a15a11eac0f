"""Imports, migrations and restores killed with -9 on the way: all of it or nothing, and again."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from alembic import command
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from app.audit.queries import check_chain
from app.db.schema import migration_config
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.registry.engine.drafts import InitiativeDraft
from app.registry.services.saving import Origin, save_drafts
from tests.bench.bench_import import EXTRACT, import_arguments, make_cycle_of_file, repeated
from tests.factories.accounts import make_cast
from tests.factories.approvals import make_commitments, make_world
from tests.prove import commands
from tests.prove.gate import Gate, Size, databases
from tests.support.application import FIXED_NOW
from tests.support.breaking import broken
from tests.support.databases import Databases, PostgresDatabases

KILLS = 6
"""Of each command, spread over the time it takes."""
ROWS = 300
LOWER = "0012"
"""The schema that migrations are killed on the way up from."""
LOG = "1-0123abcd/part-0.parquet"

State = dict[str, int | str]
"""Rows by table, and the schema's revision."""


@dataclass
class Killed(ABC):
    """A command on a database of its own that is killed and then carried out again."""

    one: Databases
    folder: Path

    @property
    def url(self) -> str:
        return self.one.url

    @abstractmethod
    def prepare(self) -> list[str]:
        """Put everything as it is before the command; gives the command."""

    def state(self) -> State:
        """What there is now."""
        return stored(self.url)


class Import(Killed):
    """A registry from a file."""

    def prepare(self) -> list[str]:
        self.one.reset()
        with _open(self.url) as session, transaction(session):
            make_cast(session)
            make_cycle_of_file(session)
        return import_arguments(repeated(EXTRACT, self.folder / "projects.csv", ROWS))


class Migration(Killed):
    """From an old schema to the newest."""

    def prepare(self) -> list[str]:
        _furnish(self.one)
        command.downgrade(migration_config(self.url), LOWER)
        return ["migrate"]


class Restore(Killed):
    """A backup into an empty database."""

    @property
    def url(self) -> str:
        if isinstance(self.one, PostgresDatabases):
            return self.one.url.replace("/test?", "/restored?")
        return f"sqlite:///{self.folder / 'restored.db'}"

    def prepare(self) -> list[str]:
        file, logs = self.folder / "backup.zip", self.folder / "interactions"
        if not file.exists():
            _furnish(self.one)
            (logs / LOG).parent.mkdir(parents=True)
            (logs / LOG).write_bytes(b"PAR1 contacts PAR1")
            _must(commands.run_forked(self.one.url, self.folder, "backup", str(file)))
        for leftover in self.folder.glob("restored.db*"):
            leftover.unlink()
        shutil.rmtree(logs, ignore_errors=True)
        if isinstance(self.one, PostgresDatabases):
            self.one.bare("restored")
        return ["restore", str(file)]

    def state(self) -> State:
        """Its rows; a schema without any is as good as none, the next try goes on from there."""
        found = super().state()
        rows = {name: count for name, count in found.items() if isinstance(count, int) and count}
        return found if rows else {}


TRIED = {"import": Import, "migration": Migration, "restore": Restore}


def gates(size: Size) -> Iterator[Gate]:
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        for one in found:
            for what, kind in TRIED.items():
                folder = Path(name) / f"{what}-{one.kind}"
                folder.mkdir()
                yield _gate(what, kind(one, folder), size.of(KILLS))


def controls(_size: Size) -> Iterator[Gate]:
    """An import that commits every initiative by itself."""
    with (
        TemporaryDirectory(prefix="waymark-prove-") as name,
        databases(Path(name)) as found,
        broken("app.registry.services.importing.save_drafts", _piecemeal),
    ):
        yield _gate("import", Import(found[0], Path(name)), KILLS)


def _piecemeal(session: Session, drafts: Sequence[InitiativeDraft], origin: Origin) -> None:
    for one in drafts:
        save_drafts(session, [one], origin)
        session.commit()
        sleep(0.05)


def _gate(what: str, killed: Killed, kills: int) -> Gate:
    asked = killed.prepare()
    before = killed.state()
    whole = _must(commands.run_forked(killed.url, killed.folder, *asked))
    after = killed.state()
    wrong, count, nothing = [], 0, 0
    for number in range(kills):
        asked = killed.prepare()
        moment = whole.seconds * (number + 0.5) / kills
        said = commands.run_forked(killed.url, killed.folder, *asked, kill_after=moment)
        found = killed.state()
        count += said.code < 0
        nothing += found == before
        if found not in (before, after):
            wrong.append(f"killed after {moment:.1f} s: half of it is there")
        again = commands.run_forked(killed.url, killed.folder, *asked)
        if killed.state() != after or (again.code and found != after):
            wrong.append(f"again: {again.words[-200:]}")
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[killed.one.kind]
    return Gate(
        f"{kind}: {what} killed on the way: all or nothing, then whole",
        f"{count} kills, {nothing} left nothing, {len(wrong)} wrong{''.join(wrong[:1])}",
        not wrong and count > 0,
    )


def stored(url: str) -> State:
    """Rows by table and the schema's revision; a broken trail stands in it, too."""
    engine = create_engine(**engine_options(url))
    try:
        names = inspect(engine).get_table_names()
        with engine.connect() as connection:
            found: State = {
                name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0
                for name in names
                if name not in ("alembic_version", "request_keys")
            }
            if "alembic_version" in names:
                revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
                found["schema"] = str(revision)
        if found.get("audit_events"):
            with Session(engine) as session:
                found["trail"] = "; ".join(check_chain(session).faults)
        return found
    finally:
        engine.dispose()


def _open(url: str) -> Session:
    return Session(create_engine(**engine_options(url)), expire_on_commit=False)


def _furnish(one: Databases) -> None:
    """A company whose money is decided."""
    one.reset()
    with _open(one.url) as session:
        with transaction(session):
            cast = make_cast(session)
            world = make_world(session, cast, FIXED_NOW)
        with transaction(session):
            make_commitments(session, cast, FIXED_NOW, world)
        bind = session.get_bind()
    assert isinstance(bind, Engine)
    bind.dispose()


def _must(said: commands.Said) -> commands.Said:
    if said.code:
        raise RuntimeError(said.words[-2000:])
    return said

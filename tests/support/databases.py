"""Two databases at head, made once per process and put back to empty for every test."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import psycopg
import pysqlite3
from alembic import command
from sqlalchemy import Engine

from app.db.schema import migration_config
from tests.support.kept import begin_anew
from tests.support.postgres import PostgresServer

# Who is still at work or holds a lock has to let go; connections at rest stay, for a new one has to
# read the whole catalogue again.
_END = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
AND (state <> 'idle' OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory'))
"""
# Then every row goes, without the guards that keep rows, and every counter starts anew. Deleting
# few rows is far cheaper than a file for every table.
_EMPTY = """
DO $$ DECLARE one regclass; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %s', one);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL;
END $$;
"""
# Whatever changes the schema, or what a migration writes besides, is put back by a new copy.
_WATCH = """
CREATE SCHEMA tests;
CREATE TABLE tests.changed (what text);
CREATE FUNCTION tests.note() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO tests.changed VALUES (tg_tag); END $$;
CREATE FUNCTION tests.note_row() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO tests.changed VALUES (tg_table_name); RETURN NULL; END $$;
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON alembic_version
    EXECUTE FUNCTION tests.note_row();
CREATE EVENT TRIGGER changed ON ddl_command_end EXECUTE FUNCTION tests.note();
"""
_MOST_USES = 200
"""Deleted rows keep their room until a database is made anew."""


class SqliteDatabases:
    """Empty SQLite databases at head: files copied from one that was migrated."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._kept: list[Engine] = []
        self._template = folder / "template.db"
        self._file = folder / "test.db"
        self.url = f"sqlite:///{self._file}"
        command.upgrade(migration_config(f"sqlite:///{self._template}"), "head")

    def keep(self, engine: Engine) -> None:
        """Let an engine serve one test after another; it lets go of the file in between."""
        self._kept.append(engine)

    def reset(self) -> None:
        for engine in self._kept:
            engine.dispose()
        for leftover in self._file.parent.glob(f"{self._file.name}*"):
            leftover.unlink()
        self.copy_to(self._file)
        begin_anew(self.url)

    def empty(self) -> None:
        """Put the database back to empty under those who have it open."""
        here, there = map(pysqlite3.connect, (self._template, self._file))
        with closing(here), closing(there):
            here.backup(there)

    def copy_to(self, file: Path) -> Path:
        """Make one more empty database at head."""
        return shutil.copyfile(self._template, file)


class PostgresDatabases:
    """Empty PostgreSQL databases at head: a copy of one that was migrated, emptied after use."""

    kind = "postgresql"

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._uses = 0
        self._kept: list[Engine] = []
        self._own: psycopg.Connection | None = None
        self.url = server.url("test")
        server.create("template_head")
        command.upgrade(migration_config(server.url("template_head")), "head")

    def keep(self, engine: Engine) -> None:
        """Let an engine serve one test after another with the connections it has."""
        self._kept.append(engine)

    def reset(self) -> None:
        if self._own is None or self._uses == _MOST_USES or self._is_changed(self._own):
            self._own = self._made_anew()
            self._uses = 0
        else:
            if self._own.execute(_END).fetchall():
                self._let_go()
            self._own.execute(_EMPTY)
        self._uses += 1
        begin_anew(self.url)

    def empty(self) -> None:
        """Put the database back to empty under those who have it open."""
        self.reset()

    def bare(self, name: str) -> str:
        """Make one more database, without tables; its address."""
        self._server.create(name)
        return self._server.url(name)

    def _let_go(self) -> None:
        for engine in self._kept:
            engine.dispose()

    def close(self) -> None:
        self._let_go()
        if self._own is not None:
            self._own.close()

    def _is_changed(self, own: psycopg.Connection) -> bool:
        return own.execute("SELECT 1 FROM tests.changed LIMIT 1").fetchone() is not None

    def _made_anew(self) -> psycopg.Connection:
        self.close()
        self._server.create("test", template="template_head")
        own = self._server.connect("test")
        own.execute(_WATCH)
        return own


Databases = SqliteDatabases | PostgresDatabases

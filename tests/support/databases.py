"""Two databases at head, made once per process and put back to empty for every test."""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic import command

from app.db.schema import migration_config
from tests.support.postgres import PostgresServer


class SqliteDatabases:
    """Empty SQLite databases at head: files copied from one that was migrated."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        self._file = folder / "test.db"
        self.url = f"sqlite:///{self._file}"
        command.upgrade(migration_config(f"sqlite:///{self._template}"), "head")

    def reset(self) -> None:
        for leftover in self._file.parent.glob(f"{self._file.name}*"):
            leftover.unlink()
        self.copy_to(self._file)

    def copy_to(self, file: Path) -> Path:
        """Make one more empty database at head."""
        return shutil.copyfile(self._template, file)


class PostgresDatabases:
    """Empty PostgreSQL databases at head: copies of one that was migrated."""

    kind = "postgresql"

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.url = server.url("test")
        server.create("template_head")
        command.upgrade(migration_config(server.url("template_head")), "head")

    def reset(self) -> None:
        self._server.create("test", template="template_head")


Databases = SqliteDatabases | PostgresDatabases

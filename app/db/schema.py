"""Which version of the schema the database has, and which one this code needs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[2]


def migration_config(url: str | None = None) -> Config:
    """Alembic's settings, for the database at ``url`` if one is given."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    if url is not None:
        config.attributes["url"] = url
    return config


@cache
def needed_revision() -> str | None:
    """The newest revision among the migrations of this code."""
    return ScriptDirectory.from_config(migration_config()).get_current_head()


def present_revision(session: Session) -> str | None:
    """The revision the database was brought to, or None before the first migration."""
    return revision_of(session.connection())


def revision_of(connection: Connection) -> str | None:
    """The same, as a connection of one's own sees it."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def knows_revision(revision: str) -> bool:
    """Whether the migrations of this code lead to a revision."""
    scripts = ScriptDirectory.from_config(migration_config())
    return any(script.revision == revision for script in scripts.walk_revisions())

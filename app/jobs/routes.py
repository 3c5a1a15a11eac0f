"""The system page: jobs, the worker, the database."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, render_template

from app.db.schema import needed_revision, present_revision
from app.extensions import db
from app.jobs.presenters import count_facts, job_rows, worker_rows
from app.jobs.queries import count_jobs, list_latest_jobs, list_workers
from app.web.clock import now
from app.web.guards import requires

bp = Blueprint("jobs", __name__)


@bp.get("/admin/system")
@requires("jobs.view")
def system() -> str:
    """Show the state of the system."""
    lost_after = timedelta(seconds=current_app.config["JOB_LOST_SECONDS"])
    workers = worker_rows(list_workers(db.session), now=now(), lost_after=lost_after)
    return render_template(
        "admin/system.html",
        jobs=job_rows(list_latest_jobs(db.session)),
        counts=count_facts(count_jobs(db.session)),
        workers=workers,
        worker_is_seen=any(worker.is_alive for worker in workers),
        database=_database_facts(),
    )


def _database_facts() -> list[tuple[str, str]]:
    dialect = db.engine.dialect
    version = ".".join(str(part) for part in dialect.server_version_info or ())
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(dialect.name, dialect.name)
    present, needed = present_revision(db.session), needed_revision()
    schema = f"{present}, up to date" if present == needed else f"{present}, needs {needed}"
    return [("Database", f"{name} {version}".strip()), ("Schema", schema)]

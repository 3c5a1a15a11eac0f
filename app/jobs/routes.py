"""The system page: jobs, the worker, the database."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.extensions import db
from app.jobs.queries import count_jobs, list_latest_jobs, list_workers
from app.web.guards import requires

bp = Blueprint("jobs", __name__)


@bp.get("/admin/system")
@requires("jobs.view")
def system() -> str:
    """Show the state of the system."""
    return render_template(
        "admin/system.html",
        jobs=list_latest_jobs(db.session),
        counts=count_jobs(db.session),
        workers=list_workers(db.session),
        database=db.engine.dialect.name,
    )

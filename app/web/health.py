"""Answers for what watches over the site: is the process alive, is it ready to work."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from app.db.schema import knows_revision, needed_revision, present_revision
from app.extensions import db
from app.web.guards import public

bp = Blueprint("health", __name__)

Answer = tuple[dict[str, str], int, dict[str, str]]
AGAIN = {"Retry-After": "5"}


@bp.get("/health/live")
@bp.get("/healthz")
@public
def live() -> Answer:
    """Say that the process answers; this never touches the database."""
    return {"state": "alive"}, 200, {}


@bp.get("/health/ready")
@bp.get("/readyz")
@public
def ready() -> Answer:
    """Say whether the database answers and has the schema this code needs.

    A schema this code does not know is a newer one: it was expanded under a running server, which
    goes on until its own release comes; none can be started on it.
    """
    try:
        present = present_revision(db.session)
    except SQLAlchemyError:
        answer = {"state": "waiting for the database", "database": "does not answer"}
        return answer, 503, AGAIN
    parts = {"database": "answers", "schema": present or "missing"}
    if present == needed_revision():
        return {"state": "ready", **parts}, 200, {}
    if present is not None and not knows_revision(present):
        return {"state": "ready, with a newer schema", **parts}, 200, {}
    return {"state": "waiting for migrations", **parts}, 503, AGAIN

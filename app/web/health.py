"""Answers for what watches over the site: is the process alive, is it ready to work."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from app.db.schema import needed_revision, present_revision
from app.extensions import db
from app.web.guards import public

bp = Blueprint("health", __name__, url_prefix="/health")

Answer = tuple[dict[str, str], int, dict[str, str]]


@bp.get("/live")
@public
def live() -> Answer:
    """Say that the process answers; this never touches the database."""
    return {"state": "alive"}, 200, {}


@bp.get("/ready")
@public
def ready() -> Answer:
    """Say whether the database answers and has the schema this code needs."""
    try:
        present = present_revision(db.session)
    except SQLAlchemyError:
        return {"state": "waiting for the database"}, 503, {"Retry-After": "5"}
    if present != needed_revision():
        return {"state": "waiting for migrations"}, 503, {"Retry-After": "5"}
    return {"state": "ready"}, 200, {}

"""Applications for tests: a fixed clock, a database of the test's, a strict client."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from app.factory import create_app
from tests.support.client import StrictClient

FIXED_NOW = datetime(2027, 2, 15, 9, 0, tzinfo=UTC)


def build_app(url: str, folder: Path, **settings: Any) -> Flask:
    """Build an application on the database at `url` that keeps its other files in `folder`."""
    app = create_app(
        {
            "ENVIRONMENT": "test",
            "DATABASE_URL": url,
            "QUEUE_URL": f"sqlite:///{folder / 'queue.db'}",
            "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2,
            "FIXED_NOW": FIXED_NOW,
            "INTERACTIONS_FOLDER": str(folder / "interactions"),
            "DEMO": False,
            "TESTING": True,
            **settings,
        }
    )
    app.test_client_class = StrictClient
    # Else tests that run beside each other would take each other's uploads away.
    app.instance_path = str(folder)
    return app


def engine_of(app: Flask) -> Engine:
    """What the application reaches its database by."""
    with app.app_context():
        engine: Engine = app.extensions["sqlalchemy"].engine
        return engine


def let_go(app: Flask) -> None:
    """Close the application's connections to its database."""
    engine_of(app).dispose()

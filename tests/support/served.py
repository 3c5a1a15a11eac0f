"""The application as gunicorn serves it in proofs: `gunicorn tests.support.served:app`.

`WAYMARK_SERVED` holds a JSON object: ``url``, ``folder`` and ``settings`` of the application,
``now``, the moment its clock stands at (none: the machine's), ``clock``, a file that says by how
many seconds the clock is off, and ``break``, a function that breaks the code on purpose.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask

from tests.support.application import build_app

VARIABLE = "WAYMARK_SERVED"


def make_app(wanted: dict[str, Any]) -> Flask:
    """Build the application that was asked for, broken if that was asked for, too."""
    moment = datetime.fromisoformat(wanted["now"]) if wanted.get("now") else None
    settings = {"FIXED_NOW": moment, "TESTING": False, **wanted.get("settings", {})}
    app = build_app(wanted["url"], Path(wanted["folder"]), **settings)
    if wanted.get("clock"):
        _follow(app, Path(wanted["clock"]), moment)
    if wanted.get("break"):
        module, _, name = wanted["break"].partition(":")
        getattr(import_module(module), name)()
    return app


def _follow(app: Flask, clock: Path, moment: datetime | None) -> None:
    """Set the application's clock anew before each request."""

    def turn() -> None:
        off = timedelta(seconds=float(clock.read_text()))
        app.config["FIXED_NOW"] = (moment or datetime.now().astimezone()) + off

    app.before_request_funcs.setdefault(None, []).insert(0, turn)


app: Flask | None = None
if VARIABLE in os.environ:
    app = make_app(json.loads(os.environ[VARIABLE]))

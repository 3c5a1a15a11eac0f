"""The blueprint every module of these routes hangs its views on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("portfolio", __name__)

SCENARIO = "/scenarios/<int:scenario_id>"
RUN = "/runs/<int:run_id>"

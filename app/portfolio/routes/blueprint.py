"""The blueprint every module of these routes hangs its views on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("portfolio", __name__)

ID = "int(max=2147483647)"
"""Ids in addresses, small enough for every database."""
SCENARIO = f"/scenarios/<{ID}:scenario_id>"
RUN = f"/runs/<{ID}:run_id>"

"""The blueprint of the pages that bring files in."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("registry", __name__)

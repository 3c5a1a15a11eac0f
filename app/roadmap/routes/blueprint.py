"""The blueprint every module of these routes hangs its views on."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import Blueprint, url_for

from app.roadmap.presenters.drawn import roadmap_row
from app.web.subjects import link_subject

bp = Blueprint("roadmap", __name__)
bp.add_app_template_global(roadmap_row)

GATE = "/gates/<int:tranche_id>"
"""The address of one hurdle."""

link_subject(bp, "tranche", lambda ref: url_for("roadmap.gate", tranche_id=int(ref)))


def initiative_pages() -> Callable[[str], str]:
    """Addresses of initiatives by key, for thousands of them on one page."""
    start = url_for("initiatives.show", key="-").removesuffix("-")
    return lambda key: f"{start}{quote(key, safe='')}"

"""The blueprint every module of these routes hangs its views on."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.web.subjects import link_subject

bp = Blueprint("meetings", __name__)

MEETING = "/meetings/<int:meeting_id>"
"""The address of one meeting."""

link_subject(bp, "gate_meeting", lambda ref: url_for("meetings.show", meeting_id=int(ref)))

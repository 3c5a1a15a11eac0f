"""The blueprint every module of these routes hangs its views on."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.web.subjects import link_subject

bp = Blueprint("approvals", __name__)

PROPOSAL = "/proposals/<int:proposal_id>"

link_subject(bp, "proposal", lambda ref: url_for("approvals.show", proposal_id=int(ref)))

"""Which initiatives are like one that somebody is about to propose."""

from __future__ import annotations

from flask import flash, render_template, request

from app.extensions import db
from app.initiatives import presenters, queries
from app.initiatives.models import Initiative
from app.initiatives.routes.blueprint import bp
from app.initiatives.rules import InitiativeState
from app.web.guards import requires

LONGEST = 200
"""Characters of a title that are compared."""

_EARLY = (InitiativeState.DRAFT, InitiativeState.SUBMITTED)


@bp.get("/initiatives/similar")
@requires("initiatives.view")
def similar() -> str:
    """Show what is like a ``title``, or like the initiative whose key ``of`` is."""
    key = request.args.get("of", "")
    own = queries.list_by_keys(db.session, {key} - {""}).get(key)
    title = request.args.get("title", own.title if own else "")
    title = " ".join(title.split())[:LONGEST]
    found = (
        queries.list_similar(db.session, title, initiative_id=own.id if own else None)
        if title
        else []
    )
    lines = presenters.similar_lines(found)
    return render_template("initiatives/similar.html", title=title, similar=lines, own=own)


def say_similar(key: str) -> None:
    """Tell who has just proposed an initiative what is like it, as the next page is another."""
    one = queries.list_by_keys(db.session, {key})[key]
    found = queries.list_similar(db.session, one.title, initiative_id=one.id)
    if found:
        names = ", ".join(f"{similar.key} {similar.title}" for similar in found)
        flash(f"Look whether it is there already: {names}. Its page of questions says why.", "warn")


def similar_to(initiative: Initiative) -> list[presenters.SimilarLine]:
    """What is like an initiative while it can still be made another; nothing afterwards."""
    if initiative.state not in _EARLY:
        return []
    found = queries.list_similar(db.session, initiative.title, initiative_id=initiative.id)
    return presenters.similar_lines(found)

"""The search: a page of its own, and the same found for the palette to show."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for

from app.extensions import db
from app.search import presenters
from app.search.queries import find
from app.search.rules import ACTIONS, ALSO, LONGEST, PAGES, Asked, Place
from app.web.guards import may_open, requires

bp = Blueprint("search", __name__)


@bp.get("/search")
@requires("home.view")
def index() -> Response:
    """Show what has the words, of what the person may open; a program asks for the list alone."""
    text = request.args.get("q", "").strip()[:LONGEST]
    asked = Asked.read(text)
    kinds = [kind for kind, sort in presenters.SORTS.items() if may_open(sort.endpoint)]
    groups = presenters.groups(
        text, asked, find(db.session, asked, kinds), _places(), url_for
    )  # fmt: skip
    part = "HX-Request" in request.headers
    response = make_response(
        render_template(
            "search/found.html" if part else "search/index.html", text=text, groups=groups
        )
    )
    response.vary.add("HX-Request")
    return response


def _places() -> dict[str, list[Place]]:
    """The actions and pages that open to the person, those of the menu as the menu names them."""
    # The menu stands in its template, once.
    menu: Any = current_app.jinja_env.get_template("components/nav.html").module
    pages = [
        Place(word, glyph, endpoint, f"{ALSO.get(endpoint, '')} {title or ''}")
        for title, entries in menu.GROUPS
        for _, word, glyph, endpoint, _ in entries
    ]
    return {
        "Actions": [one for one in ACTIONS if may_open(one.endpoint)],
        "Pages": [one for one in (*pages, *PAGES) if may_open(one.endpoint)],
    }

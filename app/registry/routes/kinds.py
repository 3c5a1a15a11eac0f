"""One page for everything that comes in from files: the kinds, and what came so far."""

from __future__ import annotations

from flask import render_template

from app.approvals.queries.balances import list_batches as list_spend_batches
from app.extensions import db
from app.registry import queries
from app.registry.presenters import import_kinds, past_imports
from app.registry.routes.blueprint import bp
from app.web.guards import may, requires

SHOWN = 50


@bp.get("/import")
@requires("initiatives.view")
def kinds() -> str:
    """Show what can be imported by this person, and the imports so far."""
    spend = list_spend_batches(db.session, limit=SHOWN) if may("spend.book") else []
    return render_template(
        "registry/kinds.html",
        kinds=[one for one in import_kinds() if may(one.permission)],
        imports=past_imports(
            queries.list_batches(db.session)[:SHOWN], queries.list_edits(db.session, limit=SHOWN),
            spend,
        )[:SHOWN],
    )  # fmt: skip

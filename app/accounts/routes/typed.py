"""What somebody had typed when their session ended: to read, and to discard."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.presenters import sent_rows
from app.accounts.routes.blueprint import bp
from app.web import typed
from app.web.addresses import own_page
from app.web.guards import signed_in


@bp.get("/account/typed")
@signed_in
def typed_before() -> str:
    """Show the kept texts, for pages that do not show the form they were typed into."""
    found = typed.last_typed()
    rows = sent_rows(found.fields) if found else []
    return render_template("accounts/typed.html", typed=found, rows=rows)


@bp.post("/account/typed/forget")
@signed_in
def forget_typed() -> Response:
    """Erase them."""
    typed.forget_typed()
    wanted = own_page(request.form.get("next"))
    return redirect(wanted or url_for("accounts.typed_before"), code=303)

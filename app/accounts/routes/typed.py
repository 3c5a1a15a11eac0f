"""What somebody had typed when their session ended: to read, and to discard."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.routes.blueprint import bp
from app.web import typed
from app.web.addresses import own_page
from app.web.guards import signed_in

_NOT_TEXT = frozenset({"once", "version", "csrf_token"})


@bp.get("/account/typed")
@signed_in
def typed_before() -> str:
    """Show the kept texts, for pages that do not show the form they were typed into."""
    found = typed.last_typed()
    rows = [one for one in found.fields if one[1] and one[0] not in _NOT_TEXT] if found else []
    return render_template("accounts/typed.html", typed=found, rows=rows)


@bp.post("/account/typed/forget")
@signed_in
def forget_typed() -> Response:
    """Erase them."""
    typed.forget_typed()
    wanted = own_page(request.form.get("next"))
    return redirect(wanted or url_for("accounts.typed_before"), code=303)

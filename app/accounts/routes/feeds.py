"""One's calendar address: made, replaced and ended on the account."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.forms import ConfirmForm
from app.accounts.queries import find_feed
from app.accounts.routes.blueprint import bp
from app.accounts.services import renew_feed, revoke_feed
from app.db.session import transaction
from app.extensions import db
from app.web.clock import now
from app.web.guards import current_actor, freshly, signed_in


@bp.get("/account/calendar")
@signed_in
def calendar_feed() -> str:
    """Show whether there is an address, never the address."""
    return _page()


@bp.post("/account/calendar")
@signed_in
@freshly
def new_calendar_feed() -> str:
    """Make an address, shown on this answer only; the one before ends."""
    with transaction(db.session):
        secret = renew_feed(db.session, current_actor(), now=now())
    site = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    return _page(address=f"{site}{url_for('reporting.feed', token=secret)}")


@bp.post("/account/calendar/end")
@signed_in
def end_calendar_feed() -> Response:
    """End one's own address."""
    with transaction(db.session):
        revoke_feed(db.session, current_actor(), now=now())
    flash("Your calendar address has ended.", "ok")
    return redirect(url_for("accounts.calendar_feed"), code=303)


def _page(address: str | None = None) -> str:
    return render_template(
        "accounts/calendar.html",
        address=address,
        feed=find_feed(db.session, current_actor()),
        plain_form=ConfirmForm(formdata=None),
    )

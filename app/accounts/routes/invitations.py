"""Inviting people, for admins."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.forms import InvitationForm
from app.accounts.presenters import invited_words
from app.accounts.queries import get_person
from app.accounts.routes.blueprint import bp
from app.accounts.routes.links import outbox
from app.accounts.services import (
    PersonDraft,
    invite_person,
    revoke_invitation,
    send_invitation_again,
)
from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import current_actor, requires


@bp.get("/admin/people/invite")
@requires("people.manage")
def invitation() -> str:
    """Show the form of an invitation."""
    return _page(InvitationForm())


@bp.post("/admin/people/invite")
@requires("people.manage", fresh=True)
def invite() -> Response | tuple[str, int]:
    """Invite somebody by mail."""
    form = InvitationForm()
    if not form.validate_on_submit():
        return _page(form), 422
    draft = PersonDraft(form.email.data, form.name.data, roles=form.chosen_roles())
    try:
        with transaction(db.session):
            person_id = answered_once(
                db.session, form.once.data, actor=current_actor(), action="person.invited",
                params=form.typed(), now=now(),
                make=lambda: invite_person(
                    db.session, draft, actor=current_actor(), outbox=outbox(), now=now()
                ).id,
            )  # fmt: skip
    except AppError as error:
        form.refuse(error)
        return _page(form), status_of(error)
    flash(invited_words(get_person(db.session, person_id)), "ok")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


@bp.post("/admin/people/<int:person_id>/invitation/send")
@requires("people.manage", fresh=True)
def send_invitation(person_id: int) -> Response:
    """Send the invitation again, with another link."""
    with transaction(db.session):
        target = get_person(db.session, person_id)
        send_invitation_again(db.session, target, actor=current_actor(), outbox=outbox(), now=now())
    flash(f"Another link is on its way to {target.email}; the earlier one is void.", "ok")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


@bp.post("/admin/people/<int:person_id>/invitation/revoke")
@requires("people.manage", fresh=True)
def withdraw_invitation(person_id: int) -> Response:
    """Withdraw the invitation."""
    with transaction(db.session):
        target = get_person(db.session, person_id)
        revoke_invitation(db.session, target, actor=current_actor(), now=now())
    flash("The invitation is withdrawn; its link opens nothing any more.", "ok")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


def _page(form: InvitationForm) -> str:
    return render_template("admin/invite.html", form=form, is_on=outbox() is not None)

"""People and their roles, for admins."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.forms import ConfirmForm, PersonForm, RoleForm
from app.accounts.models import Person
from app.accounts.presenters import added_words, browser_words, role_moves
from app.accounts.queries import (
    find_invitation,
    get_person,
    has_second_factor,
    list_people,
    list_people_with_role,
    list_sign_ins,
    list_tokens,
)
from app.accounts.routes.blueprint import bp
from app.accounts.routes.sign_in import session_limits
from app.accounts.rules import Role, costs_can_be_hidden
from app.accounts.services import (
    PersonDraft,
    confirm_role,
    create_person,
    deactivate_person,
    end_session,
    end_sessions,
    grant_role,
    hide_costs,
    reactivate_person,
    reset_password,
    reset_second_factor,
    show_costs,
    withdraw_role,
)
from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import current_actor, requires
from app.web.subjects import link_subject

Answer = Response | tuple[str, int]

link_subject(
    bp,
    "person",
    lambda ref: url_for("accounts.person", person_id=int(ref)),
    permission="people.manage",
)


@bp.get("/admin/people")
@requires("people.manage")
def people() -> str:
    """Show everybody and their roles."""
    return render_template("admin/people.html", people=list_people(db.session))


@bp.get("/admin/people/new")
@requires("people.manage")
def new_person() -> str:
    """Show the form for somebody new."""
    return render_template("admin/new_person.html", form=PersonForm())


@bp.post("/admin/people/new")
@requires("people.manage", fresh=True)
def add_person() -> Answer:
    """Add somebody."""
    form = PersonForm()
    if not form.validate_on_submit():
        return render_template("admin/new_person.html", form=form), 422
    draft = PersonDraft(
        email=form.email.data,
        name=form.name.data,
        password=form.password.data,
        roles=form.chosen_roles(),
    )
    try:
        with transaction(db.session):
            person_id = answered_once(
                db.session, form.once.data, actor=current_actor(), action="person.created",
                params=form.typed(), now=now(),
                make=lambda: create_person(
                    db.session, draft, actor=current_actor(), now=now()
                ).id,
            )  # fmt: skip
    except AppError as error:
        form.refuse(error)
        return render_template("admin/new_person.html", form=form), status_of(error)
    flash(added_words(get_person(db.session, person_id)), "ok")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


@bp.get("/admin/people/<int:person_id>")
@requires("people.manage")
def person(person_id: int) -> str:
    """Show one person."""
    return _page(get_person(db.session, person_id))


@bp.post("/admin/people/<int:person_id>/roles/grant")
@requires("people.manage", fresh=True)
def give_role(person_id: int) -> Answer:
    """Give a role."""
    return _change_role(person_id, grant_role)


@bp.post("/admin/people/<int:person_id>/roles/confirm")
@requires("people.manage", fresh=True)
def put_role_in_force(person_id: int) -> Answer:
    """Confirm a role that waits for a second admin."""
    return _change_role(person_id, confirm_role)


@bp.post("/admin/people/<int:person_id>/roles/withdraw")
@requires("people.manage", fresh=True)
def take_role(person_id: int) -> Answer:
    """Withdraw a role."""
    return _change_role(person_id, withdraw_role)


@bp.post("/admin/people/<int:person_id>/deactivate")
@requires("people.manage", fresh=True)
def deactivate(person_id: int) -> Answer:
    """Bar a person from signing in."""
    return _change_status(person_id, deactivate_person)


@bp.post("/admin/people/<int:person_id>/reactivate")
@requires("people.manage", fresh=True)
def reactivate(person_id: int) -> Answer:
    """Let a person sign in again."""
    return _change_status(person_id, reactivate_person)


@bp.post("/admin/people/<int:person_id>/costs/hide")
@requires("people.manage", fresh=True)
def hide_costs_from(person_id: int) -> Answer:
    """Keep money from a person."""
    return _change_status(person_id, hide_costs)


@bp.post("/admin/people/<int:person_id>/costs/show")
@requires("people.manage", fresh=True)
def show_costs_to(person_id: int) -> Answer:
    """Let a person see money again."""
    return _change_status(person_id, show_costs)


@bp.post("/admin/people/<int:person_id>/reset-password")
@requires("people.manage", fresh=True)
def new_password_for(person_id: int) -> str:
    """Set a random password and show it once, on the answer to this very request."""
    with transaction(db.session):
        target = get_person(db.session, person_id)
        password = reset_password(db.session, target, actor=current_actor(), now=now())
    return _page(target, password=password)


@bp.post("/admin/people/<int:person_id>/reset-second-factor")
@requires("people.manage", fresh=True)
def reset_factor(person_id: int) -> Answer:
    """Take a lost second factor away."""
    return _change_status(person_id, reset_second_factor)


@bp.post("/admin/people/<int:person_id>/sessions/end")
@requires("people.manage", fresh=True)
def end_sessions_of(person_id: int) -> Response:
    """Sign a person out everywhere."""
    with transaction(db.session):
        target = get_person(db.session, person_id)
        ended = end_sessions(db.session, target, actor=current_actor(), now=now())
    flash(f"{ended} sessions ended." if ended != 1 else "One session ended.", "ok")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


@bp.post("/admin/people/<int:person_id>/sessions/<int:session_id>/end")
@requires("people.manage", fresh=True)
def end_session_of(person_id: int, session_id: int) -> Response:
    """Sign a person out in one browser."""
    with transaction(db.session):
        target = get_person(db.session, person_id)
        end_session(db.session, target, session_id, actor=current_actor(), now=now())
    flash("That session has ended.", "ok")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


def _change_role(person_id: int, change: Callable[..., object]) -> Answer:
    form = RoleForm()
    if not form.validate_on_submit():
        return _page(get_person(db.session, person_id), form=form), 422
    try:
        with transaction(db.session):
            target = get_person(db.session, person_id)
            change(db.session, target, form.chosen_role(), actor=current_actor(), now=now())
    except AppError as error:
        form.refuse(error)
        return _page(get_person(db.session, person_id), form=form), status_of(error)
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


def _change_status(person_id: int, change: Callable[..., object]) -> Answer:
    form = RoleForm(formdata=None)
    try:
        with transaction(db.session):
            target = get_person(db.session, person_id)
            change(db.session, target, actor=current_actor(), now=now())
    except AppError as error:
        form.refuse(error)
        return _page(get_person(db.session, person_id), form=form), status_of(error)
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


def _page(target: Person, *, form: RoleForm | None = None, password: str | None = None) -> str:
    missing = [role for role in Role if role not in {grant.role for grant in target.grants}]
    form = form or RoleForm(formdata=None)
    form.role.choices = [(role.value, role.word) for role in missing]
    return render_template(
        "admin/person.html",
        person=target,
        moves=role_moves(
            target,
            current_actor(),
            admin_ids={one.id for one in list_people_with_role(db.session, Role.ADMIN)},
        ),
        form=form,
        has_factor=has_second_factor(db.session, target),
        invitation=find_invitation(db.session, target, now=now()) if target.invited_at else None,
        sign_ins=list_sign_ins(db.session, target, since=now() - session_limits().absolute),
        browser_words=browser_words,
        can_hide_costs=costs_can_be_hidden(target.held_roles),
        tokens=list_tokens(db.session, target, now=now()),
        plain_form=ConfirmForm(formdata=None),
        password=password,
    )

"""Finance's control totals: what claims on pools may add up to at most."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.journeys import presenters, queries, services
from app.journeys.forms import ControlForm
from app.journeys.models import ControlTotal
from app.journeys.routes.blueprint import Answer, bp, owner_choices, refused_form
from app.values.money import Money
from app.web.clock import now, today
from app.web.guards import about_costs, current_actor, requires
from app.web.subjects import link_subject

PAGE = "journeys/control_total_form.html"

link_subject(bp, "control_total", lambda ref: url_for("journeys.control_totals"))


@bp.get("/control-totals")
@requires("journeys.view")
@about_costs
def control_totals() -> str:
    """Show every control total with what is claimed and certified against it."""
    rows = presenters.control_rows(
        queries.list_control_totals(db.session), queries.list_claims(db.session)
    )
    return render_template("journeys/control_totals.html", rows=rows)


@bp.get("/control-totals/new")
@requires("pools.certify")
def new_control_total() -> str:
    """Show the form of a new control total."""
    stored = {"measured_on": today(), "owner_id": current_actor().id}
    return render_template(PAGE, form=_form(formdata=None, data=stored), total=None)


@bp.post("/control-totals")
@requires("pools.certify")
def add_control_total() -> Answer:
    """Set a new control total."""
    form = _form()
    if not form.validate_on_submit():
        return render_template(PAGE, form=form, total=None), 422
    try:
        with transaction(db.session):
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="control_total.added",
                params=form.typed(), now=now(),
                make=lambda: str(
                    services.add_control_total(
                        db.session, form.draft(), actor=current_actor(), now=now()
                    ).id
                ),
            )  # fmt: skip
    except AppError as error:
        return refused_form(PAGE, form, error, subject="", version=0, total=None)
    flash("The control total is set: no pool is certified past it.", "ok")
    return redirect(url_for("journeys.control_totals"), code=303)


@bp.get("/control-totals/<int:total_id>/edit")
@requires("pools.certify")
def edit_control_total(total_id: int) -> str:
    """Show a control total to change."""
    total = queries.get_control_total(db.session, total_id)
    return render_template(PAGE, form=_form(total, formdata=None), total=total)


@bp.post("/control-totals/<int:total_id>/edit")
@requires("pools.certify")
def save_control_total(total_id: int) -> Answer:
    """Change a control total."""
    total = queries.get_control_total(db.session, total_id)
    form = _form(total)
    if not form.validate_on_submit():
        return render_template(PAGE, form=form, total=total), 422
    try:
        with transaction(db.session):
            services.edit_control_total(
                db.session,
                queries.get_control_total(db.session, total_id),
                form.draft(),
                expected_version=form.seen_version,
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        total = queries.get_control_total(db.session, total_id)
        return refused_form(
            PAGE, form, error, subject=f"control_total:{total.id}", version=total.version,
            total=total,
        )  # fmt: skip
    flash("The control total is changed.", "ok")
    return redirect(url_for("journeys.control_totals"), code=303)


def _form(total: ControlTotal | None = None, **kwargs: Any) -> ControlForm:
    if total is not None:
        kwargs["data"] = {
            "version": str(total.version),
            "kind": total.kind.value,
            "name": total.name,
            "currency_code": total.currency,
            "amount": Money(total.amount_minor, total.currency),
            "owner_id": total.owner_id,
            "source": total.source,
            "measured_on": total.measured_on,
        }
    form = ControlForm(**kwargs)
    form.owner_id.choices = owner_choices(total.owner if total else None)
    if total is not None:
        form.fix()
    return form

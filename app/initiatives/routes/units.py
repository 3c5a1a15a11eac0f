"""The list of organisation units: look, add, take off."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import UnitForm
from app.initiatives.routes.blueprint import SAVED, Answer, bp
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import current_actor, requires


@bp.get("/units")
@requires("initiatives.view")
def units() -> str:
    """Show the organisation units, and those that only initiatives name."""
    return _units_page(UnitForm(formdata=None))


@bp.post("/units")
@requires("initiatives.edit")
def add_unit() -> Answer:
    """Put an organisation unit on the list."""
    form = UnitForm()
    if not form.validate_on_submit():
        return _units_page(form), 422
    try:
        with transaction(db.session):
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="unit.listed",
                params=form.typed(), now=now(),
                make=lambda: services.add_unit(
                    db.session, form.name.data or "", actor=current_actor(), now=now()
                ).id,
            )  # fmt: skip
    except AppError as error:
        form.refuse(error)
        return _units_page(form), status_of(error)
    flash(f"{form.name.data} is on the list.", "ok")
    return redirect(url_for("initiatives.units"), code=SAVED)


@bp.post("/units/<int:unit_id>/remove")
@requires("initiatives.edit")
def remove_unit(unit_id: int) -> Response:
    """Take an organisation unit off the list."""
    with transaction(db.session):
        unit = queries.get_unit(db.session, unit_id)
        name = unit.name
        services.remove_unit(db.session, unit, actor=current_actor(), now=now())
    flash(f"{name} is off the list. Initiatives keep the name they wrote.", "ok")
    return redirect(url_for("initiatives.units"), code=SAVED)


def _units_page(form: UnitForm) -> str:
    rows = presenters.unit_rows(queries.list_units(db.session), queries.list_unit_uses(db.session))
    return render_template("initiatives/units.html", rows=rows, form=form)

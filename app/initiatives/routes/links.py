"""What an initiative needs and what it can't be funded with."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for

from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import LinksForm
from app.initiatives.models import Exclusion, Initiative
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, page, store
from app.web.clock import now
from app.web.guards import current_actor, requires
from app.web.rows import add_spares

_SPARE = 2

Exclusions = list[tuple[Initiative, Exclusion]]


@bp.get("/initiatives/<key>/links")
@requires("initiatives.view")
def links(key: str) -> str:
    """Show dependencies and exclusions, and the form for them."""
    initiative = load(key, *queries.DEPENDENCIES)
    exclusions = queries.list_exclusions(db.session, initiative)
    return _links_page(initiative, exclusions, _stored_form(initiative, exclusions))


@bp.post("/initiatives/<key>/links")
@requires("initiatives.edit")
def save_links(key: str) -> Answer:
    """Replace dependencies and exclusions."""
    load(key)
    form = _form()
    status = store(
        form,
        lambda: services.set_links(
            db.session,
            load(key),
            form.needs_drafts(),
            form.exclusion_drafts(),
            expected_version=form.seen_version,
            actor=current_actor(),
            now=now(),
        ),
    )
    if status != SAVED:
        initiative = load(key, *queries.DEPENDENCIES)
        exclusions = queries.list_exclusions(db.session, initiative)
        stored = _stored_form(initiative, exclusions)
        conflict = conflict_with(initiative, stored, form, status)
        return _links_page(initiative, exclusions, form, conflict=conflict), status
    flash("Dependencies and exclusions are saved.", "ok")
    return redirect(url_for("initiatives.links", key=key), code=SAVED)


def _form(**kwargs: Any) -> LinksForm:
    form = LinksForm(**kwargs)
    add_spares(form.needs, _SPARE)
    add_spares(form.exclusions, _SPARE)
    return form


def _stored_form(initiative: Initiative, exclusions: Exclusions) -> LinksForm:
    needs = sorted(initiative.dependencies, key=lambda one: one.needs.key)
    return _form(
        formdata=None,
        data={
            "version": str(initiative.version),
            "needs": [
                {"key": one.needs.key, "lag_quarters": one.lag_quarters, "note": one.note}
                for one in needs
            ],
            "exclusions": [{"key": other.key, "reason": row.reason} for other, row in exclusions],
        },
    )


def _links_page(
    initiative: Initiative, exclusions: Exclusions, form: LinksForm, conflict: object = None
) -> str:
    needing = queries.list_needing(db.session, initiative)
    rows = presenters.link_rows(initiative, exclusions, needing)
    return page("links", initiative, "links", form=form, rows=rows, conflict=conflict)

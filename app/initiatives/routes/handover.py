"""Hand over an initiative whose owner is gone."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for

from app.extensions import db
from app.initiatives import queries, services
from app.initiatives.forms import HandoverForm
from app.initiatives.models import Initiative
from app.initiatives.routes.blueprint import SAVED, Answer, bp, load, page, store
from app.initiatives.rules import HAND_OVER, handover_bar
from app.web.clock import now
from app.web.guards import current_actor, requires


@bp.get("/initiatives/<key>/handover")
@requires(HAND_OVER)
def handover(key: str) -> str:
    """Show the form that gives an initiative a new owner."""
    initiative = load(key)
    form = _form(initiative, formdata=None)
    form.is_based_on(initiative.version)
    return _page(initiative, form)


@bp.post("/initiatives/<key>/handover")
@requires(HAND_OVER)
def hand_over(key: str) -> Answer:
    """Give an initiative a new owner."""
    form = _form(load(key))
    status = store(
        form,
        lambda: services.hand_over_initiative(
            db.session,
            load(key),
            owner_id=form.owner_id.data,
            reason=form.reason.data or "",
            expected_version=form.seen_version,
            actor=current_actor(),
            now=now(),
        ),
    )
    initiative = load(key)
    if status != SAVED:
        return _page(initiative, form), status
    flash(f"{initiative.owner.name} owns {key} now.", "ok")
    return redirect(url_for("initiatives.show", key=key), code=SAVED)


def _form(initiative: Initiative, **kwargs: Any) -> HandoverForm:
    form = HandoverForm(**kwargs)
    form.owner_id.offer(queries.list_heirs(db.session, initiative))
    return form


def _page(initiative: Initiative, form: HandoverForm) -> str:
    owner = initiative.owner
    refusal = handover_bar(initiative.state, owner=owner.name, owner_is_active=owner.is_active)
    return page("handover", initiative, "overview", form=form, refusal=refusal)

"""The blueprint, and what the pages of one initiative share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response
from wtforms import FieldList

from app.audit.queries import list_subject_events
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotFoundError
from app.extensions import db
from app.initiatives import queries, services
from app.initiatives.forms import VersionedForm, differences
from app.initiatives.models import Initiative
from app.initiatives.presenters import section_tabs
from app.initiatives.rules import tone_of
from app.journeys.queries import load_stale_baselines
from app.journeys.rules import StaleBaselines
from app.web.clock import today
from app.web.filters import moment
from app.web.forms import Form
from app.web.guards import current_actor
from app.web.rows import in_typed_rows

Answer = Response | str | tuple[str, int]

bp = Blueprint("initiatives", __name__)

SAVED = 303


def load(key: str, *parts: Any) -> Initiative:
    """The initiative with the given parts.

    A page asked for in another case than the key's leads to the key's own address. Raises
    NotFoundError.
    """
    try:
        return queries.get_initiative(db.session, key, *parts)
    except NotFoundError:
        meant = queries.find_key(db.session, key)
        if meant is None or request.method != "GET" or request.endpoint is None:
            raise
        place = {**(request.view_args or {}), "key": meant}
        raise RequestRedirect(url_for(request.endpoint, **place)) from None


def page(template: str, initiative: Initiative, section: str, **context: Any) -> str:
    """Render a page of an initiative under its head and tabs."""
    return render_template(
        f"initiatives/{template}.html",
        initiative=initiative,
        tabs=section_tabs(initiative.key, section),
        tone=tone_of(initiative.state),
        bar=services.edit_bar(current_actor(), initiative),
        **context,
    )


def store(form: Form, change: Callable[[], object]) -> int:
    """Check the form and carry out the change; SAVED, or the status of the page to show again.

    Refusals stand in the form; row numbers in them are made those of the page.
    """
    if not form.validate():
        return 422
    try:
        with transaction(db.session):
            change()
    except InvalidError as error:
        for rows in (field for field in form if isinstance(field, FieldList)):
            error = in_typed_rows(error, rows.name, rows)
        form.refuse(error)
        return 422
    except ConflictError as error:
        form.refuse(error)
        return 409
    return SAVED


def conflict_with(
    initiative: Initiative, stored: Form, form: VersionedForm, status: int
) -> dict[str, Any] | None:
    """Both versions after a 409, or None.

    The form then counts as filled from the stored version, so that sending it again is decided in
    the knowledge of both.
    """
    if status != 409:
        return None
    form.is_based_on(initiative.version)
    events = list_subject_events(db.session, f"initiative:{initiative.id}", limit=1)
    who = events[0].actor_name.partition(" <")[0] if events else "Somebody else"
    when = moment(events[0].at) if events else ""
    return {"fields": differences(stored, form), "who": who, "when": when}


def stale_baselines() -> StaleBaselines:
    """Which journeys were measured too long ago, for files; templates have it by this name."""
    limit = current_app.config["BASELINE_MAX_AGE_DAYS"]
    return load_stale_baselines(db.session, today=today(), limit_days=limit)

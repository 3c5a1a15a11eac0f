"""The blueprint, and what the views of this package share."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from werkzeug.wrappers import Response

from app.accounts.models import Person
from app.audit.queries import list_subject_events
from app.calendar.presenters import conflict_view
from app.errors import AppError
from app.extensions import db
from app.journeys.models import Journey
from app.journeys.presenters import LastVersion
from app.journeys.queries import (
    list_possible_owners,
    load_stale_baselines,
    load_versions,
)
from app.journeys.rules import StaleBaselines
from app.web.clock import today
from app.web.context import provide
from app.web.errors import status_of
from app.web.forms import Form

Answer = Response | str | tuple[str, int]

bp = Blueprint("journeys", __name__)


def _stale_baselines() -> StaleBaselines:
    limit = current_app.config["BASELINE_MAX_AGE_DAYS"]
    return load_stale_baselines(db.session, today=today(), limit_days=limit)


provide(bp, "stale_baselines", _stale_baselines)


def refused_form(
    template: str, form: Form, error: AppError, *, subject: str, version: int, **context: object
) -> tuple[str, int]:
    """Render a form again with a service's refusal; on a conflict with both versions.

    After a conflict the form counts as filled from the stored version, so that sending it again
    is a decision taken in the knowledge of both.
    """
    conflict = conflict_view(error, list_subject_events(db.session, subject, limit=1))
    if conflict is None:
        form.refuse(error)
    elif "version" in form:
        form["version"].data = str(version)
        form["version"].raw_data = None
    body = render_template(template, form=form, conflict=conflict, **context)
    return body, status_of(error)


def owner_choices(owner: Person | None = None) -> list[tuple[int, str]]:
    """Everybody who can own something, and whoever owns it now."""
    people = list_possible_owners(db.session)
    gone = [owner] if owner is not None and owner not in people else []
    return [(person.id, person.name) for person in (*gone, *people)]


def last_version(journey: Journey) -> LastVersion | None:
    """The newest version of a journey's baseline with what it stands on."""
    if not journey.baselines:
        return None
    last = journey.baselines[-1]
    return LastVersion(last, *load_versions(db.session, [last.id])[last.id])


def last_number(journey: Journey) -> int:
    """The number of the last baseline, 0 before the first."""
    return journey.baselines[-1].number if journey.baselines else 0

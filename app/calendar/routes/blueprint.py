"""The blueprint, what every page shows of the current cycle, and what these views share."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, render_template, url_for
from werkzeug.wrappers import Response

from app.audit.queries import list_subject_events
from app.calendar.presenters import conflict_view
from app.calendar.queries import OpeningTerms, find_current_cycle
from app.calendar.rules import CycleState
from app.errors import AppError
from app.extensions import db
from app.web.clock import today
from app.web.context import CURRENT_CYCLE, once_a_request, provide
from app.web.errors import status_of
from app.web.forms import Form

Answer = Response | str | tuple[str, int]

bp = Blueprint("calendar", __name__)


@dataclass(frozen=True, slots=True)
class TopCycle:
    """The current cycle in the top bar."""

    name: str
    href: str
    state: CycleState


def _top_cycle() -> TopCycle | None:
    cycle = once_a_request(CURRENT_CYCLE, lambda: find_current_cycle(db.session, today()))
    if cycle is None:
        return None
    return TopCycle(cycle.name, url_for("calendar.show", cycle_id=cycle.id), cycle.state)


provide(bp, "nav_cycle", _top_cycle)


def opening_terms() -> OpeningTerms:
    """What the opening of a cycle goes by today."""
    return OpeningTerms(
        today=today(), baseline_age_days=current_app.config["BASELINE_MAX_AGE_DAYS"]
    )


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

"""What the pages of maturity do with a refusal: everything typed stays."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from app.audit.queries import list_subject_events
from app.calendar.forms import VersionedForm
from app.calendar.presenters import conflict_view
from app.errors import AppError
from app.extensions import db
from app.web.errors import status_of

Answer = Response | str | tuple[str, int]


def refused_form(
    template: str,
    form: VersionedForm,
    error: AppError,
    *,
    subject: str,
    version: int,
    **context: object,
) -> tuple[str, int]:
    """Render a form again with a service's refusal; on a conflict with both versions.

    After a conflict the form counts as filled from the stored version, so that sending it again
    is a decision taken in the knowledge of both.
    """
    conflict = conflict_view(error, list_subject_events(db.session, subject, limit=1))
    if conflict is None:
        form.refuse(error)
    else:
        form.version.data, form.version.raw_data = str(version), None
    body = render_template(template, form=form, conflict=conflict, **context)
    return body, status_of(error)

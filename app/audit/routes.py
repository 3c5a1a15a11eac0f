"""The audit page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from app.audit.forms import AuditFilterForm
from app.audit.presenters import action_words, event_row
from app.audit.queries import AuditFilter, count_events, find_head, list_actions, list_events
from app.extensions import db
from app.web.guards import requires
from app.web.paging import Page, page_args

bp = Blueprint("audit", __name__)


@bp.get("/audit")
@requires("audit.view")
def events() -> str | tuple[str, int]:
    """Show who did what, the latest first."""
    form = AuditFilterForm(request.args)
    actions = sorted((action_words(one), one) for one in list_actions(db.session))
    form.action.choices = [("", "Every action"), *((one, words) for words, one in actions)]
    valid = form.validate()
    wanted = _wanted(form) if valid else AuditFilter()
    asked = page_args(request.args)
    found = list_events(db.session, wanted, offset=asked.offset, limit=asked.size)
    page = Page(
        items=[event_row(event) for event in found],
        total=count_events(db.session, wanted),
        number=asked.number,
        size=asked.size,
    )
    body = render_template(
        "audit/events.html",
        form=form,
        page=page,
        address=lambda number: url_for("audit.events", **_query(form), page=number),
        head=find_head(db.session),
    )
    return body if valid else (body, 422)


def _wanted(form: AuditFilterForm) -> AuditFilter:
    return AuditFilter(
        text=(form.text.data or "").strip(),
        action=form.action.data or "",
        subject=(form.subject.data or "").strip(),
        first_day=form.first_day.data,
        last_day=form.last_day.data,
    )


def _query(form: AuditFilterForm) -> dict[str, Any]:
    """The filter as the query of links to other pages of the list."""
    return {name: value for name in form.data if (value := request.args.get(name))}

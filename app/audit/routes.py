"""The audit page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, stream_with_context, url_for

from app.audit.exports import events_csv, events_jsonl
from app.audit.forms import AuditFilterForm
from app.audit.models import AuditEvent
from app.audit.presenters import action_words, event_row, unnamed_subjects
from app.audit.queries import (
    AuditFilter,
    count_events,
    find_head,
    list_actions,
    list_events,
    load_currencies,
    stream_events,
)
from app.extensions import db
from app.web.guards import requires
from app.web.paging import Page, page_args

bp = Blueprint("audit", __name__)

EVENTS_SHOWN = 25
"""How many events stand on one page: as many as a phone can scroll."""


@bp.get("/audit")
@requires("audit.view")
def events() -> str | tuple[str, int]:
    """Show who did what, the latest first."""
    form = AuditFilterForm(request.args)
    actions = sorted((action_words(one), one) for one in list_actions(db.session))
    form.action.choices = [("", "Every action"), *((one, words) for words, one in actions)]
    valid = form.validate()
    wanted = _wanted(form) if valid else AuditFilter()
    asked = page_args(request.args, size=EVENTS_SHOWN)
    found = list_events(db.session, wanted, offset=asked.offset, limit=asked.size)
    currencies = load_currencies(db.session, unnamed_subjects(found))
    page = Page(
        items=[event_row(event, currencies) for event in found],
        total=count_events(db.session, wanted),
        number=asked.number,
        size=asked.size,
    )
    body = render_template(
        "audit/events.html",
        form=form,
        page=page,
        address=lambda number: url_for("audit.events", **_query(form), page=number),
        query=_query(form),
        head=find_head(db.session),
    )
    return body if valid else (body, 422)


@bp.get("/audit.csv")
@requires("audit.view")
def events_table() -> Response:
    """Give every event that fits, from the first on, as CSV."""
    return _file(events_csv, "text/csv", "audit.csv")


@bp.get("/audit.jsonl")
@requires("audit.view")
def events_bytes() -> Response:
    """Give every event that fits with the bytes that were hashed, to check them elsewhere."""
    return _file(events_jsonl, "application/jsonl", "audit.jsonl")


def _file(
    written: Callable[[Iterable[AuditEvent]], Iterator[str]], mimetype: str, name: str
) -> Response:
    form = AuditFilterForm(request.args)
    if not form.validate():
        abort(422, "Correct the filter on the page Audit first.")
    found = stream_events(db.session, _wanted(form))
    return Response(
        stream_with_context(written(found)),
        mimetype=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _wanted(form: AuditFilterForm) -> AuditFilter:
    person = (form.person.data or "").strip()
    is_key = person == "system" or person.startswith("person:")
    return AuditFilter(
        text=(form.text.data or "").strip(),
        actor=person if is_key else "",
        person="" if is_key else person,
        request=(form.request.data or "").strip(),
        action=form.action.data or "",
        subject=(form.subject.data or "").strip(),
        first_day=form.first_day.data,
        last_day=form.last_day.data,
    )


def _query(form: AuditFilterForm) -> dict[str, Any]:
    """The filter as the query of links to other pages of the list."""
    return {name: value for name in form.data if (value := request.args.get(name))}

"""Call a gate meeting and set its agenda."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.meetings.forms import AgendaForm
from app.meetings.presenters import Offered, both_agendas, offered
from app.meetings.queries import get_meeting, list_agenda, list_open
from app.meetings.routes.blueprint import MEETING, bp
from app.meetings.rules import MOST_ITEMS, NEAR_DAYS, MeetingDraft
from app.meetings.services import call_meeting, set_agenda
from app.roadmap.queries import GateLine
from app.values.written import day_words
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.guards import current_actor, requires

Answer = Response | str | tuple[str, int]

MOST_OFFERED = 200
"""Hurdles offered for an agenda at most, those due first."""


@bp.get("/meetings/new")
@requires("meetings.run")
def new() -> str:
    """Offer an agenda for a day: every open hurdle, those due by about then with a place."""
    held_on = _asked_day()
    lines, until = list_open(db.session, today(), MOST_OFFERED), held_on + timedelta(NEAR_DAYS)
    near = [one.tranche_id for one in lines if one.due_on <= until][:MOST_ITEMS]
    known, places = _by_id(lines), {id_: place for place, id_ in enumerate(near, start=1)}
    form = AgendaForm(
        formdata=None, title=f"Gate meeting, {day_words(held_on)}", held_on=held_on,
        gates=_rows(known, places),
    )  # fmt: skip
    return _page(form, known)


@bp.post("/meetings")
@requires("meetings.run")
def call() -> Answer:
    """Call the meeting."""
    form = AgendaForm()
    status = 422
    if form.validate():
        try:
            with transaction(db.session) as session:
                meeting_id = call_meeting(
                    session, _draft(form), once_key=form.once.data or "", actor=current_actor(),
                    now=now(),
                )  # fmt: skip
        except (InvalidError, ConflictError) as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(f"The meeting is called.{form.order_words}", "ok")
            return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)
    return _page(form, _by_id(list_open(db.session, today(), MOST_OFFERED))), status


@bp.get(f"{MEETING}/agenda")
@requires("meetings.run")
def edit_agenda(meeting_id: int) -> Answer:
    """Show the agenda to change it."""
    meeting = get_meeting(db.session, meeting_id)
    if not meeting.is_open:
        return redirect(url_for("meetings.show", meeting_id=meeting_id))
    known = _known(meeting_id)
    places = {one.tranche_id: one.position for one in meeting.items}
    form = AgendaForm(
        formdata=None, title=meeting.title, held_on=meeting.held_on, seen=str(meeting.version),
        gates=_rows(known, places),
    )  # fmt: skip
    return _page(form, known, meeting_id)


@bp.post(f"{MEETING}/agenda")
@requires("meetings.run")
def save_agenda(meeting_id: int) -> Answer:
    """Save the changed agenda."""
    form = AgendaForm()
    status, conflict = 422, None
    if form.validate():
        try:
            with transaction(db.session) as session:
                set_agenda(
                    session, meeting_id, _draft(form), seen=form.seen.seen,
                    actor=current_actor(), now=now(),
                )  # fmt: skip
        except (InvalidError, ConflictError) as error:
            form.refuse(error)
            status = status_of(error)
            if status == 409:
                conflict = _conflict(meeting_id, form)
        else:
            flash(f"The agenda is saved.{form.order_words}", "ok")
            return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)
    return _page(form, _known(meeting_id), meeting_id, conflict), status


def _conflict(meeting_id: int, form: AgendaForm) -> dict[str, Any]:
    """Yours beside what was saved meanwhile; sent again it goes on top of that."""
    meeting = get_meeting(db.session, meeting_id)
    form.seen.is_based_on(meeting.version)
    fields = both_agendas(meeting, _draft(form), _known(meeting_id))
    return {"fields": fields, "who": meeting.changed_by.name, "when": ""}


def _asked_day() -> date:
    """The day the agenda is for; today where none is asked for that a meeting can have."""
    try:
        asked = date.fromisoformat(request.args.get("held_on", ""))
    except ValueError:
        return today()
    return asked if 1900 <= asked.year <= 2999 else today()


def _draft(form: AgendaForm) -> MeetingDraft:
    return MeetingDraft(form.title.data or "", form.data["held_on"], form.order)


def _known(meeting_id: int) -> dict[int, Offered]:
    """The hurdles of the meeting, then every other open one."""
    meeting = get_meeting(db.session, meeting_id)
    on_it = list_agenda(db.session, meeting, today())
    return _by_id([*on_it, *list_open(db.session, today(), MOST_OFFERED)])


def _by_id(lines: Sequence[GateLine]) -> dict[int, Offered]:
    return {one.tranche_id: one for one in offered(lines)}


def _rows(known: dict[int, Offered], places: dict[int, int]) -> list[dict[str, object]]:
    return [{"tranche": str(id_), "place": places.get(id_)} for id_ in known]


def _page(
    form: AgendaForm,
    known: dict[int, Offered],
    meeting_id: int | None = None,
    conflict: dict[str, Any] | None = None,
) -> str:
    sent = {row.form.tranche_id for row in form.gates}
    for row in _rows({id_: one for id_, one in known.items() if id_ not in sent}, {}):
        form.gates.append_entry(row)
    rows = [(row, known[row.form.tranche_id]) for row in form.gates if row.form.tranche_id in known]
    return render_template(
        "meetings/agenda.html", form=form, rows=rows, meeting_id=meeting_id, near_days=NEAR_DAYS,
        conflict=conflict, most=MOST_OFFERED if len(known) >= MOST_OFFERED else None,
    )  # fmt: skip

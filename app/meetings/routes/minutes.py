"""One gate meeting: its agenda with what is decided, its minutes, and their closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.meetings.forms import CloseForm, MinutesForm
from app.meetings.models import GateMeeting
from app.meetings.presenters import (
    attendee_names,
    both_minutes,
    frozen_items,
    frozen_names,
    live_items,
    present_names,
    summary_words,
)
from app.meetings.queries import (
    get_meeting,
    list_agenda,
    list_people_to_attend,
    load_decisions,
    read_minutes,
)
from app.meetings.routes.blueprint import MEETING, bp
from app.meetings.rules import Minutes, closing_fault
from app.meetings.services import close_meeting, keep_minutes
from app.roadmap.queries import GateLine
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.guards import current_actor, may, requires

Answer = Response | str | tuple[str, int]


@bp.get(MEETING)
@requires("roadmap.view")
def show(meeting_id: int) -> str:
    """Show a meeting as it stands, or as its minutes were closed."""
    meeting = get_meeting(db.session, meeting_id)
    return _page(meeting, _form(meeting)) if meeting.is_open else _closed_page(meeting)


@bp.post(f"{MEETING}/minutes")
@requires("meetings.run")
def save_minutes(meeting_id: int) -> Answer:
    """Save who was there and what was said."""
    form = MinutesForm()
    form.offer(_people(get_meeting(db.session, meeting_id)))
    status = 422
    if form.validate():
        try:
            with transaction(db.session) as session:
                keep_minutes(
                    session, meeting_id,
                    Minutes(form.attendees.data or (), form.guests.data or "", form.by_item),
                    seen=form.seen.seen, actor=current_actor(), now=now(),
                )  # fmt: skip
        except (InvalidError, ConflictError) as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash("The minutes are saved.", "ok")
            return _back(meeting_id)
    meeting = get_meeting(db.session, meeting_id)
    if meeting.is_open:
        return _page(meeting, form), status
    lines = list_agenda(db.session, meeting, today())
    return _closed_page(meeting, form.form_errors, _conflict(meeting, lines, form)), status


@bp.post(f"{MEETING}/close")
@requires("meetings.run")
def close(meeting_id: int) -> Answer:
    """Close the minutes for good."""
    form = CloseForm()
    form.validate()
    try:
        with transaction(db.session) as session:
            close_meeting(
                session, meeting_id, seen=form.seen.seen, actor=current_actor(), now=now()
            )
    except ConflictError as error:
        meeting = get_meeting(db.session, meeting_id)
        if not meeting.is_open:
            return _closed_page(meeting, [error.message]), status_of(error)
        again = _form(meeting)
        again.refuse(error)
        return _page(meeting, again), status_of(error)
    flash("The minutes are closed. They never change from now on.", "ok")
    return _back(meeting_id)


def _back(meeting_id: int) -> Response:
    return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)


def _people(meeting: GateMeeting) -> list[tuple[int, str]]:
    return list_people_to_attend(db.session, [one.person_id for one in meeting.attendees])


def _form(meeting: GateMeeting) -> MinutesForm:
    form = MinutesForm(
        formdata=None, seen=str(meeting.version), guests=meeting.guests,
        attendees=[one.person_id for one in meeting.attendees],
        notes=[{"item": str(one.id), "note": one.note} for one in meeting.items],
    )  # fmt: skip
    form.offer(_people(meeting) if may("meetings.run") else ())
    return form


def _page(meeting: GateMeeting, form: MinutesForm) -> str:
    lines = list_agenda(db.session, meeting, today())
    decisions = load_decisions(db.session, [one.tranche_id for one in lines], meeting.called_at)
    items = live_items(meeting, lines, decisions)
    is_newer = form.seen.seen != meeting.version
    conflict = _conflict(meeting, lines, form) if is_newer else None
    if is_newer:
        form.seen.is_based_on(meeting.version)
    notes = {row.form.item_id: row.form.note for row in form.notes}
    return render_template(
        "meetings/show.html",
        meeting=meeting,
        items=items,
        subtitle=summary_words(items),
        names=attendee_names(meeting),
        form=form,
        refused=(),
        notes={item.tranche_id: notes.get(item.id) for item in meeting.items},
        conflict=conflict,
        close=CloseForm(formdata=None, seen=str(meeting.version)),
        not_yet=closing_fault(meeting.held_on, attendee_names(meeting), today()),
    )


def _conflict(
    meeting: GateMeeting, lines: Sequence[GateLine], form: MinutesForm
) -> dict[str, Any] | None:
    """What was typed beside what was saved meanwhile; None where both are the same."""
    people = dict(form.attendees.choices or ())
    chosen = [people[id_] for id_ in form.attendees.data or () if id_ in people]
    names = present_names(chosen, form.guests.data or "")
    fields = both_minutes(meeting, lines, form.by_item, names)
    who = meeting.closed_by or meeting.changed_by
    return {"fields": fields, "who": who.name, "when": ""} if fields else None


def _closed_page(
    meeting: GateMeeting, refused: Sequence[str] = (), conflict: dict[str, Any] | None = None
) -> str:
    minutes = read_minutes(db.session, meeting)
    items = frozen_items(minutes)
    return render_template(
        "meetings/show.html",
        meeting=meeting,
        items=items,
        subtitle=summary_words(items),
        names=frozen_names(minutes),
        form=None,
        refused=refused,
        conflict=conflict,
    )

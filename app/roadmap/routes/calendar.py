"""The gate calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from app.approvals.queries import load_open_conditions
from app.extensions import db
from app.roadmap.presenters import calendar
from app.roadmap.presenters.choices import GateChoices
from app.roadmap.presenters.files import NUMBERS, gate_lines
from app.roadmap.presenters.standing import waits_for_decision
from app.roadmap.queries import load_hurdle_rows
from app.roadmap.queries.calendar import (
    CalendarFilter,
    CalendarRow,
    DueDay,
    among,
    due_days,
    list_calendar_rows,
    list_due_days,
    load_calendar_options,
    load_following,
)
from app.roadmap.queries.timeline import NOTHING, list_deciders, load_open_evidence
from app.roadmap.queries.works import load_starts
from app.roadmap.routes.blueprint import bp
from app.roadmap.rules import hurdle_state
from app.web.clock import today
from app.web.guards import costs_are_hidden, requires
from app.web.paging import Page
from app.web.workbooks import list_file


@bp.get("/gates")
@requires("roadmap.view")
def gates() -> str:
    """Show the hurdles of all initiatives in the order they want attention."""
    choices = GateChoices.read(request.args)
    options = load_calendar_options(db.session)
    if not options.days:
        return render_template("roadmap/empty.html")
    view = view_of(db.session, choices, today())
    shown = view.page.items
    rows = load_hurdle_rows(db.session, [one.tranche_key for one in shown])
    still = [one.tranche_id for one in shown if one.is_open]
    rows.conditions = load_open_conditions(db.session, still)
    return render_template(
        "roadmap/gates.html",
        choices=choices,
        head=calendar.calendar_head(options, view.days, len(view.waiting), choices, today()),
        page=view.page,
        groups=calendar.groups(shown, rows, view.waiting, list_deciders(db.session), today()),
    )


@bp.get("/gates.csv")
@requires("roadmap.view")
def gates_file() -> Response:
    """Give the hurdles the calendar shows, all pages of them, as CSV."""
    return _file("gates.csv")


@bp.get("/gates.xlsx")
@requires("roadmap.view")
def gates_workbook() -> Response:
    """Give the hurdles the calendar shows, all pages of them, as XLSX."""
    return _file("gates.xlsx")


def _file(name: str) -> Response:
    choices, on = GateChoices.read(request.args), today()
    wanted = CalendarFilter(choices.owner, choices.journey)
    found = [
        one for one in list_calendar_rows(db.session, wanted) if calendar.is_in_reach(one, choices)
    ]
    if choices.state:
        found = _in_state(db.session, found, choices.state, on)
    shown = calendar.chosen_rows(found, choices, on)
    rows = load_hurdle_rows(db.session, [one.tranche_key for one in shown])
    still = [one.tranche_id for one in shown if one.is_open]
    rows.conditions = load_open_conditions(db.session, still)
    waiting = frozenset(_waiting(db.session, wanted, on))
    groups = calendar.groups(shown, rows, waiting, list_deciders(db.session), on)
    lines = gate_lines(groups, shows_money=not costs_are_hidden())
    return list_file(lines, name, numbers=NUMBERS)


@dataclass(frozen=True, slots=True)
class View:
    """What the filters leave, the page of it that is shown, and which wait for a decision."""

    days: Sequence[DueDay]
    page: Page[CalendarRow]
    waiting: frozenset[int]


def view_of(session: Session, choices: GateChoices, on: date) -> View:
    """What the choices ask for, as it stands on a day."""
    narrowed = choices.q or choices.state
    return _narrowed(session, choices, on) if narrowed else _counted(session, choices, on)


def _counted(session: Session, choices: GateChoices, on: date) -> View:
    """Let the database count, and read the rows due on the days of the page alone."""
    wanted = CalendarFilter(choices.owner, choices.journey)
    days = [
        one for one in list_due_days(session, wanted) if calendar.is_in_month(one.due_on, choices)
    ]
    reach = calendar.reach_of(days, choices, on)
    rows = list_calendar_rows(session, wanted, among(reach.span, reach.with_decided))
    in_reach = [one for one in rows if calendar.is_in_month(one.due_on, choices)]
    waiting = _waiting(session, wanted, on)
    return View(
        days,
        calendar.shown_rows(in_reach, reach, choices, on),
        frozenset(id_ for id_, due_on in waiting.items() if calendar.is_in_month(due_on, choices)),
    )


def _narrowed(session: Session, choices: GateChoices, on: date) -> View:
    """Read every row, since only its words and its measurements say whether it is asked for."""
    wanted = CalendarFilter(choices.owner, choices.journey)
    rows = [
        one for one in list_calendar_rows(session, wanted) if calendar.is_in_reach(one, choices)
    ]
    if choices.state:
        rows = _in_state(session, rows, choices.state, on)
    days = due_days(rows)
    reach = replace(calendar.reach_of(days, choices, on), skipped=0)
    return View(
        days,
        calendar.shown_rows(rows, reach, choices, on),
        frozenset(_waiting(session, wanted, on)) & {one.tranche_id for one in rows},
    )


def _in_state(
    session: Session, rows: Sequence[CalendarRow], state: str, on: date
) -> list[CalendarRow]:
    evidence = load_open_evidence(session)
    measured = {one.commitment_id for one in rows if one.tranche_id in evidence}
    starts = load_starts(session, sorted(measured))
    facts = (
        one.facts(*evidence.get(one.tranche_id, NOTHING), starts.get(one.commitment_id))
        for one in rows
    )
    return [
        one
        for one, known in zip(rows, facts, strict=True)
        if hurdle_state(known, on).value == state
    ]


def _waiting(session: Session, wanted: CalendarFilter, on: date) -> dict[int, date]:
    """The days that hurdles waiting for a decision are due, by tranche id."""
    return {
        id_: facts.due_on
        for id_, facts in load_following(session, wanted).items()
        if waits_for_decision(facts, on)
    }

"""Teams and the capacity grid of a cycle."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from app.audit.services import answered_once
from app.calendar import queries, services
from app.calendar.forms import CapacityForm, TeamEditForm, TeamForm, capacity_form
from app.calendar.models import Cycle, Team
from app.calendar.presenters import capacity_grid, day_rate
from app.calendar.routes.blueprint import Answer, bp, refused_form
from app.calendar.routes.cycles import cycle_page
from app.calendar.rules import capacity_cell, closed_bar
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.values.money import Money
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import current_actor, requires


@bp.get("/cycles/<int:cycle_id>/capacities")
@requires("calendar.edit")
def capacities(cycle_id: int) -> str:
    """Show the capacities of a cycle to change, or to read once it is closed."""
    cycle = queries.get_cycle(db.session, cycle_id)
    if bar := closed_bar(cycle.name, cycle.state):
        grid = capacity_grid(cycle)
        return render_template(
            "calendar/closed.html", cycle=cycle, bar=bar, what="Capacities", grid=grid
        )
    teams = queries.list_teams(db.session)
    form = _form(cycle, teams, _stored(cycle))
    return render_template("calendar/capacities.html", form=form, cycle=cycle)


@bp.post("/cycles/<int:cycle_id>/capacities")
@requires("calendar.edit")
def save_capacities(cycle_id: int) -> Answer:
    """Set the capacities of a cycle."""
    cycle = queries.get_cycle(db.session, cycle_id)
    teams = queries.list_teams(db.session)
    form = _form(cycle, teams, {})
    if not form.validate_on_submit():
        return render_template("calendar/capacities.html", form=form, cycle=cycle), 422
    try:
        with transaction(db.session):
            services.set_capacities(
                db.session,
                queries.get_cycle(db.session, cycle_id),
                form.capacities(),
                expected_version=form.seen_version,
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        cycle = queries.get_cycle(db.session, cycle_id)
        return refused_form(
            "calendar/capacities.html", form, error, subject=f"cycle:{cycle_id}",
            version=cycle.version, cycle=cycle,
        )  # fmt: skip
    flash("The capacities are saved.", "ok")
    return redirect(url_for("calendar.show", cycle_id=cycle_id), code=303)


@bp.post("/cycles/<int:cycle_id>/teams")
@requires("calendar.edit")
def add_team(cycle_id: int) -> Answer:
    """Add a team, its day rate in the cycle's currency."""
    cycle = queries.get_cycle(db.session, cycle_id)
    form = TeamForm(currency=cycle.currency)
    if not form.validate_on_submit():
        return cycle_page(cycle, team_form=form), 422
    try:
        with transaction(db.session):
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="team.created",
                params=form.typed(), now=now(), make=lambda: _make_team(form),
            )  # fmt: skip
    except AppError as error:
        form.refuse(error)
        return cycle_page(queries.get_cycle(db.session, cycle_id), team_form=form), status_of(error)
    flash("The team is added. Enter the days it has.", "ok")
    return redirect(url_for("calendar.capacities", cycle_id=cycle_id), code=303)


def _make_team(form: TeamForm) -> int:
    return services.add_team(
        db.session,
        key=form.key.data or "",
        name=form.name.data or "",
        day_rate=form.data["day_rate"],
        actor=current_actor(),
        now=now(),
    ).id


@bp.get("/teams/<int:team_id>/edit")
@requires("calendar.edit")
def team(team_id: int) -> str:
    """Show a team's name and day rate to change."""
    found = queries.get_team(db.session, team_id)
    return render_template("calendar/team.html", team=found, form=_team_form(found, is_sent=False))


@bp.post("/teams/<int:team_id>/edit")
@requires("calendar.edit")
def save_team(team_id: int) -> Answer:
    """Change a team's name and day rate."""
    found = queries.get_team(db.session, team_id)
    form = _team_form(found, is_sent=True)
    if not form.validate_on_submit():
        return render_template("calendar/team.html", team=found, form=form), 422
    try:
        with transaction(db.session):
            services.edit_team(
                db.session,
                queries.get_team(db.session, team_id),
                name=form.name.data or "",
                day_rate=form.data["day_rate"],
                seen=form.seen(),
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        found = queries.get_team(db.session, team_id)
        form.seen_name.data, form.seen_minor.data = found.name, str(found.day_rate_minor)
        form.seen_name.raw_data = form.seen_minor.raw_data = None
        return refused_form(
            "calendar/team.html", form, error, subject=f"team:{team_id}", version=0, team=found
        )
    flash("The team is saved.", "ok")
    return redirect(url_for("calendar.index"), code=303)


def _team_form(team: Team, *, is_sent: bool) -> TeamEditForm:
    if is_sent:
        return TeamEditForm(currency=team.currency)
    stored = {
        "name": team.name,
        "day_rate": Money(team.day_rate_minor, team.currency),
        "seen_name": team.name,
        "seen_minor": str(team.day_rate_minor),
    }
    return TeamEditForm(formdata=None, currency=team.currency, data=stored)


def _form(cycle: Cycle, teams: list[Team], stored: dict[str, object]) -> CapacityForm:
    rows = [(one.key, one.name, f"{day_rate(one)} a day") for one in teams]
    return capacity_form(rows, list(cycle.quarters), data=stored)


def _stored(cycle: Cycle) -> dict[str, object]:
    values: dict[str, object] = {"version": str(cycle.version)}
    for row in cycle.capacities:
        values[capacity_cell(row.team.key, row.quarter)] = row.available_days
    return values

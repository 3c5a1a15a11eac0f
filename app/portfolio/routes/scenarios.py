"""The list of scenarios, and one scenario with its latest run."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit.services import answered_once
from app.calendar.models import Cycle
from app.calendar.queries import find_current_cycle, get_cycle, list_cycles
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.initiatives.queries import list_journeys_under_plans
from app.portfolio.forms import NewScenarioForm, ScenarioForm
from app.portfolio.models import Scenario
from app.portfolio.presenters.scenarios import (
    run_line,
)
from app.portfolio.queries import (
    get_scenario,
    latest_runs,
    list_scenarios,
)
from app.portfolio.routes.blueprint import SCENARIO, bp
from app.portfolio.services.scenarios import (
    ScenarioDraft,
    create_scenario,
    describe_scenario,
    duplicate_scenario,
)
from app.web.clock import now, today
from app.web.guards import current_actor, requires


@bp.get("/scenarios")
@requires("scenarios.view")
def index() -> str:
    cycles = list_cycles(db.session)
    cycle = _chosen_cycle(cycles)
    scenarios = list_scenarios(db.session, cycle.id) if cycle else []
    runs = latest_runs(db.session, [scenario.id for scenario in scenarios])
    lines = [
        (one, run_line(runs[one.id], cycle.currency) if one.id in runs else None)
        for one in scenarios
        if cycle
    ]
    return render_template(
        "portfolio/index.html", cycles=cycles, cycle=cycle, lines=lines, State=CycleState,
        stands_on=list_journeys_under_plans(db.session, cycle.id) if cycle and runs else [],
    )  # fmt: skip


def _chosen_cycle(cycles: list[Cycle]) -> Cycle | None:
    """The cycle the address names, else the current one, else the latest."""
    wanted = request.args.get("cycle", "")
    if wanted:
        named = next((cycle for cycle in cycles if str(cycle.id) == wanted), None)
        if named is None:
            raise NotFoundError("There is no such cycle, or it was removed.")
        return named
    return find_current_cycle(db.session, today()) or next(iter(cycles), None)


@bp.get("/scenarios/new")
@requires("scenarios.edit")
def new_scenario() -> str:
    return render_template("portfolio/new.html", form=_new_form())


@bp.post("/scenarios/new")
@requires("scenarios.edit")
def save_new_scenario() -> Response | tuple[str, int]:
    form = _new_form()
    if form.validate():
        try:
            with transaction(db.session) as session:
                scenario_id = answered_once(
                    session, form.once.data, actor=current_actor(), action="scenario.created",
                    params=form.typed(), now=now(),
                    make=lambda: create_scenario(
                        session, get_cycle(session, form.cycle.data), _draft(form),
                        actor=current_actor(), now=now(),
                    ).id,
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        else:
            return redirect(url_for("portfolio.scenario", scenario_id=scenario_id), 303)
    return render_template("portfolio/new.html", form=form), 422


def _new_form() -> NewScenarioForm:
    cycles = [one for one in list_cycles(db.session) if one.state is not CycleState.CLOSED]
    chosen = _chosen_cycle(cycles) if cycles else None
    form = NewScenarioForm(data={"cycle": chosen.id if chosen else None})
    form.cycle.choices = [(cycle.id, cycle.name) for cycle in cycles]
    return form


def _draft(form: ScenarioForm) -> ScenarioDraft:
    return ScenarioDraft(form.name.data or "", form.note.data or "")


@bp.get(f"{SCENARIO}/edit")
@requires("scenarios.edit")
def edit_scenario(scenario_id: int) -> str:
    one = get_scenario(db.session, scenario_id)
    return render_template("portfolio/edit.html", scenario=one, form=_details_form(one))


@bp.post(f"{SCENARIO}/edit")
@requires("scenarios.edit")
def save_scenario(scenario_id: int) -> Response | tuple[str, int]:
    one = get_scenario(db.session, scenario_id)
    form = _details_form(one)
    if form.validate():
        try:
            with transaction(db.session) as session:
                describe_scenario(
                    session, get_scenario(session, scenario_id), _draft(form),
                    expected_version=form.expected_version, actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        else:
            return redirect(url_for("portfolio.scenario", scenario_id=scenario_id), 303)
    one = get_scenario(db.session, scenario_id)
    return render_template("portfolio/edit.html", scenario=one, form=form), 422


def _details_form(one: Scenario) -> ScenarioForm:
    return ScenarioForm(data={"name": one.name, "note": one.note, "version": one.version})


@bp.get(f"{SCENARIO}/copy")
@requires("scenarios.edit")
def copy_scenario(scenario_id: int) -> str:
    one = get_scenario(db.session, scenario_id)
    return render_template("portfolio/copy.html", scenario=one, form=_copy_form(one))


@bp.post(f"{SCENARIO}/copy")
@requires("scenarios.edit")
def save_copy(scenario_id: int) -> Response | tuple[str, int]:
    form = _copy_form(get_scenario(db.session, scenario_id))
    if form.validate():
        try:
            with transaction(db.session) as session:
                copy_id = answered_once(
                    session, form.once.data, actor=current_actor(), action="scenario.copied",
                    params=form.typed() | {"original": scenario_id}, now=now(),
                    make=lambda: duplicate_scenario(
                        session, get_scenario(session, scenario_id), _draft(form),
                        actor=current_actor(), now=now(),
                    ).id,
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        else:
            flash("The copy has the same limits, pins and rules.", "ok")
            return redirect(url_for("portfolio.scenario", scenario_id=copy_id), 303)
    one = get_scenario(db.session, scenario_id)
    return render_template("portfolio/copy.html", scenario=one, form=form), 422


def _copy_form(one: Scenario) -> ScenarioForm:
    return ScenarioForm(data={"name": f"{one.name}, copy", "note": one.note})

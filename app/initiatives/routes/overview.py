"""The overview of an initiative with its moves, its business case and its history."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.errors import NotFoundError
from app.extensions import db
from app.initiatives import exports, presenters, queries, services
from app.initiatives.forms import MoveForm
from app.initiatives.models import Initiative
from app.initiatives.routes.blueprint import (
    SAVED,
    Answer,
    bp,
    load,
    page,
    stale_baselines,
    store,
)
from app.initiatives.rules import Action, EvidenceGrade, cost_flag
from app.web.clock import now
from app.web.guards import about_costs, current_actor, requires


@bp.get("/initiatives/<key>")
@requires("initiatives.view")
def show(key: str) -> str:
    """Show what an initiative is, what it lacks and what can be done with it."""
    return _overview(load(key), MoveForm(formdata=None))


@bp.post("/initiatives/<key>/moves/<action>")
@requires("initiatives.view")
def move(key: str, action: str) -> Answer:
    """Move an initiative on; the table of moves says who may."""
    if action not in {one.value for one in Action}:
        raise NotFoundError("There is no such move.")
    form = MoveForm()
    status = store(
        form,
        lambda: services.move_initiative(
            db.session,
            load(key),
            Action(action),
            reason=form.reason.data or "",
            expected_version=form.seen_version,
            actor=current_actor(),
            now=now(),
        ),
    )
    initiative = load(key)
    if status != SAVED:
        return _overview(initiative, form, refused=action), status
    flash(f"{key} is {initiative.state.word.lower()} now.", "ok")
    return redirect(url_for("initiatives.show", key=key), code=SAVED)


def _overview(initiative: Initiative, form: MoveForm, refused: str | None = None) -> str:
    facts = services.load_circumstances(db.session, [initiative])[initiative.id]
    form.is_based_on(initiative.version)
    return page(
        "overview",
        initiative,
        "overview",
        stale_keys=_journeys_under(initiative),
        form=form,
        refused=refused,
        facts=presenters.overview_facts(initiative),
        gaps=facts.gaps,
        buttons=presenters.move_buttons(
            initiative, services.standing(current_actor(), initiative, facts.editors), facts
        ),
        full_option=queries.full_option_name(db.session, initiative),
        kpis=presenters.overview_kpis(initiative, queries.load_full_worth(db.session, initiative)),
        partial_note=queries.find_partial_note(db.session, initiative),
        flag=_flag(initiative),
        lost_needs=queries.list_lost_needs(db.session, initiative.id),
    )


def _journeys_under(initiative: Initiative) -> list[str]:
    """Its own journey and those whose pools its value stands on, whatever is loaded of it."""
    own = [initiative.journey.key] if initiative.journey else []
    return own + queries.load_journeys_under(db.session, [initiative.id]).get(initiative.id, [])


def _journey_keys(initiative: Initiative) -> list[str]:
    """The journeys whose pools the business case stands on."""
    return [effect.pool.journey.key for option in initiative.options for effect in option.effects]


def _flag(initiative: Initiative) -> str | None:
    return cost_flag(initiative.cost_minor, median_cost(initiative), initiative.currency)


def median_cost(initiative: Initiative) -> int | None:
    """The middle cost of the candidates in the initiative's cycle, minor units."""
    if initiative.cycle_id is None:
        return None
    found = queries.median_candidate_costs(db.session, [initiative.cycle_id])
    return found.get(initiative.cycle_id)


@bp.get("/initiatives/<key>/case")
@requires("initiatives.view")
@about_costs
def case(key: str) -> str:
    """Show the business case of every option, each figure with formula and source."""
    initiative = load(key, *queries.OPTIONS, *queries.EFFECTS)
    basis = queries.load_case_basis(db.session, initiative)
    plans, plan = _plan(initiative)
    cases = presenters.case_views(initiative, basis, plan) if basis else []
    return page(
        "case",
        initiative,
        "case",
        stale_keys=_journey_keys(initiative),
        basis=basis,
        plan=plan,
        plans=plans,
        plan_options=[(one.key, one.words) for one in plans],
        cases=cases,
        places=presenters.case_places(cases),
        grades=list(EvidenceGrade),
    )


def _plan(
    initiative: Initiative,
) -> tuple[list[queries.PlanName], presenters.PlanChoice | None]:
    """The plans there are, and the one asked for or else the first, with its values."""
    plans = queries.list_plans(db.session, initiative)
    if not plans:
        return plans, None
    wanted = request.args.get("plan", "")
    name = next((one for one in plans if one.key == wanted), plans[0])
    values = queries.find_plan_values(db.session, initiative, name)
    sharers = queries.load_sharers(db.session, initiative, values)
    return plans, presenters.PlanChoice(name, values, sharers)


@bp.get("/initiatives/<key>/case.xlsx")
@requires("initiatives.view")
@about_costs
def case_file(key: str) -> Response:
    """Give the business case as a spreadsheet whose formulas work it out again."""
    initiative = load(key, *queries.OPTIONS, *queries.EFFECTS)
    basis = queries.load_case_basis(db.session, initiative)
    if basis is None or not initiative.options:
        raise NotFoundError("There is no business case yet: it needs a cycle and an option.")
    _, plan = _plan(initiative)
    content = exports.case_workbook(
        initiative, basis, plan.name if plan else None, plan.values if plan else None,
        stale_baselines().on(_journey_keys(initiative)),
    )  # fmt: skip
    return Response(
        content,
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{initiative.key}-case.xlsx"'},
    )


@bp.get("/initiatives/<key>/history")
@requires("initiatives.view")
@about_costs
def history(key: str) -> str:
    """Show every move of an initiative."""
    initiative = load(key, *queries.MOVES)
    handovers = queries.list_handovers(db.session, initiative.id)
    items = presenters.history_items(initiative, handovers)
    return page("history", initiative, "history", items=items)

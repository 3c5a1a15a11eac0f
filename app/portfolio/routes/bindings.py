"""Pins and rules of a scenario."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.portfolio.forms import DEMAND_FORMS, DemandForm, PinForm, VersionForm
from app.portfolio.models import Scenario, ScenarioRule
from app.portfolio.presenters.scenarios import (
    MOST_SUGGESTED,
    may_have_plan,
    pin_lines,
    rule_lines,
    run_choice,
)
from app.portfolio.queries import (
    count_candidates,
    get_scenario,
    list_candidate_lines,
    list_runs_to_compare,
    list_tags,
)
from app.portfolio.routes.blueprint import SCENARIO, bp
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import (
    DemandDraft,
    PinDraft,
    add_demand,
    change_demand,
    drop_demand,
    find_demand,
    lift_pin,
    place_pin,
)
from app.web.clock import now
from app.web.guards import current_actor, requires


@bp.get(f"{SCENARIO}/pins")
@requires("scenarios.edit")
def pins(scenario_id: int) -> str:
    scenario = get_scenario(db.session, scenario_id)
    return _pins_page(scenario, _pin_form(scenario))


@bp.post(f"{SCENARIO}/pins")
@requires("scenarios.edit")
def add_pin(scenario_id: int) -> Response | tuple[str, int]:
    form = _pin_form(get_scenario(db.session, scenario_id))
    if form.validate():
        draft = PinDraft(
            initiative=form.initiative.data,
            kind=PinKind(form.kind.data),
            option=form.option.data or None,
            start=form.start.data,
            reason=form.reason.data,
            price=form.price.data,
        )
        try:
            with transaction(db.session) as session:
                replaced = place_pin(
                    session, get_scenario(session, scenario_id), draft,
                    expected_version=form.expected_version, actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        else:
            instead = f" It replaces the pin “{replaced}” and its reason." if replaced else ""
            flash(f"Pinned: {draft.sentence}.{instead}", "ok")
            address = url_for("portfolio.pins", scenario_id=scenario_id, _anchor="pins")
            return redirect(address, 303)
    return _pins_page(get_scenario(db.session, scenario_id), form), 422


@bp.post(f"{SCENARIO}/pins/<int:initiative_id>/lift")
@requires("scenarios.edit")
def remove_pin(scenario_id: int, initiative_id: int) -> Response:
    form = VersionForm()
    with transaction(db.session) as session:
        lift_pin(
            session, get_scenario(session, scenario_id), initiative_id,
            expected_version=form.expected_version, actor=current_actor(), now=now(),
        )  # fmt: skip
    flash("The pin is lifted.", "ok")
    return redirect(_back(scenario_id, "pins"), 303)


def _pin_form(scenario: Scenario) -> PinForm:
    wanted = request.args.get("initiative", "")[:200]
    kind = request.args.get("kind", PinKind.FUND.value)
    currency = scenario.cycle.currency
    return PinForm(
        currency=currency, data={"version": scenario.version, "initiative": wanted, "kind": kind}
    )


def _pins_page(scenario: Scenario, form: PinForm) -> str:
    lines = list_candidate_lines(db.session, scenario.cycle_id, limit=MOST_SUGGESTED)
    return render_template(
        "portfolio/pins.html",
        scenario=scenario,
        form=form,
        pins=pin_lines(scenario, now().date()),
        candidates=lines,
        candidate_count=count_candidates(db.session, scenario.cycle_id),
    )


@bp.get(f"{SCENARIO}/rules")
@requires("scenarios.edit")
def rules(scenario_id: int) -> str:
    scenario = get_scenario(db.session, scenario_id)
    kind = _kind(request.args.get("kind", DemandKind.SHARE.value))
    return _rules_page(scenario, kind, _demand_form(scenario, kind))


@bp.post(f"{SCENARIO}/rules/<kind>")
@requires("scenarios.edit")
def add_rule(scenario_id: int, kind: str) -> Response | tuple[str, int]:
    known = _kind(kind)
    form = _demand_form(get_scenario(db.session, scenario_id), known)
    if form.validate():
        draft = DemandDraft(known, form.parameters(), form.reason.data)
        try:
            with transaction(db.session) as session:
                add_demand(
                    session, get_scenario(session, scenario_id), draft,
                    expected_version=form.expected_version, actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        else:
            flash("The rule is added. Run the optimizer to see what it changes.", "ok")
            return redirect(_rules_in_force(scenario_id, known), 303)
    return _rules_page(get_scenario(db.session, scenario_id), known, form), 422


@bp.get(f"{SCENARIO}/rules/<int:rule_id>/change")
@requires("scenarios.edit")
def edit_rule(scenario_id: int, rule_id: int) -> str:
    scenario = get_scenario(db.session, scenario_id)
    rule = _rule(scenario, rule_id)
    kind = DemandKind(rule.type)
    return _rules_page(scenario, kind, _demand_form(scenario, kind, rule), rule)


@bp.post(f"{SCENARIO}/rules/<int:rule_id>/change")
@requires("scenarios.edit")
def change_rule(scenario_id: int, rule_id: int) -> Response | tuple[str, int]:
    scenario = get_scenario(db.session, scenario_id)
    rule = _rule(scenario, rule_id)
    kind = DemandKind(rule.type)
    form = _demand_form(scenario, kind, rule)
    if form.validate():
        draft = DemandDraft(kind, form.parameters(), form.reason.data)
        try:
            with transaction(db.session) as session:
                change_demand(
                    session, get_scenario(session, scenario_id), rule_id, draft,
                    expected_version=form.expected_version, actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        else:
            flash("The rule is changed. Run the optimizer to see what that changes.", "ok")
            return redirect(_rules_in_force(scenario_id, kind), 303)
    scenario = get_scenario(db.session, scenario_id)
    return _rules_page(scenario, kind, form, _rule(scenario, rule_id)), 422


@bp.post(f"{SCENARIO}/rules/<int:rule_id>/drop")
@requires("scenarios.edit")
def remove_rule(scenario_id: int, rule_id: int) -> Response:
    form = VersionForm()
    with transaction(db.session) as session:
        drop_demand(
            session, get_scenario(session, scenario_id), rule_id,
            expected_version=form.expected_version, actor=current_actor(), now=now(),
        )  # fmt: skip
    flash("The rule is removed.", "ok")
    return redirect(_back(scenario_id, "rules"), 303)


def _back(scenario_id: int, part: str) -> str:
    """The pins or rules on the scenario where the button stood there, else on their own page."""
    page = "scenario" if request.form.get("from") == "scenario" else part
    return url_for(f"portfolio.{page}", scenario_id=scenario_id, _anchor=part)


def _rules_in_force(scenario_id: int, kind: DemandKind) -> str:
    return url_for(
        "portfolio.rules", scenario_id=scenario_id, kind=kind.value, _anchor="rules"
    )  # fmt: skip


def _kind(name: str) -> DemandKind:
    if name not in {kind.value for kind in DemandKind}:
        raise NotFoundError("There is no such kind of rule.")
    return DemandKind(name)


def _rule(scenario: Scenario, rule_id: int) -> ScenarioRule:
    rule = find_demand(scenario, rule_id)
    if rule is None:
        raise NotFoundError("There is no such rule, or it was removed.")
    return rule


def _demand_form(
    scenario: Scenario, kind: DemandKind, rule: ScenarioRule | None = None
) -> DemandForm:
    """The form of a kind: empty, or as the rule to be changed says it."""
    form_class, currency = DEMAND_FORMS[kind], scenario.cycle.currency
    typed = {"lag": 0} if rule is None else form_class.typed(rule.parameters, currency)
    typed |= {"version": scenario.version, "reason": rule.reason if rule else ""}
    form = form_class(currency=currency, data=typed)
    form.offer_tags(list_tags(db.session, scenario.cycle_id))
    teams = {one.team.key: one.team.name for one in scenario.cycle.capacities}
    form.offer_teams(sorted(teams.items(), key=lambda team: team[1]))
    if kind is DemandKind.KEEP:
        runs = list_runs_to_compare(db.session, scenario.cycle_id)
        form.offer_runs([(r.id, run_choice(r, r.scenario.name)) for r in runs if may_have_plan(r)])
    return form


def _rules_page(
    scenario: Scenario, kind: DemandKind, form: DemandForm, changed: ScenarioRule | None = None
) -> str:
    lines = list_candidate_lines(db.session, scenario.cycle_id, limit=MOST_SUGGESTED)
    return render_template(
        "portfolio/rules.html",
        scenario=scenario,
        form=form,
        kind=kind,
        kinds=list(DemandKind),
        changed=changed,
        rules=rule_lines(scenario),
        candidates=lines,
        candidate_count=count_candidates(db.session, scenario.cycle_id),
    )

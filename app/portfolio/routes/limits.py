"""The limits of a scenario: budgets by fund and quarter."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit.queries import list_subject_events
from app.calendar.presenters import conflict_view
from app.calendar.queries import committed_floors
from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.portfolio.forms import VersionForm, limits_form
from app.portfolio.models import Scenario
from app.portfolio.presenters.scenarios import grid_rows
from app.portfolio.queries import get_scenario
from app.portfolio.queries.facts import effective_budgets, load_bound
from app.portfolio.routes.blueprint import SCENARIO, bp
from app.portfolio.rules.approved import foreign_sentences
from app.portfolio.services.scenarios import Cell, limit_field, set_limits
from app.values.money import Money
from app.web.clock import now
from app.web.filters import quarter
from app.web.guards import current_actor, requires


@bp.get(f"{SCENARIO}/limits")
@requires("scenarios.edit")
def edit_limits(scenario_id: int) -> str:
    scenario = get_scenario(db.session, scenario_id)
    return _page(scenario, _form(scenario))


@bp.post(f"{SCENARIO}/limits")
@requires("scenarios.edit")
def save_limits(scenario_id: int) -> Response | tuple[str, int]:
    scenario = get_scenario(db.session, scenario_id)
    form = _form(scenario)
    conflict, status = None, 422
    if form.validate():
        amounts = {cell: form[name].data for cell, name in _cells(scenario).items()}
        try:
            with transaction(db.session) as session:
                set_limits(
                    session, get_scenario(session, scenario_id), amounts,
                    expected_version=form.expected_version, actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        except ConflictError as error:
            events = list_subject_events(db.session, f"scenario:{scenario_id}", limit=1)
            conflict = conflict_view(error, events)
            if conflict is None:
                raise
            status = 409
        else:
            flash("The limits are saved. Run the optimizer to see what they change.", "ok")
            return redirect(url_for("portfolio.scenario", scenario_id=scenario_id), 303)
    scenario = get_scenario(db.session, scenario_id)
    if conflict is not None:
        # What is sent next is decided in the knowledge of both versions.
        form.is_based_on(scenario.version)
    return _page(scenario, form, conflict), status


def _cells(scenario: Scenario) -> dict[Cell, str]:
    return {
        (fund.fund_id, one): limit_field(fund.fund_id, one)
        for fund in scenario.cycle.funds
        for one in scenario.cycle.quarters
    }


def _form(scenario: Scenario) -> VersionForm:
    budgets = effective_budgets(scenario)
    names = {fund.fund_id: fund.fund.name for fund in scenario.cycle.funds}
    cells = _cells(scenario)
    currency = scenario.cycle.currency
    return limits_form(
        {name: f"{names[cell[0]]}, {quarter(cell[1])}" for cell, name in cells.items()},
        currency=currency,
        version=scenario.version,
        budgets={name: Money(budgets.get(cell, 0), currency) for cell, name in cells.items()},
    )


def _page(
    scenario: Scenario, form: VersionForm, conflict: Mapping[str, object] | None = None
) -> str:
    floors = committed_floors(db.session, scenario.cycle_id)
    rows = grid_rows(scenario, effective_budgets(scenario), floors, _cells(scenario))
    foreign = foreign_sentences(load_bound(db.session, scenario.cycle), scenario.cycle.currency)
    return render_template(
        "portfolio/limits.html", scenario=scenario, form=form, rows=rows, foreign=foreign,
        conflict=conflict,
    )  # fmt: skip

"""After a decision that freed money: what it was, what it buys now, and on to the CFO."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import (
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from app.approvals.presenters.worth import return_words
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotFoundError
from app.extensions import db
from app.portfolio.models import Run
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.progress import progress_view
from app.portfolio.presenters.verdicts import job_verdict, plan_verdict
from app.portfolio.queries import get_scenario
from app.portfolio.queries.answers import UntrueAnswerError, load_answer
from app.portfolio.services.runs import RunOptions
from app.roadmap.presenters.freed import (
    anyway_of,
    comparison_words,
    freed_table,
    headline,
    portfolio_change,
)
from app.roadmap.queries.comparing import find_comparison
from app.roadmap.queries.freed import (
    Freed,
    find_next_scenario,
    find_run_since,
    get_freed,
    list_running,
    load_freed_cells,
)
from app.roadmap.queries.rescoping import find_rescope
from app.roadmap.routes.blueprint import GATE, bp
from app.roadmap.rules import HurdleAction
from app.roadmap.services.comparing import ask_what_it_buys
from app.web.clock import now, today
from app.web.forms import OnceForm
from app.web.guards import about_costs, current_actor, may, requires

USUAL_SECONDS = 60


@bp.get(f"{GATE}/freed")
@requires("roadmap.view")
@about_costs
def freed(tranche_id: int) -> str:
    """Show the money a hurdle gave back and the plan it buys, once one was asked for."""
    return _page(tranche_id, OnceForm(formdata=None))


@bp.get(f"{GATE}/rescope.json")
@requires("roadmap.view")
@about_costs
def rescope_content(tranche_id: int) -> Response:
    """The frozen bytes of a rescope, for whoever wants to check the digest."""
    found = find_rescope(db.session, tranche_id)
    if found is None:
        raise NotFoundError("Nothing was rescoped at this hurdle.")
    response = make_response(found.content)
    response.headers["Content-Type"] = "application/json"
    name = f"rescope-{found.digest[:12]}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post(f"{GATE}/freed/run")
@requires("runs.start")
def plan_freed(tranche_id: int) -> Response | tuple[str, int]:
    """Ask what the freed money buys now: a run of the newest scenario that plans its quarters."""
    form = OnceForm()
    if form.validate():
        try:
            run_id = _started(tranche_id, form.once.data or "")
        except (InvalidError, ConflictError) as error:
            form.refuse(error)
        else:
            address = url_for("roadmap.freed", tranche_id=tranche_id, run=run_id)
            return redirect(address, 303)
    return _page(tranche_id, form), 422


def _started(tranche_id: int, request_key: str) -> int:
    """The run's id. What is committed is taken off first, so it can't be dropped by this."""
    with transaction(db.session) as session:
        one = get_freed(session, tranche_id)
        scenario_id = find_next_scenario(session, one.commitment.currency)
        if scenario_id is None:
            raise ConflictError(
                "No cycle with a scenario is open to plan this money in. Open a cycle and make a "
                "scenario in it first."
            )
        seconds = min(USUAL_SECONDS, current_app.config["SOLVER_SECONDS"])
        started = ask_what_it_buys(
            session, one.commitment, get_scenario(session, scenario_id),
            RunOptions(seconds, Decimal(0)),
            longest_seconds=current_app.config["SOLVER_SECONDS"],
            most_candidates=current_app.config["PAGE_INITIATIVES"],
            request_key=request_key, actor=current_actor(), now=now(),
        )  # fmt: skip
    if started.is_known:
        flash("Nothing has changed since this run, so this is its answer.", "info")
    return started.run_id


def _page(tranche_id: int, form: OnceForm) -> str:
    one = get_freed(db.session, tranche_id)
    currency = one.commitment.currency
    scenario_id = find_next_scenario(db.session, currency)
    run = _run(one, scenario_id)
    cells = load_freed_cells(db.session, one.commitment, one.minor, today=today())
    return render_template(
        "roadmap/freed.html",
        freed=one,
        headline=headline(one),
        table=freed_table(cells, currency),
        scenario_id=scenario_id,
        form=form,
        may_run=may("runs.start") and scenario_id is not None,
        run=run,
        rescope=find_rescope(db.session, one.tranche.id)
        if one.action is HurdleAction.RESCOPE
        else None,
        **_answered(one, run),
    )


def _run(one: Freed, scenario_id: int | None) -> Run | None:
    if scenario_id is None:
        return None
    asked = request.args.get("run", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    return find_run_since(db.session, scenario_id, one.decided_at, wanted)


def _answered(one: Freed, run: Run | None) -> dict[str, Any]:
    """Where the run stands: its progress, its words, and what its plan changes."""
    if run is None:
        return {}
    if not run.job.state.is_over:
        view = progress_view(run, run.scenario.cycle.currency, now(), waits_for=None)
        return {"progress": view | {"poll": url_for("portfolio.run_progress", run_id=run.id)}}
    try:
        answer = load_answer(run)
    except UntrueAnswerError as error:
        return {"failure": error.message}
    if answer is None:
        return {"verdict": job_verdict(run.job)}
    verdict = plan_verdict(answer.result, Names(answer.inputs))
    if not answer.has_plan or not answer.result["funded"]:
        return {"verdict": verdict}
    running = list_running(db.session, one.commitment.currency)
    compared = find_comparison(db.session, one.commitment.id, run.id)
    change = portfolio_change(one, running, answer, anyway_of(compared))
    rate = run.scenario.cycle.hurdle_rate
    return {
        "verdict": verdict,
        "change": change,
        "compared": comparison_words(compared),
        "hurdle": return_words(change.net, rate) if change.net else None,
    }

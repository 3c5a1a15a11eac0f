"""Runs: start, watch, stop, and the result."""

from __future__ import annotations

from decimal import Decimal

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.jobs.rules import JobState
from app.portfolio.models import Run
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.progress import progress_view, sparkline_points
from app.portfolio.presenters.results import matching, result_view
from app.portfolio.presenters.verdicts import job_verdict, plan_verdict
from app.portfolio.queries import find_earlier_run, get_run, get_scenario
from app.portfolio.queries.answers import Answer, UntrueAnswerError, load_answer, ranges_of
from app.portfolio.routes.blueprint import RUN, SCENARIO, bp, silence_of
from app.portfolio.routes.inquiries import asked_outlook
from app.portfolio.routes.workbench import run_form, scenario_page
from app.portfolio.services.runs import RunOptions, start_run, stop_run
from app.values.canonical import canonical_json
from app.web.clock import now
from app.web.guards import about_costs, current_actor, requires
from app.web.paging import Page, page_args

ROWS = 60
"""Initiatives on one page of a result."""


@bp.post(f"{SCENARIO}/runs")
@requires("runs.start")
def begin_run(scenario_id: int) -> Response | tuple[str, int]:
    form = run_form()
    if form.validate():
        options = RunOptions(form.seconds.data or 0, form.gap.data or Decimal(0))
        try:
            with transaction(db.session) as session:
                started = start_run(
                    session, get_scenario(session, scenario_id), options,
                    longest_seconds=current_app.config["SOLVER_SECONDS"],
                    most_candidates=current_app.config["PAGE_INITIATIVES"],
                    request_key=form.once.data, actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        else:
            if started.is_known:
                flash("Nothing has changed since this run, so this is its answer.", "info")
            return redirect(
                url_for("portfolio.scenario", scenario_id=scenario_id, run=started.run_id), 303
            )
    return scenario_page(get_scenario(db.session, scenario_id), form), 422


@bp.get(RUN)
@requires("scenarios.view")
@about_costs
def run(run_id: int) -> str | tuple[str, int]:
    one = get_run(db.session, run_id)
    try:
        answer = load_answer(one) if one.job.state.is_over else None
    except UntrueAnswerError as error:
        return render_template("portfolio/untrue.html", run=one, error=error), 409
    if answer is not None:
        return _result_page(one, answer)
    return render_template(
        "portfolio/run.html",
        run=one,
        verdict=job_verdict(one.job),
        progress=_progress(one),
        form=run_form(),
    )


def _result_page(one: Run, answer: Answer) -> str:
    if not answer.has_plan:
        verdict = plan_verdict(answer.result, Names(answer.inputs))
        return render_template(
            "portfolio/run.html", run=one, verdict=verdict, progress=None, form=run_form()
        )
    view = result_view(answer)
    asked = page_args(request.args, size=ROWS)
    find = request.args.get("find", "").strip()
    funded, not_funded = matching(view.funded, find), matching(view.not_funded, find)
    both = [*funded, *not_funded]
    shown = both[asked.offset : asked.offset + asked.size]
    return render_template(
        "portfolio/result.html",
        run=one,
        view=view,
        pool_keys=[pool.key for pool in answer.problem.pools],
        rows=shown,
        page=Page(shown, len(both), asked.number, asked.size),
        funded_count=len(funded),
        find=find,
        may_find=bool(find) or view.candidate_count > ROWS,
        offset=asked.offset,
        outlook=asked_outlook(one, answer),
        spark=sparkline_points(one.job.progress),
        is_current=one.scenario.version == one.scenario_version,
        form=run_form(),
    )


def _progress(one: Run) -> dict[str, object] | None:
    """The progress component's data; None once the run is over."""
    if one.job.state.is_over:
        return None
    is_queued = one.job.state is JobState.QUEUED
    waits_for = find_earlier_run(db.session, one) if is_queued else None
    view = progress_view(
        one, one.scenario.cycle.currency, now(), waits_for=waits_for, silence=silence_of(one.job)
    )
    asked_to_stop = one.job.stop_requested_at is not None
    may_stop = current_actor().may("runs.start") and not asked_to_stop
    return {
        **view,
        "stop": url_for("portfolio.stop", run_id=one.id) if may_stop else None,
        "poll": url_for("portfolio.run_progress", run_id=one.id),
    }


@bp.get(f"{RUN}/progress")
@requires("scenarios.view")
@about_costs
def run_progress(run_id: int) -> Response:
    """The progress alone, for the page to put in place; when the run is over the page reloads."""
    one = get_run(db.session, run_id)
    if "HX-Request" not in request.headers:
        return redirect(url_for("portfolio.run", run_id=run_id), 303)
    progress = _progress(one)
    response = make_response(render_template("portfolio/progress.html", progress=progress))
    if progress is None:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post(f"{RUN}/stop")
@requires("runs.start")
def stop(run_id: int) -> Response:
    with transaction(db.session) as session:
        one = get_run(session, run_id)
        stop_run(session, one, actor=current_actor(), now=now())
        began, scenario_id = one.job.state is JobState.RUNNING, one.scenario_id
    flash("The best plan so far is kept." if began else "The run is stopped.", "ok")
    return redirect(url_for("portfolio.scenario", scenario_id=scenario_id, run=run_id), 303)


@bp.get(f"{RUN}/problem.json")
@requires("scenarios.view")
@about_costs
def problem_file(run_id: int) -> Response:
    one = get_run(db.session, run_id)
    return _download(one.problem, f"problem-{one.digest[:12]}.json")


@bp.get(f"{RUN}/result.json")
@requires("scenarios.view")
@about_costs
def result_file(run_id: int) -> Response:
    one = get_run(db.session, run_id)
    if one.result is None:
        raise NotFoundError("This run has no result yet.")
    return _download(one.result, f"result-{one.digest[:12]}.json")


@bp.get(f"{RUN}/ranges.json")
@requires("scenarios.view")
@about_costs
def ranges_file(run_id: int) -> Response:
    """P10 and P90 of the run's inputs, as the commands beside the plan read them."""
    one = get_run(db.session, run_id)
    kept = ranges_of(one)
    if kept is None:
        raise NotFoundError("This run is older than the ranges of inputs.")
    return _download(canonical_json(kept.tree), f"ranges-{one.digest[:12]}.json")


def _download(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""The workbench: a scenario's limits left, its result right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask import current_app, render_template, request, url_for

from app.calendar.rules import CycleState
from app.errors import NotFoundError
from app.extensions import db
from app.jobs.rules import JobState
from app.portfolio.forms import RunForm
from app.portfolio.forms.trying import TryForm, try_form
from app.portfolio.models import Inquiry, Run, Scenario
from app.portfolio.presenters.bench import fund_names, sliders, team_bars
from app.portfolio.presenters.bench_rows import SHOWN, SORTS, Listing, list_rows
from app.portfolio.presenters.frontier import frontier_chart
from app.portfolio.presenters.inquiries import progress_of
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.neighbours import Neighbour, marks_of, side_by_side
from app.portfolio.presenters.progress import progress_view, sparkline_points
from app.portfolio.presenters.results import ResultView, result_view
from app.portfolio.presenters.scenarios import (
    may_have_plan,
    pin_lines,
    rule_lines,
    run_line,
    team_lines,
)
from app.portfolio.presenters.verdicts import job_verdict, noted_of, plan_verdict
from app.portfolio.presenters.ways import WayLine, way_lines
from app.portfolio.queries import count_candidates, get_scenario
from app.portfolio.queries.answers import Answer, UntrueAnswerError, load_answer
from app.portfolio.queries.facts import load_bound
from app.portfolio.queries.workbench import (
    list_bench_runs,
    load_documents,
    load_inquiries,
)
from app.portfolio.routes.blueprint import SCENARIO, bp, silence_of
from app.portfolio.routes.tried import in_view, read_tried, trial_context
from app.portfolio.rules import InquiryKind
from app.portfolio.rules.approved import foreign_sentences
from app.portfolio.services.trying import Wish, fund_field, fund_totals
from app.web.addresses import LARGEST_ID
from app.web.clock import now
from app.web.guards import about_costs, current_actor, requires
from app.web.paging import Page, page_args

USUAL_SECONDS = 60
ROWS = 60
"""Initiatives on one page of a result."""
MOST_NEIGHBOURS = 3
MOST_WAYS = 2
ASKED = (InquiryKind.FRONTIER, InquiryKind.EXPLAIN, InquiryKind.PRICE)


@dataclass
class Look:
    """What of a scenario's runs is in view.

    ``current`` is the run that was picked, else the latest; ``shown`` the one whose plan is shown,
    with its answer, and ``before`` the answer of the plan before it.
    """

    own: Sequence[Run]
    current: Run | None = None
    shown: Run | None = None
    answer: Answer | None = None
    before: Answer | None = None
    neighbours: Sequence[Neighbour] = ()
    inquiries: Mapping[InquiryKind, Inquiry] = field(default_factory=dict)
    is_untrue: bool = False

    @property
    def clashing(self) -> Run | None:
        """The run in view, if no plan is possible for it."""
        run = self.current
        is_barred = run is not None and noted_of(run.job).get("status") == "infeasible"
        return run if is_barred and run is not None and run.result_digest else None

    def document(self, kind: InquiryKind) -> Mapping[str, Any] | None:
        """A stored answer beside the shown plan, or beside the run that clashes."""
        inquiry = self.inquiries.get(kind)
        if inquiry is None or not inquiry.job.state.is_over or inquiry.content is None:
            return None
        found: Mapping[str, Any] = json.loads(inquiry.content)
        return found


@bp.get(SCENARIO)
@requires("scenarios.view")
@about_costs
def scenario(scenario_id: int) -> str:
    one = get_scenario(db.session, scenario_id)
    found = read_tried(one, request.args)
    bench = bench_form(one)
    if _may_run(one):
        bench.show({**fund_totals(one), **found.wish.budgets})
    trial = trial_context(one, found.wish, left_aside=found.left_aside)
    return scenario_page(one, run_form(), bench=bench, trial=trial)


def run_form() -> RunForm:
    """A fresh form to start a run with, unless one was sent."""
    seconds = min(USUAL_SECONDS, current_app.config["SOLVER_SECONDS"])
    return RunForm(data={"seconds": seconds, "gap": Decimal(0)})


def bench_form(one: Scenario) -> TryForm:
    """The budgets of the scenario as fields, or as they were sent."""
    fields = {fund.fund_id: fund_field(fund.fund_id) for fund in one.cycle.funds}
    return try_form(
        fund_names(one, fields), fund_totals(one),
        currency=one.cycle.currency, version=one.version,
    )  # fmt: skip


def look_at(one: Scenario) -> Look:
    """Find the runs in view and load their documents. Raises NotFoundError."""
    runs = list_bench_runs(db.session, one)
    look = Look(own=[run for run in runs if run.scenario_id == one.id])
    extra: dict[int, Run] = {}
    look.current = next(iter(look.own), None)
    picked = _picked()
    if picked is not None:
        look.current = next((run for run in look.own if run.id == picked), None)
        if look.current is None:
            extra = load_documents(db.session, [picked])
            look.current = extra.get(picked)
        if look.current is None or look.current.scenario_id != one.id:
            raise NotFoundError("This scenario has no such run.")
    planned = [run for run in look.own if run.result_digest and may_have_plan(run)]
    chosen = _to_show(look.current, planned)
    others = _latest_of_others(runs, one.id)
    # A run without a plan says why, from its result.
    barren = [run for run in [look.current] if run is not None and run.result_digest]
    ids = [run.id for run in (*chosen, *others, *barren)]
    documents = load_documents(db.session, set(ids) - extra.keys()) | extra
    _fill(look, [documents[run.id] for run in chosen], one)
    answers = ((documents[run.id], _believed(documents[run.id])) for run in others)
    if look.shown is not None and look.answer is not None:
        own = Neighbour(one.id, look.shown.id, one.name, look.answer)
        look.neighbours = [own] + [
            Neighbour(run.scenario_id, run.id, run.scenario.name, answer)
            for run, answer in answers
            if answer is not None and answer.result["currency"] == one.cycle.currency
        ]
    look.inquiries = load_inquiries(db.session, _runs_asked_about(look))
    return look


def _runs_asked_about(look: Look) -> dict[InquiryKind, Run]:
    asked = dict.fromkeys(ASKED, look.shown) if look.shown is not None else {}
    if look.clashing is not None:
        asked[InquiryKind.CONFLICTS] = look.clashing
    return {kind: run for kind, run in asked.items() if run is not None}


def _picked() -> int | None:
    text = request.args.get("run", "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > LARGEST_ID:
        raise NotFoundError("There is no such run, or it was removed.")
    return int(text)


def _to_show(current: Run | None, planned: Sequence[Run]) -> list[Run]:
    """The run whose plan is shown and the one before it; while one works, the last plan stays."""
    if current is None:
        return []
    has_plan = bool(current.result_digest) and may_have_plan(current)
    first = current if has_plan else next((r for r in planned if r.id < current.id), None)
    if first is None:
        return []
    return [first, *[run for run in planned if run.id < first.id][:1]]


def _latest_of_others(runs: Sequence[Run], own_id: int) -> list[Run]:
    found: dict[int, Run] = {}
    for run in runs:
        if run.scenario_id != own_id and run.result_digest and may_have_plan(run):
            found.setdefault(run.scenario_id, run)
    return list(found.values())[:MOST_NEIGHBOURS]


def _fill(look: Look, chosen: Sequence[Run], one: Scenario) -> None:
    if not chosen:
        return
    answer = _believed(chosen[0])
    look.is_untrue = answer is None
    if answer is None:
        return
    look.shown, look.answer = chosen[0], answer
    look.before = _believed(chosen[1]) if len(chosen) > 1 else None


def _believed(run: Run) -> Answer | None:
    """The run's recounted answer; None without a plan or where the recount differs."""
    try:
        answer = load_answer(run)
    except UntrueAnswerError:
        return None
    return answer if answer is not None and answer.has_plan else None


def scenario_page(
    one: Scenario,
    form: RunForm,
    *,
    bench: TryForm | None = None,
    look: Look | None = None,
    trial: Mapping[str, Any] | None = None,
) -> str:
    """The whole workbench; ``trial`` is what `trial_context` gives, of nothing where left out."""
    look = look or look_at(one)
    return render_template(
        "portfolio/scenario.html",
        scenario=one,
        form=form,
        bench=bench or bench_form(one),
        sliders=sliders(one, fund_totals(one)),
        look=look,
        runs=[run_line(run, one.cycle.currency) for run in look.own],
        candidate_count=count_candidates(db.session, one.cycle_id) if look.answer is None else None,
        foreign=foreign_sentences(load_bound(db.session, one.cycle), one.cycle.currency),
        pins=pin_lines(one, now().date()),
        rules=rule_lines(one),
        teams=team_lines(one),
        prices=_prices(look),
        is_closed=one.cycle.state is CycleState.CLOSED,
        may_run=_may_run(one),
        in_view=in_view(),
        once=lambda: uuid4().hex,
        progress=_progress(look),
        current_verdict=_current_verdict(look),
        ways=_first_ways(look),
        **(trial or trial_context(one, Wish())),
        **_result(one, look),
    )


def _may_run(one: Scenario) -> bool:
    return current_actor().may("runs.start") and one.cycle.state is not CycleState.CLOSED


def _result(one: Scenario, look: Look) -> dict[str, Any]:
    """The result's part of the page; nothing of it without a plan."""
    if look.answer is None or look.shown is None:
        return {"view": None}
    view = result_view(look.answer)
    listing, asked = _listing(one, look, view)
    frontier = look.document(InquiryKind.FRONTIER)
    shown = listing.rows[asked.offset : asked.offset + asked.size]
    return {
        "view": view,
        "listing": listing,
        "rows": shown,
        "page": Page(shown, len(listing.rows), asked.number, asked.size),
        "offset": asked.offset,
        "wanted": _wanted(),
        "shows": SHOWN,
        "sorts": SORTS,
        "spark": sparkline_points(look.shown.job.progress),
        "bars": team_bars(look.answer, view),
        "beside": side_by_side(look.neighbours),
        "chart": frontier_chart(frontier, look.answer, marks_of(look.neighbours))
        if frontier
        else None,
        "is_explained": look.document(InquiryKind.EXPLAIN) is not None,
        "asking": {kind.value: _asking(look, kind) for kind in ASKED},
        "is_current": one.version == look.shown.scenario_version,
        "pool_keys": [pool.key for near in look.neighbours for pool in near.answer.problem.pools],
    }


def _listing(one: Scenario, look: Look, view: ResultView) -> tuple[Listing, Any]:
    assert look.answer is not None
    wanted = _wanted()
    droppable = {rule.key for rule in one.rules}
    droppable |= {f"pin:{pin.initiative.key}" for pin in one.pins}
    listing = list_rows(
        look.answer, view,
        before=look.before,
        why=look.document(InquiryKind.EXPLAIN),
        droppable=frozenset(droppable),
        **wanted,
    )  # fmt: skip
    return listing, page_args(request.args, size=ROWS)


def _wanted() -> dict[str, str]:
    """Filter, order and words that the address asks for."""
    show, sort = request.args.get("show", "all"), request.args.get("sort", "rank")
    return {
        "show": show if show in SHOWN else "all",
        "sort": sort if sort in SORTS else "rank",
        "find": request.args.get("find", "").strip()[:200],
    }


def _prices(look: Look) -> dict[str, int]:
    """What each pin and rule costs the shown plan, by its key in the problem file."""
    document = look.document(InquiryKind.PRICE)
    return {row["rule"]: row["price"] for row in document["rows"]} if document else {}


def _asking(look: Look, kind: InquiryKind) -> dict[str, Any]:
    """Where a question beside the plan stands: what works on it, or whether it ended in vain."""
    inquiry = look.inquiries.get(kind)
    if inquiry is None or look.shown is None:
        return {"progress": None, "failure": None}
    if inquiry.job.state.is_over:
        gone = inquiry.content is None
        return {"progress": None, "failure": job_verdict(inquiry.job).sentence if gone else None}
    poll = url_for("portfolio.answer_progress", run_id=look.shown.id, word=kind.value)
    return {
        "progress": {**progress_of(inquiry.job.progress), "stop": None, "poll": poll},
        "failure": None,
    }


def _progress(look: Look) -> dict[str, object] | None:
    """The progress of the run in view; None once it is over."""
    run = look.current
    if run is None or run.job.state.is_over:
        return None
    # Whether anybody takes a waiting run is asked when the page looks again by itself.
    silence = silence_of(run.job) if run.job.state is JobState.RUNNING else None
    view = progress_view(
        run, run.scenario.cycle.currency, now(),
        waits_for=_waits_for(look, run), silence=silence,
    )  # fmt: skip
    may_stop = current_actor().may("runs.start") and run.job.stop_requested_at is None
    return {
        **view,
        "stop": url_for("portfolio.stop", run_id=run.id) if may_stop else None,
        "poll": url_for("portfolio.run_progress", run_id=run.id),
    }


def _waits_for(look: Look, run: Run) -> int | None:
    """The run of the same person that has to end before, as far as the page has it loaded."""
    if run.job.state is not JobState.QUEUED:
        return None
    earlier = (
        one.id
        for one in look.own
        if one.id < run.id
        and one.requested_by_id == run.requested_by_id
        and not one.job.state.is_over
    )
    return max(earlier, default=None)


def _current_verdict(look: Look) -> Any:
    """What there is to say of a run in view that has no plan."""
    run = look.current
    if run is None or not run.job.state.is_over or (look.shown and run.id == look.shown.id):
        return None
    if run.result_digest is None:
        return job_verdict(run.job)
    try:
        answer = load_answer(run)
    except UntrueAnswerError:
        return None
    return plan_verdict(answer.result, Names(answer.inputs)) if answer else job_verdict(run.job)


def _first_ways(look: Look) -> list[WayLine]:
    """The first ways out of the run in view, once somebody has asked for them."""
    known = look.document(InquiryKind.CONFLICTS)
    if look.clashing is None or known is None:
        return []
    return way_lines(known, Names(json.loads(look.clashing.inputs_content)))[:MOST_WAYS]

"""Questions beside a run's plan: ask, watch, stop, and read the answer."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import NotFoundError
from app.extensions import db
from app.portfolio.models import Inquiry, Run
from app.portfolio.presenters.inquiries import HINTS, answer_view, progress_of
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.outlook import outlook_view
from app.portfolio.presenters.sheets import Words
from app.portfolio.presenters.verdicts import job_verdict
from app.portfolio.queries import get_run
from app.portfolio.queries.answers import Answer, ranges_of
from app.portfolio.queries.inquiries import find_inquiry, question_of
from app.portfolio.routes.blueprint import RUN, bp, silence_of
from app.portfolio.rules import InquiryKind
from app.portfolio.services.inquiries import ask, stop_asking
from app.web.clock import now
from app.web.guards import about_costs, current_actor, requires

ANSWER = f"{RUN}/answers/<word>"


def _kind(word: str) -> InquiryKind:
    try:
        return InquiryKind(word)
    except ValueError:
        raise NotFoundError("There is no such question.") from None


def _found(run: Run, kind: InquiryKind) -> Inquiry | None:
    return find_inquiry(db.session, question_of(run, kind, kind.parameters))


def _kinds(run: Run) -> list[InquiryKind]:
    """What can be asked of the run."""
    noted = run.job.progress or {}
    has_plan = noted.get("value") is not None
    idle = {InquiryKind.CONFLICTS} if has_plan else set()
    if ranges_of(run) is None:
        idle.add(InquiryKind.OUTLOOK)
    return [kind for kind in InquiryKind if (has_plan or not kind.needs_plan) and kind not in idle]


@bp.get(f"{RUN}/answers")
@requires("scenarios.view")
@about_costs
def answers(run_id: int) -> Response:
    run = get_run(db.session, run_id)
    first = _kinds(run)[0]
    return redirect(url_for("portfolio.answer", run_id=run_id, word=first.value), 303)


@bp.get(ANSWER)
@requires("scenarios.view")
@about_costs
def answer(run_id: int, word: str) -> str:
    run, kind = get_run(db.session, run_id), _kind(word)
    inquiry = _found(run, kind)
    inputs = json.loads(run.inputs_content)
    view = None
    if inquiry is not None and inquiry.job.state.is_over and inquiry.content is not None:
        view = answer_view(json.loads(inquiry.content), Names(inputs))
    return render_template(
        "portfolio/answers.html",
        run=run,
        kind=kind,
        kinds=_kinds(run),
        hint=HINTS[kind],
        inquiry=inquiry,
        verdict=job_verdict(inquiry.job) if inquiry else None,
        view=view,
        pool_keys=[pool["key"] for pool in inputs.get("pools", ())],
        progress=_progress(run, kind, inquiry),
        once=lambda: uuid4().hex,
        can_ask=run.result_digest is not None and kind in _kinds(run),
    )


def _progress(run: Run, kind: InquiryKind, inquiry: Inquiry | None) -> dict[str, object] | None:
    if inquiry is None or inquiry.job.state.is_over:
        return None
    may_stop = current_actor().may("runs.start") and inquiry.job.stop_requested_at is None
    return {
        **progress_of(inquiry.job.progress, silence_of(inquiry.job)),
        "stop": url_for("portfolio.stop_answer", run_id=run.id, word=kind.value)
        if may_stop
        else None,
        "poll": url_for("portfolio.answer_progress", run_id=run.id, word=kind.value),
    }


def asked_outlook(run: Run, answer: Answer) -> dict[str, Any]:
    """How sure the run's plan is, for the page of its result: the answer, what works on it, why
    there is none, or that nobody asked."""
    kind, is_possible = InquiryKind.OUTLOOK, ranges_of(run) is not None
    inquiry = _found(run, kind) if is_possible else None
    view = failure = None
    if inquiry is not None and inquiry.job.state.is_over:
        if inquiry.content is not None:
            words = Words(json.loads(inquiry.content), Names(answer.inputs))
            view = outlook_view(words)
        failure = None if view else job_verdict(inquiry.job).sentence
    progress = _progress(run, kind, inquiry)
    return {"view": view, "progress": progress, "failure": failure, "is_possible": is_possible}


@bp.get(f"{ANSWER}/progress")
@requires("scenarios.view")
@about_costs
def answer_progress(run_id: int, word: str) -> Response:
    """The progress alone, for the page to put in place; at the end the page reloads."""
    run, kind = get_run(db.session, run_id), _kind(word)
    if "HX-Request" not in request.headers:
        return redirect(url_for("portfolio.answer", run_id=run_id, word=word), 303)
    progress = _progress(run, kind, _found(run, kind))
    response = make_response(render_template("portfolio/progress.html", progress=progress))
    if progress is None:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post(ANSWER)
@requires("runs.start")
def ask_answer(run_id: int, word: str) -> Response:
    kind = _kind(word)
    with transaction(db.session) as session:
        ask(session, get_run(session, run_id), kind, actor=current_actor(), now=now())
    address = url_for("portfolio.answer", run_id=run_id, word=word, _anchor="answer")
    return redirect(address, 303)


@bp.post(f"{ANSWER}/stop")
@requires("runs.start")
def stop_answer(run_id: int, word: str) -> Response:
    kind = _kind(word)
    with transaction(db.session) as session:
        inquiry = _found(get_run(session, run_id), kind)
        if inquiry is None:
            raise NotFoundError("Nobody asked this yet.")
        stop_asking(session, inquiry, actor=current_actor(), now=now())
    flash("What is known so far is kept.", "ok")
    return redirect(url_for("portfolio.answer", run_id=run_id, word=word), 303)


@bp.get(f"{ANSWER}/answer.json")
@requires("scenarios.view")
@about_costs
def answer_file(run_id: int, word: str) -> Response:
    run, kind = get_run(db.session, run_id), _kind(word)
    inquiry = _found(run, kind)
    if inquiry is None or inquiry.content is None:
        raise NotFoundError("There is no answer to this yet.")
    response = make_response(inquiry.content)
    response.headers["Content-Type"] = "application/json"
    name = f"{kind.value}-{inquiry.question[:12]}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

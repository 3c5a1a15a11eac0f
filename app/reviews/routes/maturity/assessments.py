"""One assessment: start it, say what it is of, look at it, compare it, close or discard it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError, ConflictError, NotFoundError
from app.extensions import db
from app.initiatives.queries import cycle_choices
from app.reviews.exports.maturity import answers_csv
from app.reviews.forms.maturity import AssessmentForm, DiscardForm, WholeForm
from app.reviews.models import MaturityAssessment
from app.reviews.presenters import maturity as presenters
from app.reviews.queries import maturity as queries
from app.reviews.routes.blueprint import bp
from app.reviews.routes.maturity.refusals import Answer, refused_form
from app.reviews.rules.maturity import WHOLE_COMPANY, Dimension
from app.reviews.services import maturity as services
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.guards import current_actor, requires
from app.web.subjects import link_subject

FORM = "reviews/maturity_form.html"

link_subject(bp, "maturity", lambda ref: url_for("reviews.show_assessment", assessment_id=int(ref)))


@bp.get("/maturity/new")
@requires("reviews.assess")
def new_assessment() -> str:
    """Show the form of a new assessment; ``scope`` in the address fills it in."""
    scope = request.args.get("scope", "").strip() or WHOLE_COMPANY
    form = _form(formdata=None, data={"scope": scope, "assessed_on": today()})
    return render_template(FORM, form=form, assessment=None)


@bp.post("/maturity")
@requires("reviews.assess")
def start_assessment() -> Answer:
    """Start an assessment and go on to its first dimension."""
    form = _form()
    if not form.validate_on_submit():
        return render_template(FORM, form=form, assessment=None), 422
    try:
        with transaction(db.session):
            id_ = answered_once(
                db.session, form.once.data, actor=current_actor(), action="maturity.started",
                params=form.typed(), now=now(),
                make=lambda: services.start_assessment(
                    db.session, form.draft(), actor=current_actor(), now=now()
                ).id,
            )  # fmt: skip
    except AppError as error:
        return refused_form(FORM, form, error, subject="", version=0, assessment=None)
    flash("The assessment is started. Every dimension is saved by itself.", "ok")
    first = next(iter(Dimension)).value
    address = url_for("reviews.answers", assessment_id=id_, dimension=first)
    return redirect(address, code=303)


@bp.get("/maturity/<int:assessment_id>")
@requires("reviews.view")
def show_assessment(assessment_id: int) -> str:
    """Show every answer with its evidence, beside those of an earlier assessment."""
    return _page(_loaded(assessment_id))


@bp.get("/maturity/<int:assessment_id>/answers.csv")
@requires("reviews.view")
def answers_file(assessment_id: int) -> Response:
    """Give the answers as CSV."""
    assessment = _loaded(assessment_id)
    response = current_app.response_class(answers_csv(assessment), mimetype="text/csv")
    name = f"maturity-{assessment.id}-{assessment.assessed_on}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/maturity/<int:assessment_id>/edit")
@requires("reviews.assess")
def edit_assessment(assessment_id: int) -> str:
    """Show what a draft is of, to change it."""
    assessment = _loaded(assessment_id)
    _check_draft(assessment)
    return render_template(FORM, form=_stored_form(assessment), assessment=assessment)


@bp.post("/maturity/<int:assessment_id>/edit")
@requires("reviews.assess")
def save_assessment(assessment_id: int) -> Answer:
    """Change what a draft is of."""
    assessment = _loaded(assessment_id)
    form = _form(assessment)
    if not form.validate_on_submit():
        return render_template(FORM, form=form, assessment=assessment), 422
    try:
        with transaction(db.session):
            services.edit_assessment(
                db.session, _loaded(assessment_id), form.draft(),
                expected_version=form.seen_version, actor=current_actor(), now=now(),
            )  # fmt: skip
    except AppError as error:
        assessment = _loaded(assessment_id)
        return refused_form(
            FORM, form, error, subject=f"maturity:{assessment_id}", version=assessment.version,
            assessment=assessment,
        )  # fmt: skip
    flash("The assessment is changed.", "ok")
    return redirect(url_for("reviews.show_assessment", assessment_id=assessment_id), code=303)


@bp.post("/maturity/<int:assessment_id>/close")
@requires("reviews.assess")
def close_assessment(assessment_id: int) -> Answer:
    """Close an assessment for good."""
    assessment, form = _loaded(assessment_id), WholeForm()
    scope = assessment.scope
    try:
        with transaction(db.session):
            services.close_assessment(
                db.session, _loaded(assessment_id), expected_version=form.seen_version,
                actor=current_actor(), now=now(),
            )  # fmt: skip
    except AppError as error:
        return _page(_loaded(assessment_id), refusal=error.message), status_of(error)
    flash("The assessment is closed: it never changes again, and counts from now on.", "ok")
    return redirect(url_for("reviews.maturity", scope=scope), code=303)


@bp.post("/maturity/<int:assessment_id>/discard")
@requires("reviews.assess")
def discard_assessment(assessment_id: int) -> Answer:
    """Remove a draft with a reason."""
    assessment, form = _loaded(assessment_id), DiscardForm()
    scope = assessment.scope
    if not form.validate_on_submit():
        return _page(assessment, discard=form), 422
    try:
        with transaction(db.session):
            services.discard_assessment(
                db.session, _loaded(assessment_id), reason=form.reason.data or "",
                expected_version=form.seen_version, actor=current_actor(), now=now(),
            )  # fmt: skip
    except AppError as error:
        form.refuse(error)
        assessment = _loaded(assessment_id)
        form.version.data, form.version.raw_data = str(queries.whole_version(assessment)), None
        return _page(assessment, discard=form), status_of(error)
    flash("The draft is discarded; what it said stays in the audit trail.", "ok")
    return redirect(url_for("reviews.maturity", scope=scope), code=303)


def _page(
    assessment: MaturityAssessment, *, refusal: str = "", discard: DiscardForm | None = None
) -> str:
    earlier = queries.earlier_closed(db.session, assessment)
    before = _compared(earlier)
    if before is not None:
        queries.load_answers(db.session, [before])
    version = {"version": str(queries.whole_version(assessment))}
    return render_template(
        "reviews/maturity_show.html",
        assessment=assessment,
        tone=presenters.STATE_TONES[assessment.state],
        facts=presenters.assessment_facts(assessment),
        earlier=earlier,
        before=before,
        views=presenters.dimension_views(assessment, before),
        left=queries.standing_of(assessment).open,
        refusal=refusal,
        close=WholeForm(formdata=None, data=version),
        discard=discard or DiscardForm(formdata=None, data=version),
    )


def _compared(earlier: list[MaturityAssessment]) -> MaturityAssessment | None:
    """Which earlier assessment stands beside: the one asked for, else the last before.

    Raises NotFoundError for one that does not fit.
    """
    asked = request.args.get("with", "")
    if not asked:
        return earlier[0] if earlier else None
    for one in earlier:
        if asked == str(one.id):
            return one
    raise NotFoundError("There is no such earlier assessment to compare with.")


def _loaded(assessment_id: int) -> MaturityAssessment:
    return queries.get_assessment(db.session, assessment_id)


def _check_draft(assessment: MaturityAssessment) -> None:
    if not assessment.is_draft:
        raise ConflictError("This assessment is closed and never changes; start a new one instead.")


def _form(kept: MaturityAssessment | None = None, **kwargs: Any) -> AssessmentForm:
    form = AssessmentForm(**kwargs)
    form.offer(cycle_choices(db.session, kept.cycle_id if kept else None))
    return form


def _stored_form(assessment: MaturityAssessment) -> AssessmentForm:
    return _form(
        assessment,
        formdata=None,
        data={
            "version": str(assessment.version),
            "scope": assessment.scope,
            "assessed_on": assessment.assessed_on,
            "cycle_id": assessment.cycle_id,
            "method": assessment.method,
        },
    )

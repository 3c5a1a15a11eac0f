"""Answer an assessment, a dimension a page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.db.session import transaction
from app.errors import AppError, NotFoundError
from app.extensions import db
from app.reviews.forms.maturity import AnswersForm, answers_data, answers_form
from app.reviews.models import MaturityAssessment
from app.reviews.presenters import maturity as presenters
from app.reviews.queries import maturity as queries
from app.reviews.routes.blueprint import bp
from app.reviews.routes.maturity.refusals import Answer, refused_form
from app.reviews.rules.maturity import Dimension, MaturityStage
from app.reviews.services import maturity as services
from app.web.clock import now
from app.web.guards import current_actor, requires

PAGE = "reviews/maturity_answers.html"


@bp.get("/maturity/<int:assessment_id>/<dimension>")
@requires("reviews.assess")
def answers(assessment_id: int, dimension: str) -> Answer:
    """Show the questions of one dimension to answer; those of a closed assessment to read."""
    assessment, chosen = _loaded(assessment_id, dimension)
    if not assessment.is_draft:
        return redirect(url_for("reviews.show_assessment", assessment_id=assessment_id), code=303)
    form = _form(
        assessment, chosen, formdata=None,
        data={"version": str(queries.answers_version(assessment, chosen))}
        | answers_data(queries.answers_of(assessment)),
    )  # fmt: skip
    return render_template(PAGE, form=form, **_context(assessment, chosen))


@bp.post("/maturity/<int:assessment_id>/<dimension>")
@requires("reviews.assess")
def save_answers(assessment_id: int, dimension: str) -> Answer:
    """Save the answers of one dimension and go on."""
    assessment, chosen = _loaded(assessment_id, dimension)
    form = _form(assessment, chosen)
    if not form.validate_on_submit():
        return render_template(PAGE, form=form, **_context(assessment, chosen)), 422
    try:
        with transaction(db.session):
            services.answer_questions(
                db.session, _loaded(assessment_id, dimension)[0], chosen, form.drafts(),
                expected_version=form.seen_version, actor=current_actor(), now=now(),
            )  # fmt: skip
    except AppError as error:
        assessment, chosen = _loaded(assessment_id, dimension)
        return refused_form(
            PAGE, form, error, subject=f"maturity:{assessment_id}",
            version=queries.answers_version(assessment, chosen), **_context(assessment, chosen),
        )  # fmt: skip
    flash(f"{chosen.word} is saved.", "ok")
    return redirect(_next_address(assessment_id, chosen), code=303)


def _next_address(assessment_id: int, chosen: Dimension) -> str:
    """Where to go on: the same page, the next open dimension, or the whole assessment."""
    following: Dimension | None = chosen
    if request.form.get("then") != "stay":
        assessment = queries.get_assessment(db.session, assessment_id)
        following = presenters.next_dimension(queries.standing_of(assessment), chosen)
    if following is None:
        return url_for("reviews.show_assessment", assessment_id=assessment_id)
    return url_for(
        "reviews.answers", assessment_id=assessment_id, dimension=following.value
    )  # fmt: skip


def _loaded(assessment_id: int, dimension: str) -> tuple[MaturityAssessment, Dimension]:
    chosen = next((one for one in Dimension if one.value == dimension), None)
    if chosen is None:
        raise NotFoundError("There is no such dimension.")
    return queries.get_assessment(db.session, assessment_id), chosen


def _form(assessment: MaturityAssessment, chosen: Dimension, **kwargs: Any) -> AnswersForm:
    return answers_form(queries.questionnaire_of(assessment).of(chosen), **kwargs)


def _context(assessment: MaturityAssessment, chosen: Dimension) -> dict[str, Any]:
    earlier = queries.earlier_closed(db.session, assessment)[:1]
    queries.load_answers(db.session, earlier)
    before = queries.answers_of(earlier[0]) if earlier else {}
    return {
        "assessment": assessment,
        "dimension": chosen,
        "stages": {str(stage.number): stage for stage in MaturityStage},
        "steps": presenters.answer_steps(queries.standing_of(assessment), chosen),
        "before": presenters.said_before(queries.questionnaire_of(assessment), before),
        "before_on": earlier[0].assessed_on if earlier else None,
    }

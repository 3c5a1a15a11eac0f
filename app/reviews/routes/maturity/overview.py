"""Where the practice stands: the last closed assessment, the way there, and where to act."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from app.extensions import db
from app.reviews.models import MaturityAssessment
from app.reviews.presenters import maturity as presenters
from app.reviews.queries import maturity as queries
from app.reviews.routes.blueprint import bp
from app.reviews.rules.maturity import CURRENT, WHOLE_COMPANY, Dimension, MaturityStage
from app.web.guards import requires


@bp.get("/maturity")
@requires("reviews.view")
def maturity() -> str:
    """Show how mature the practice of the company, or of a unit, is."""
    known = queries.list_assessments(db.session)
    scopes = _scopes(known)
    wanted = request.args.get("scope", "").strip().casefold()
    scope = next((one for one in scopes if one.casefold() == wanted), _first(scopes, known))
    own = [one for one in known if one.scope == scope]
    queries.load_answers(db.session, own)
    return render_template(
        "reviews/maturity.html",
        scope=scope,
        scopes=[(one, url_for("reviews.maturity", scope=one), one == scope) for one in scopes],
        rows=presenters.assessment_rows(own),
        draft=next((one for one in own if one.is_draft), None),
        questionnaire=CURRENT,
        stages=list(MaturityStage),
        dimensions=list(Dimension),
        **_standing(own),
    )


def _scopes(known: list[MaturityAssessment]) -> list[str]:
    """The whole company first, then units by name."""
    names = sorted({one.scope for one in known}, key=lambda name: (name != WHOLE_COMPANY, name))
    return names or [WHOLE_COMPANY]


def _first(scopes: list[str], known: list[MaturityAssessment]) -> str:
    """The first scope that was assessed to the end, else the first of all."""
    closed = {one.scope for one in known if not one.is_draft}
    return next((one for one in scopes if one in closed), scopes[0])


def _standing(own: list[MaturityAssessment]) -> dict[str, Any]:
    closed = [one for one in own if not one.is_draft]
    if not closed:
        return {"last": None, "progress": _progress(own)}
    last, before = closed[0], closed[1] if len(closed) > 1 else None
    now = queries.standing_of(last)
    then = queries.standing_of(before) if before else None
    told = [(one.assessed_on, queries.standing_of(one)) for one in reversed(closed)]
    return {
        "last": last,
        "before": before,
        "facts": presenters.assessment_facts(last),
        "progress": _progress(own),
        "figures": presenters.key_figures(now, then, before.assessed_on if before else None),
        "radar": presenters.radar(now, then),
        "levels": presenters.dimension_rows(now, then),
        "trends": presenters.trends(told) if before else [],
        "trend_rows": presenters.trend_table(told),
        "acts": presenters.acts(now),
        "finished": presenters.finished_words(now),
    }


def _progress(own: list[MaturityAssessment]) -> str:
    draft = next((one for one in own if one.is_draft), None)
    return presenters.progress_words(draft) if draft else ""

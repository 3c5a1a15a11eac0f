"""Two to four runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.calendar.queries import find_current_cycle, list_cycles
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.portfolio.models import Run
from app.portfolio.presenters.comparison import compare
from app.portfolio.presenters.figures import figures
from app.portfolio.presenters.neighbours import LETTERS
from app.portfolio.presenters.scenarios import may_have_plan, run_choice
from app.portfolio.queries import get_run, list_runs_to_compare
from app.portfolio.queries.answers import Answer, UntrueAnswerError, load_answer
from app.portfolio.routes.blueprint import bp
from app.web.addresses import LARGEST_ID
from app.web.clock import today
from app.web.guards import about_costs, requires


@bp.get("/scenarios/compare")
@requires("scenarios.view")
@about_costs
def compare_runs() -> str | tuple[str, int] | Response:
    runs = _asked()
    context: dict[str, Any] = {"letters": LETTERS, "runs": runs, "choices": _choices(runs)}
    if len(runs) < 2:
        return render_template("portfolio/compare.html", **context)
    answers: list[Answer] = []
    for run in runs:
        try:
            answers.append(_answer(run))
        except UntrueAnswerError as error:
            return render_template("portfolio/untrue.html", run=run, error=error), 409
        except InvalidError as error:
            return render_template("portfolio/compare.html", problem=error.message, **context), 422
    try:
        found = [compare(answers[0], one) for one in answers[1:]]
    except InvalidError as error:
        return render_template("portfolio/compare.html", problem=error.message, **context), 422
    turned = url_for("portfolio.compare_runs", run=[one.id for one in (*runs[1:], runs[0])])
    return render_template(
        "portfolio/compare.html",
        found=found,
        figures=figures(answers),
        turned=turned,
        pool_keys=[pool.key for answer in answers for pool in answer.problem.pools],
        **context,
    )


def _asked() -> list[Run]:
    """The runs of the address in its order, at most as many as there are letters.

    ``a`` and ``b`` are how addresses named two of them before.
    """
    args = request.args
    texts = args.getlist("run") or [args.get("a", ""), args.get("b", "")]
    return [get_run(db.session, _number(text)) for text in texts if text][: len(LETTERS)]


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > LARGEST_ID:
        raise NotFoundError("There is no such run, or it was removed.")
    return int(text)


def _answer(run: Run) -> Answer:
    answer = load_answer(run)
    if answer is None or not answer.has_plan:
        raise InvalidError(
            f"Run {run.id} of {run.scenario.name} has no plan, so there is nothing to compare. "
            "Choose another run."
        )
    return answer


def _choices(asked: Sequence[Run]) -> list[tuple[int, str]]:
    """Runs with a plan of the same cycle, or of the current one; those asked for among them."""
    cycle_id = asked[0].scenario.cycle_id if asked else None
    if cycle_id is None:
        cycle = find_current_cycle(db.session, today()) or next(iter(list_cycles(db.session)), None)
        if cycle is None:
            return []
        cycle_id = cycle.id
    runs = list_runs_to_compare(db.session, cycle_id)
    return [(one.id, run_choice(one, one.scenario.name)) for one in runs if may_have_plan(one)]

"""Two runs side by side."""

from __future__ import annotations

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.calendar.queries import find_current_cycle, list_cycles
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.portfolio.models import Run
from app.portfolio.presenters.comparison import compare
from app.portfolio.presenters.scenarios import may_have_plan, run_choice
from app.portfolio.queries import get_run, list_runs_to_compare
from app.portfolio.queries.answers import Answer, UntrueAnswerError, load_answer
from app.portfolio.routes.blueprint import bp
from app.web.addresses import LARGEST_ID
from app.web.clock import today
from app.web.guards import requires


@bp.get("/scenarios/compare")
@requires("scenarios.view")
def compare_runs() -> str | tuple[str, int] | Response:
    first, second = _asked("a"), _asked("b")
    choices = _choices(first or second)
    if first is None or second is None:
        return render_template("portfolio/compare.html", a=first, b=second, choices=choices)
    try:
        found = compare(_answer(first), _answer(second))
    except UntrueAnswerError as error:
        return render_template("portfolio/untrue.html", run=first, error=error), 409
    except InvalidError as error:
        problem = error.message
        page = render_template(
            "portfolio/compare.html", a=first, b=second, choices=choices, problem=problem
        )
        return page, 422
    return render_template(
        "portfolio/compare.html", a=first, b=second, choices=choices, found=found,
        swapped=url_for("portfolio.compare_runs", a=second.id, b=first.id),
    )  # fmt: skip


def _asked(name: str) -> Run | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > LARGEST_ID:
        raise NotFoundError("There is no such run, or it was removed.")
    return get_run(db.session, int(text))


def _answer(run: Run) -> Answer:
    answer = load_answer(run)
    if answer is None or not answer.has_plan:
        raise InvalidError(
            f"Run {run.id} of {run.scenario.name} has no plan, so there is nothing to compare. "
            "Choose another run."
        )
    return answer


def _choices(run: Run | None) -> list[tuple[int, str]]:
    """Runs with a plan of the same cycle, or of the current one."""
    cycle_id = run.scenario.cycle_id if run else None
    if cycle_id is None:
        cycle = find_current_cycle(db.session, today()) or next(iter(list_cycles(db.session)), None)
        if cycle is None:
            return []
        cycle_id = cycle.id
    runs = list_runs_to_compare(db.session, cycle_id)
    return [(one.id, run_choice(one, one.scenario.name)) for one in runs if may_have_plan(one)]

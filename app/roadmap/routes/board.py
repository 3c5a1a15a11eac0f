"""The roadmap."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.extensions import db
from app.roadmap.presenters import board
from app.roadmap.presenters.choices import Lanes, RoadmapChoices
from app.roadmap.presenters.drafts import Drafted, draft_query, drafted, read_draft
from app.roadmap.presenters.files import NUMBERS, roadmap_lines
from app.roadmap.presenters.inspector import Inspected, find_hurdle, inspected
from app.roadmap.presenters.lanes import LaneSet, journey_lanes, team_lanes, unit_lanes
from app.roadmap.presenters.replanning import stale_words
from app.roadmap.presenters.standing import Standing, standings
from app.roadmap.queries.load import (
    Only,
    load_money_by_journey,
    load_money_by_unit,
    load_team_work,
)
from app.roadmap.queries.needed import load_lost_needs
from app.roadmap.queries.timeline import (
    list_deciders,
    load_hurdle_evidence,
    load_timeline,
)
from app.roadmap.queries.works import load_plan_numbers
from app.roadmap.routes.blueprint import bp, initiative_pages
from app.roadmap.routes.drafting import looked_at, roadmap_with
from app.roadmap.rules.replanning import Draft
from app.web.assets import has_endpoint
from app.web.clock import today
from app.web.guards import costs_are_hidden, current_actor, may, requires
from app.web.workbooks import list_file


@bp.get("/roadmap")
@requires("roadmap.view")
def index() -> str | Response:
    """Show all funded initiatives with their hurdles on a time axis."""
    choices = RoadmapChoices.read(request.args)
    known = standings(load_timeline(db.session), today(), load_lost_needs(db.session))
    if not known:
        return render_template("roadmap/empty.html")
    person_id = current_actor().id
    reach = board.in_reach(known, choices)
    shown = board.shown_of(reach, choices.show, person_id)
    page_of = initiative_pages()
    span = board.span_of(shown)
    zoom = board.zoom_of(span, choices)
    lanes = _lanes(choices.lanes, shown, is_narrowed=len(shown) < len(known))
    looked = looked_at(read_draft(request.args))
    if looked.newer:
        flash(" ".join(stale_words(looked.asked, looked.draft, looked.newer)), "warn")
        return redirect(roadmap_with(looked.draft), code=303)
    return render_template(
        "roadmap/board.html",
        choices=choices,
        head=board.head(known, reach, choices, zoom, person_id),
        drawing=board.drawing(
            lanes, choices, (zoom, today(), span), page_of, _move_pages(looked.draft)
        ),
        drafted=_drafted(looked.draft, known),
        page=board.table_page(shown, choices, page_of),
        inspected=_inspected(known, choices.at),
    )


@bp.get("/roadmap.csv")
@requires("roadmap.view")
def roadmap_file() -> FileResponse:
    """Give the table of the roadmap, all pages of what is shown, as CSV."""
    return _file("roadmap.csv")


@bp.get("/roadmap.xlsx")
@requires("roadmap.view")
def roadmap_workbook() -> FileResponse:
    """Give the table of the roadmap, all pages of what is shown, as XLSX."""
    return _file("roadmap.xlsx")


def _file(name: str) -> FileResponse:
    choices = RoadmapChoices.read(request.args)
    known = standings(load_timeline(db.session), today(), load_lost_needs(db.session))
    shown = board.shown_of(board.in_reach(known, choices), choices.show, current_actor().id)
    return list_file(
        roadmap_lines(shown, shows_money=not costs_are_hidden()), name, numbers=NUMBERS
    )


def _drafted(draft: Draft, known: Sequence[Standing]) -> Drafted | None:
    """The draft to go on with, for whoever may."""
    if not may("roadmap.replan"):
        return None
    cycles = {one.commitment.cycle_id for one in known}
    return drafted(draft, url_for("roadmap.review_plan"), load_plan_numbers(db.session, cycles))


def _move_pages(draft: Draft) -> Callable[[int], str] | None:
    """Where each bar is moved, for whoever may."""
    if not may("roadmap.replan"):
        return None
    start, end = url_for("roadmap.move_work", commitment_id=0).split("/0/")
    return lambda id_: f"{start}/{id_}/{end}{draft_query(draft)}"


def _inspected(known: Sequence[Standing], tranche_id: int | None) -> Inspected | None:
    found = find_hurdle(known, tranche_id)
    if found is None:
        return None
    standing, hurdle = found
    evidence = load_hurdle_evidence(db.session, hurdle.tranche_id, hurdle.facts.starts_on)
    return inspected(standing, hurdle, evidence, list_deciders(db.session), today())


def _lanes(lanes: Lanes, shown: Sequence[Standing], *, is_narrowed: bool) -> LaneSet:
    """Loads count what is shown: all of a lane, or what the filters leave of it."""
    only = frozenset(one.commitment.id for one in shown) if is_narrowed else None
    found = LANE_SETS[lanes](db.session, shown, only)
    return found.of_what_is_shown() if is_narrowed else found


def _by_journey(session: Session, shown: Sequence[Standing], only: Only) -> LaneSet:
    return journey_lanes(shown, load_money_by_journey(session, only), _page_of_journey)


def _page_of_journey(key: str) -> str | None:
    return url_for("journeys.show", key=key) if has_endpoint("journeys.show") else None


def _by_team(session: Session, shown: Sequence[Standing], only: Only) -> LaneSet:
    return team_lanes(shown, load_team_work(session, only))


def _by_unit(session: Session, shown: Sequence[Standing], only: Only) -> LaneSet:
    return unit_lanes(shown, load_money_by_unit(session, only))


LANE_SETS: dict[Lanes, Callable[[Session, Sequence[Standing], Only], LaneSet]] = {
    Lanes.JOURNEY: _by_journey,
    Lanes.TEAM: _by_team,
    Lanes.UNIT: _by_unit,
}

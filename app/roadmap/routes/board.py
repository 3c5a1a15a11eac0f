"""The roadmap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.extensions import db
from app.roadmap.presenters import board
from app.roadmap.presenters.bars import Drawer
from app.roadmap.presenters.choices import Lanes, RoadmapChoices
from app.roadmap.presenters.drafts import (
    Drafted,
    draft_pairs,
    drafted,
    read_draft,
)
from app.roadmap.presenters.files import NUMBERS, roadmap_lines
from app.roadmap.presenters.lanes import (
    LaneSet,
    fund_lanes,
    journey_lanes,
    owner_lanes,
    team_lanes,
    unit_lanes,
)
from app.roadmap.presenters.linked import linked_by_key
from app.roadmap.presenters.replanning import stale_words
from app.roadmap.presenters.standing import Standing, standings
from app.roadmap.queries.links import load_links
from app.roadmap.queries.load import (
    Only,
    load_fund_work,
    load_money_by_journey,
    load_money_by_owner,
    load_money_by_unit,
    load_team_work,
)
from app.roadmap.queries.needed import load_lost_needs
from app.roadmap.queries.timeline import load_timeline
from app.roadmap.routes.blueprint import bp, initiative_pages
from app.roadmap.routes.drafting import looked_at, roadmap_with
from app.roadmap.routes.inspecting import looked_closely
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
    linked = linked_by_key(load_links(db.session))
    closely = looked_closely(known, choices, linked)
    if "HX-Request" in request.headers:
        return render_template("roadmap/inspector.html", choices=choices, inspected=closely)
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
            lanes,
            (zoom, today(), span),
            Drawer(choices, page_of, may_move=may("roadmap.replan"), linked=linked),
        ),
        drafted=_drafted(looked.draft, known),
        shared=_shared(choices.shared(zoom, person_id), looked.draft),
        on=today(),
        unseen=looked.draft.count and not may("roadmap.replan"),
        page=board.table_page(shown, choices, page_of),
        inspected=closely,
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


def _shared(choices: RoadmapChoices, draft: Draft) -> str:
    """The whole address of this very view, for somebody else."""
    query = choices.href()
    if draft.count:
        query += ("" if query == "?" else "&") + urlencode(draft_pairs(draft), safe=":,")
    return url_for("roadmap.index", _external=True) + query


def _drafted(draft: Draft, known: Sequence[Standing]) -> Drafted | None:
    """The draft to go on with, for whoever may."""
    if not may("roadmap.replan"):
        return None
    numbers = {one.commitment.cycle_id: one.commitment.plan_number for one in known}
    return drafted(draft, url_for("roadmap.review_plan"), numbers)


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
    shifts = {one.commitment.id: one.commitment.shifts for one in shown}
    return team_lanes(shown, load_team_work(session, shifts, only))


def _by_fund(session: Session, shown: Sequence[Standing], only: Only) -> LaneSet:
    return fund_lanes(shown, load_fund_work(session, only))


def _by_owner(session: Session, shown: Sequence[Standing], only: Only) -> LaneSet:
    return owner_lanes(shown, load_money_by_owner(session, only))


def _by_unit(session: Session, shown: Sequence[Standing], only: Only) -> LaneSet:
    return unit_lanes(shown, load_money_by_unit(session, only))


LANE_SETS: dict[Lanes, Callable[[Session, Sequence[Standing], Only], LaneSet]] = {
    Lanes.JOURNEY: _by_journey,
    Lanes.TEAM: _by_team,
    Lanes.FUND: _by_fund,
    Lanes.OWNER: _by_owner,
    Lanes.UNIT: _by_unit,
}

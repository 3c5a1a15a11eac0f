"""What stands beside the roadmap: the hurdle or the initiative looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from app.extensions import db
from app.roadmap.presenters.choices import RoadmapChoices
from app.roadmap.presenters.inspector import (
    MOVES,
    Inspected,
    find_hurdle,
    find_work,
    inspected,
    inspected_work,
    link_lines,
    move_lines,
)
from app.roadmap.presenters.linked import ALONE, Linked
from app.roadmap.presenters.standing import Standing
from app.roadmap.queries.links import LinkEnd
from app.roadmap.queries.plans import HistoryFilter, MoveLine, list_hurdle_moves, list_moves
from app.roadmap.queries.timeline import list_deciders, load_hurdle_evidence
from app.web.clock import today


def looked_closely(
    known: Sequence[Standing], choices: RoadmapChoices, linked: Mapping[str, Linked]
) -> Inspected | None:
    """What the address asks to look at, None where it asks for nothing that is there."""
    found = _hurdle(known, choices.at) or _work(known, choices.work)
    if found is None:
        return None
    links = link_lines(linked.get(found.key, ALONE), _look(known, choices))
    return replace(found, links=links)


def _hurdle(known: Sequence[Standing], tranche_id: int | None) -> Inspected | None:
    found = find_hurdle(known, tranche_id)
    if found is None:
        return None
    standing, hurdle = found
    moves = list_hurdle_moves(db.session, hurdle.tranche_id)
    evidence = load_hurdle_evidence(
        db.session, hurdle.tranche_id, hurdle.facts.starts_on, {one.who_id for one in moves}
    )
    told = inspected(standing, hurdle, evidence, list_deciders(db.session), today())
    return _with_moves(told, moves)


def _work(known: Sequence[Standing], commitment_id: int | None) -> Inspected | None:
    """An initiative with everything that moved of it, its hurdles, too."""
    standing = find_work(known, commitment_id)
    if standing is None:
        return None
    moves = list_moves(db.session, HistoryFilter(commitment_id=standing.commitment.id))
    return _with_moves(inspected_work(standing, today()), moves)


def _with_moves(found: Inspected, moves: Sequence[MoveLine]) -> Inspected:
    return replace(found, moves=move_lines(moves[:MOVES]), more_moves=len(moves[MOVES:]))


def _look(known: Sequence[Standing], choices: RoadmapChoices) -> Callable[[LinkEnd], str | None]:
    """Where the other end of a dependency is looked at, None where it never was funded."""
    works = {one.commitment.key: one.commitment.id for one in known}
    return lambda end: (
        choices.href(at=None, work=works[end.key], page=choices.page) if end.key in works else None
    )

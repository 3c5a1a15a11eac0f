"""A draft of moves in an address, against the plan as it is by the time it is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from flask import request, url_for

from app.extensions import db
from app.roadmap.presenters.drafts import draft_pairs, read_draft
from app.roadmap.queries.plans import HistoryFilter, MoveLine, list_moves
from app.roadmap.queries.works import load_months_since, load_plan_numbers, load_works
from app.roadmap.rules.replanning import Draft, rebased
from app.roadmap.rules.works import Works


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft as it was asked for and as it is now, with what moved meanwhile, newest first."""

    asked: Draft
    draft: Draft
    newer: list[MoveLine] = field(default_factory=list)


def looked_at(asked: Draft, works: Works | None = None) -> Looked:
    """The draft on the newest plan versions; what stands where it was to go is left out."""
    numbers = load_plan_numbers(db.session, asked.base) if asked.base else {}
    old = {id_: seen for id_, seen in asked.base.items() if numbers[id_] > seen}
    if not old:
        return Looked(asked, asked)
    late = load_months_since(db.session, old)
    now = rebased(asked, load_works(db.session) if works is None else works, late)
    newer = [
        line
        for cycle_id in sorted(old)
        for line in list_moves(db.session, HistoryFilter(cycle_id=cycle_id))
        if (line.number or 0) > old[cycle_id]
    ]
    return Looked(asked, replace(now, base=numbers), newer)


def with_moves(
    cycle_id: int,
    bars: Mapping[int, int] | None = None,
    gates: Mapping[int, date] | None = None,
) -> Draft:
    """The draft of the address and more moves of a cycle, all on the newest plan versions."""
    before = looked_at(read_draft(request.args)).draft
    base = load_plan_numbers(db.session, {cycle_id, *before.base})
    return Draft({**before.bars, **(bars or {})}, {**before.gates, **(gates or {})}, base)


def roadmap_with(draft: Draft) -> str:
    """The roadmap as it was asked for, with another draft."""
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in ("base", "bar", "gate")
    ]
    query = urlencode([*kept, *(draft_pairs(draft) if draft.count else ())], safe=":,")
    return url_for("roadmap.index") + (f"?{query}" if query else "")

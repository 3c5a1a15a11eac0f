"""Teams loaded over 100 %, in words: before a plan version is saved, and in its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.roadmap.presenters.words import load_percent
from app.roadmap.queries.load import TeamDemand
from app.roadmap.rules.overloads import Overload, overload_of, overloads
from app.roadmap.rules.replanning import Replan
from app.roadmap.rules.works import Works
from app.web.filters import counted, number
from app.web.filters import quarter as quarter_words


def overload_lines(works: Works, plan: Replan, asked: TeamDemand) -> list[str]:
    """A sentence for every quarter over 100 % once a plan is saved, of the teams it moves."""
    before = asked.loads({one.id: one.shifts for one in works.values()})
    after = asked.loads({one.id: plan.after(one) for one in works.values()})
    return [_line(one) for one in overloads(before, after, asked.available, asked.names)]


def kept_lines(kept: Sequence[Mapping[str, str]] | None) -> list[str]:
    """The sentences of a saved version; none for one from before they were kept."""
    return [_line(overload_of(one)) for one in kept or ()]


def kept_words(kept: Sequence[Mapping[str, str]] | None) -> str:
    """How many teams a saved version loads over 100 %; empty for none."""
    teams = {one["team"] for one in kept or ()}
    return f"{counted(len(teams), 'team')} over 100\u202f%" if teams else ""


def _line(one: Overload) -> str:
    was = _load(one.before, one.available)
    return f"{one.team}, {quarter_words(one.quarter)}: {_load(one.after, one.available)}, was {was}"


def _load(days: Decimal, available: Decimal) -> str:
    if available:
        return f"{load_percent(days / available)} ({_days(days)} of {_days(available)} d)"
    return f"{_days(days)} d, none available" if days else "nothing asked"


def _days(days: Decimal) -> str:
    return number(days.normalize())

"""What is impossible about the months to cut a baseline from, and what should be known of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from app.journeys.rules.coverage import LogSource
from app.journeys.rules.cutting import LoggedMonth
from app.journeys.rules.months import USUAL_MONTHS, MonthSpan
from app.values.written import day_words, month_words

MOST_ONE_IN = 1_000_000
"""The thinnest sample a log may be."""
MOST_NAMED = 3


def period_faults(
    period: MonthSpan,
    sources: Sequence[LogSource],
    contacts: int,
    *,
    hidden: int = 0,
    today: date,
) -> dict[str, str]:
    """What is impossible about a period, one sentence by field (``first``, ``last``).

    ``contacts`` are those logged where the journey shows, ``hidden`` those at hidden stages.
    """
    if period.months < 1:
        return {"last": "The last month lies before the first."}
    if period.ends_on > today:
        return {"last": f"{period.last:%B %Y} is not over yet; choose whole months that are."}
    if not contacts and hidden:
        return {"first": f"{_lying(hidden, 'logged in')}; show these stages first."}
    if not sources:
        return {"first": "No interactions of this journey are logged; import a log first."}
    if not contacts:
        return {
            "last": f"No contacts of this journey are logged from {_day(period.first)} to "
            f"{_day(period.ends_on)}; choose months that are."
        }
    return {}


def sample_faults(one_in: int) -> dict[str, str]:
    """What is impossible about the sample a log is, by field."""
    if 1 <= one_in <= MOST_ONE_IN:
        return {}
    return {
        "one_in": f"Enter a whole number from 1 to {MOST_ONE_IN:,}; 1: every contact is logged."
    }


def period_warnings(
    period: MonthSpan,
    sources: Sequence[LogSource],
    months: Sequence[LoggedMonth],
    *,
    days: Mapping[int, int],
    names: Mapping[int, str],
    hidden: int = 0,
) -> list[str]:
    """What should be known before figures of a period are taken, as sentences.

    ``days`` covered and ``names`` are by touchpoint id; ``hidden`` contacts lie at hidden stages.
    """
    said = [*_counted_twice(sources, months), *_uncovered(period, days, names)]
    if period.months < USUAL_MONTHS:
        said.append("Less than a year is counted, so a season may count for the whole year.")
    if hidden:
        said.append(
            f"{_lying(hidden, 'of')} and {'is' if hidden == 1 else 'are'} left out; show these "
            "stages to count them."
        )
    return said


def _uncovered(period: MonthSpan, days: Mapping[int, int], names: Mapping[int, str]) -> list[str]:
    """The touchpoints where the log does not cover the whole period, by how much it covers."""
    by_days: dict[int, list[str]] = defaultdict(list)
    for id_, covered in days.items():
        by_days[covered].append(f"“{names[id_]}”")
    everywhere = len(by_days) == 1
    return [
        f"{'The log' if everywhere else f'At {_listed(places)} the log'} covers {covered:,} of the "
        f"{period.days:,} days of the period; a year’s contacts are worked out from those "
        f"{covered:,} days."
        for covered, places in sorted(by_days.items())
        if covered < period.days
    ]


def _listed(places: Sequence[str]) -> str:
    left = len(places) - MOST_NAMED
    if left > 0:
        return f"{', '.join(places[:MOST_NAMED])} and {left} more"
    return " and ".join(filter(None, (", ".join(places[:-1]), places[-1])))


def _counted_twice(sources: Sequence[LogSource], months: Sequence[LoggedMonth]) -> list[str]:
    """Pairs of sources with contacts at one touchpoint in one month: perhaps the same ones.

    Of an import and the one that corrects it each row counts in one of the two.
    """
    names = {one.id: one.name for one in sources}
    apart = {frozenset((one.id, other)) for one in sources for other in one.told_apart}
    shared: dict[tuple[int, int], set[date]] = defaultdict(set)
    by_cell: dict[tuple[int, date], set[int]] = defaultdict(set)
    for one in months:
        by_cell[one.touchpoint_id, one.month].add(one.source_id)
    for (_, month), ids in by_cell.items():
        ordered = sorted(ids)
        for place, first in enumerate(ordered):
            for second in ordered[place + 1 :]:
                if frozenset((first, second)) not in apart:
                    shared[first, second].add(month)
    return [
        f"“{names[first]}” and “{names[second]}” both have contacts at the same touchpoints in "
        f"{_months(found)}. If they log the same contacts, these are counted twice; leave one out."
        for (first, second), found in sorted(shared.items())
    ]


def _months(found: set[date]) -> str:
    ordered = sorted(found)
    first, last = f"{month_words(ordered[0])}", f"{month_words(ordered[-1])}"
    return first if first == last else f"{len(ordered)} months from {first} to {last}"


def _lying(count: int, joined: str) -> str:
    """Contacts at hidden stages as the subject of a sentence with its verb."""
    if count == 1:
        return f"1 contact {joined} the period lies at hidden stages"
    return f"{count:,} contacts {joined} the period lie at hidden stages"


def _day(day: date) -> str:
    return f"{day_words(day)}"

"""Rows that earlier logs seem to have already: told, as nothing tells for sure.

Of an earlier log with no day in common nothing is told: what is alike there came again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.interactions.engine.draft import Reading
from app.interactions.engine.duck import fetch_one
from app.interactions.engine.known import COMPARED, Known, log_scan, named
from app.interactions.engine.log import LOG_FILE
from app.interactions.engine.requests import Issue, KnownLog, ReadRequest
from app.values.counts import so_many

SHARE = 0.2
"""From this share of its rows on a file is said to repeat an earlier one."""
_SHIFTED = "INTERVAL 7 DAY"
"""By how much moments are moved to see how many are alike by chance: weekdays and hours stay."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two rows have to have in common to be alike, which a digest of 64 bits tells.

    ``wanted`` has to be known of a row. ``by_chance``: rows of different contacts may be alike, so
    half of those that are must not be after one log was moved by a week.
    """

    columns: tuple[str, ...]
    said: str
    wanted: str | None = None
    by_chance: bool = True


_WHOLE = Likeness(COMPARED, "say in every column what rows of", by_chance=False)
_CUSTOMER = Likeness(
    ("occurred_at", "customer"), "have the moment and the customer of rows of", "customer"
)
_REASON = Likeness(("occurred_at", "reason"), "have the moment and the reason of rows of", "reason")


@dataclass(frozen=True, slots=True)
class _Overlap:
    """An earlier log, and what selects its rows and the file's on the days of both."""

    log: KnownLog
    mine: str
    theirs: str


def told_overlaps(reading: Reading, shown_as: str, known: Known | None) -> list[Issue]:
    """A note for each earlier log that seems to have a good part of the file's rows.

    Of a log of the same source those count that no id tells apart, or that no id is known of.
    """
    request = reading.request
    rows = f"(SELECT {shown_as} FROM {reading.scan})"
    nameless = rows
    if request.mapping.id is not None and not reading.is_spread:
        nameless = f"(SELECT * FROM {rows} WHERE id IS NULL)"
    fresh = rows
    if known is not None:
        fresh = f"(SELECT * FROM {rows} WHERE row NOT IN (SELECT row FROM {known.rows}))"
    frames = {one: _frame(reading, one) for one in {rows, nameless}} if _logs(request) else {}
    told = []
    for log in _logs(request):
        is_own = log in request.known
        some = nameless if is_own else rows
        issue = _told(reading, log, some, frames[some], (_WHOLE,))
        if issue is None and not reading.is_spread:
            some = fresh if is_own else rows
            issue = _told(reading, log, some, frames[rows], (_CUSTOMER, _REASON))
        if issue is not None:
            told.append(issue)
    return told


def _logs(request: ReadRequest) -> list[KnownLog]:
    """The logs to compare with; one of another source that is gone bars nothing."""
    there = [one for one in request.beside if (Path(one.folder) / LOG_FILE).is_file()]
    return [*request.known, *there]


Frame = tuple[date | None, date | None, int]
"""The first and the last day of rows, and how many they are."""


def _frame(reading: Reading, rows: str) -> Frame:
    query = f"SELECT min(occurred_on), max(occurred_on), count(*) FROM {rows}"
    first, last, number = fetch_one(reading.engine, query)
    return first, last, number


def _told(
    reading: Reading, log: KnownLog, rows: str, frame: Frame, likenesses: tuple[Likeness, ...]
) -> Issue | None:
    """What the first likeness says that enough of the rows in the ``frame`` have; or None."""
    first, last, number = frame
    if not number:
        return None
    found = fetch_one(
        reading.engine,
        f"SELECT min(occurred_on), max(occurred_on) FROM {log_scan(log)}"
        f" WHERE occurred_on BETWEEN '{first}' AND '{last}'",
    )
    if found[0] is None:
        return None
    days = f"occurred_on BETWEEN '{found[0]}' AND '{found[1]}'"
    both = _Overlap(
        log, f"(SELECT * FROM {rows} WHERE {days})", f"(SELECT * FROM {log_scan(log)} WHERE {days})"
    )
    if _frame(reading, both.mine)[2] < SHARE * number:
        return None
    for one in likenesses:
        if one is _REASON and _name_customers(reading, both):
            continue  # then those who differ are others, whatever they came for
        alike = _alike(reading, both, one, number)
        if alike:
            return Issue(
                row=0, column="", severity="note",
                message=f"{so_many(alike, 'row')} of {number:,} ({100 * alike // number} %)"
                f" {one.said} {named(log)}{_rest(one)}",
            )  # fmt: skip
    return None


def _name_customers(reading: Reading, both: _Overlap) -> bool:
    query = "SELECT count(customer) > 0 FROM "
    return all(fetch_one(reading.engine, query + rows)[0] for rows in (both.mine, both.theirs))


def _rest(likeness: Likeness) -> str:
    same = " say, on the same days" if likeness is _WHOLE else ""
    again = (
        "take that import back first, or import only the new rows."
        if likeness is _WHOLE
        else "take that import back first, import only the new rows, or name the same system and"
        " the same columns of moment and id as there, by which they stay out."
    )
    return f"{same}. If they are the same contacts, they would count twice: {again}"


def _alike(reading: Reading, both: _Overlap, likeness: Likeness, rows: int) -> int:
    """How many of the file's ``rows`` are alike; 0 where those are too few, or chance."""
    alike = _count(reading, both, likeness)
    if alike < SHARE * rows:
        return 0
    if likeness.by_chance and 2 * _count(reading, both, likeness, moved=True) > alike:
        return 0
    return alike


def _count(reading: Reading, both: _Overlap, likeness: Likeness, *, moved: bool = False) -> int:
    """How many rows are alike; those that are alike among themselves as often as in both."""
    mine = _digests(both.mine, likeness, moved=moved)
    return int(
        fetch_one(
            reading.engine,
            "SELECT coalesce(sum(least(mine.n, theirs.n)), 0)"
            f" FROM {mine} AS mine JOIN {_digests(both.theirs, likeness)} AS theirs USING (digest)",
        )[0]
    )


def _digests(rows: str, likeness: Likeness, *, moved: bool = False) -> str:
    columns = [
        f"{one} + {_SHIFTED}" if moved and one == "occurred_at" else one for one in likeness.columns
    ]
    known = f" WHERE {likeness.wanted} IS NOT NULL" if likeness.wanted else ""
    digest = f"hash({', '.join(columns)}) AS digest"
    return f"(SELECT {digest}, count(*) AS n FROM {rows}{known} GROUP BY 1)"

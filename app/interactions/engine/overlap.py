"""Rows without an id that earlier logs seem to have already: told, as nothing tells for sure.

Two rows are alike when all they say is, which a digest of 64 bits tells. Of an earlier log with no
day in common nothing is told: what is alike there came again.
"""

from __future__ import annotations

from app.interactions.engine.draft import Reading
from app.interactions.engine.duck import fetch_one
from app.interactions.engine.known import COMPARED, log_scan, named
from app.interactions.engine.requests import Issue, KnownLog
from app.values.counts import so_many

SHARE = 0.2
"""From this share of its rows on a file is said to repeat an earlier one."""


def told_overlaps(reading: Reading, shown_as: str) -> list[Issue]:
    """A note for each earlier log that has a good part of the file's rows without an id."""
    mine = f"(SELECT {shown_as} FROM {reading.scan})"
    if reading.request.mapping.id is not None and not reading.is_spread:
        mine = f"(SELECT * FROM {mine} WHERE id IS NULL)"
    found = (_overlap(reading, mine, one) for one in reading.request.known)
    return [issue for issue in found if issue is not None]


def _overlap(reading: Reading, mine: str, log: KnownLog) -> Issue | None:
    first, last, rows = fetch_one(
        reading.engine, f"SELECT min(occurred_on), max(occurred_on), count(*) FROM {mine}"
    )
    if not rows:
        return None
    theirs = f"(SELECT * FROM {log_scan(log)} WHERE occurred_on BETWEEN '{first}' AND '{last}')"
    if not fetch_one(reading.engine, f"SELECT count(*) FROM {theirs}")[0]:
        return None
    alike = fetch_one(
        reading.engine,
        "SELECT coalesce(sum(least(mine.n, theirs.n)), 0)"
        f" FROM {_digests(mine)} AS mine JOIN {_digests(theirs)} AS theirs USING (digest)",
    )[0]
    if alike < SHARE * rows:
        return None
    return Issue(
        row=0, column="", severity="note",
        message=f"{so_many(alike, 'row')} of {rows:,} ({100 * alike // rows} %) say in every"
        f" column what rows of {named(log)} say, on the same days. If they are the same contacts,"
        " they would count twice: take that import back first, or import only the new rows.",
    )  # fmt: skip


def _digests(rows: str) -> str:
    return f"(SELECT hash({', '.join(COMPARED)}) AS digest, count(*) AS n FROM {rows} GROUP BY 1)"

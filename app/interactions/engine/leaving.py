"""Rows a file has and its log does not, though nothing is wrong with them: how many, and why."""

from __future__ import annotations

from typing import Literal

from app.interactions.engine.checks import EMPTY, SKIPPED, UNASKED
from app.interactions.engine.draft import Reading, shown
from app.interactions.engine.duck import fetch, fetch_one
from app.interactions.engine.rejects import real_row
from app.interactions.engine.requests import Issue, LeftOut
from app.values.counts import so_many

EXAMPLES = 5
_RULES: dict[int, Literal["only", "contacts"]] = {UNASKED: "only", EMPTY: "contacts"}


def left_out(reading: Reading) -> tuple[LeftOut, ...]:
    """What the mapping's rules and the list of erased customers left out."""
    mapping = reading.request.mapping
    lines = sorted(reading.lines)
    found = []
    counted = f"SELECT why, count(*) FROM {_skipped(reading)} GROUP BY why ORDER BY why"
    for why, rows in fetch(reading.engine, counted):
        first = fetch(
            reading.engine,
            f"SELECT row FROM {_skipped(reading)} WHERE why = {why} ORDER BY row LIMIT {EXAMPLES}",
        )
        asked = mapping.only.column if mapping.only else ""
        found.append(
            LeftOut(
                rule=_RULES[why], column=asked if why == UNASKED else mapping.contacts or "",
                rows=rows, examples=tuple(real_row(row, lines) for (row,) in first),
            )
        )  # fmt: skip
    if erased := _erased(reading):
        found.append(LeftOut(rule="erased", column=mapping.customer or "", rows=erased))
    return tuple(found)


def _skipped(reading: Reading) -> str:
    """The rows nothing came of, each with the reason; of a row of several pieces, all of them."""
    if not reading.is_spread:
        return f"(SELECT row, doubts AS why FROM {reading.every_row} WHERE doubts > {SKIPPED})"
    return (
        f"(SELECT row, max(doubts) AS why FROM {reading.every_row} GROUP BY row"
        f" HAVING min(doubts) > {SKIPPED})"
    )


def _erased(reading: Reading) -> int:
    if not reading.request.erased:
        return 0
    rows = "count(DISTINCT row)" if reading.is_spread else "count(*)"
    query = f"SELECT {rows} FROM {reading.every_row} WHERE doubts < {SKIPPED}"
    return int(fetch_one(reading.engine, f"{query} AND {reading.is_erased}")[0])


def told_left_out(reading: Reading, found: tuple[LeftOut, ...]) -> list[Issue]:
    """One note for each rule."""
    return [
        Issue(row=0, column=one.column, severity="note", message=_words(reading, one))
        for one in found
    ]


def _words(reading: Reading, one: LeftOut) -> str:
    mapping = reading.request.mapping
    rows = so_many(one.rows, "row")
    if one.rule == "erased":
        are, they = ("is", "it is") if one.rows == 1 else ("are", "they are")
        return f"{rows} {are} of customers who were erased; {they} left out."
    if one.rule == "only" and mapping.only:
        words = " or ".join(f"“{shown(word)}”" for word in mapping.only.words[:5]) or "no word"
        more = " or another of its words" if len(mapping.only.words) > 5 else ""
        why = f"left out by the mapping, which takes only rows with {words}{more}"
    elif mapping.spread:
        why = f"left out: none of {len(mapping.spread)} columns of contacts has more than 0"
    else:
        why = "left out: no contacts, as the cell says 0 or nothing"
    places = ", ".join(f"{row:,}" for row in one.examples)
    such = "such as rows" if one.rows > len(one.examples) else "rows" if one.rows > 1 else "row"
    return f"{rows} {why}; {such} {places}."

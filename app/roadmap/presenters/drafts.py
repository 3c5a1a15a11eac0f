"""A draft of moves in an address: ``bar=12:2`` by two months, ``gate=45:2027-08-15`` to a day.

``base=7:3,9:0`` says on which plan versions of which cycles it was begun: months count from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import urlencode

from app.roadmap.rules.replanning import MOST_MONTHS, Draft

MOST_ENTRIES = 200
"""How many moves one draft holds; what comes after them is left out."""


class Args(Protocol):
    """What an address or a form sent."""

    def getlist(self, key: str) -> list[str]: ...


def read_draft(args: Args) -> Draft:
    """The moves an address asks for; nonsense counts as not asked, of two the last counts."""
    bars = dict(filter(None, map(_bar, args.getlist("bar")[:MOST_ENTRIES])))
    gates = dict(filter(None, map(_gate, args.getlist("gate")[:MOST_ENTRIES])))
    return Draft(bars, gates, read_seen(",".join(args.getlist("base")[-1:])))


def _bar(text: str) -> tuple[int, int] | None:
    id_, _, months = text.partition(":")
    digits = months.removeprefix("-")
    if not (_is_number(id_) and _is_number(digits)) or int(digits) > MOST_MONTHS:
        return None
    return int(id_), int(months)


def _gate(text: str) -> tuple[int, date] | None:
    id_, _, on = text.partition(":")
    try:
        day = date.fromisoformat(on) if len(on) == 10 else None
    except ValueError:
        day = None
    return (int(id_), day) if _is_number(id_) and day and 1900 <= day.year <= 2999 else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def draft_pairs(draft: Draft) -> list[tuple[str, str]]:
    """Names and values that `read_draft` reads; what it was begun on comes first."""
    base = [("base", write_seen(draft.base))] if draft.base else []
    bars = [("bar", f"{id_}:{months}") for id_, months in draft.bars.items()]
    return base + bars + [("gate", f"{id_}:{on.isoformat()}") for id_, on in draft.gates.items()]


def draft_query(draft: Draft) -> str:
    """The draft as the end of an address; empty without any move."""
    return f"?{urlencode(draft_pairs(draft), safe=':,')}" if draft.count else ""


def without(draft: Draft, name: str, id_: int) -> Draft:
    """The draft with one move taken back."""
    bars = {one: m for one, m in draft.bars.items() if (name, id_) != ("bar", one)}
    gates = {one: on for one, on in draft.gates.items() if (name, id_) != ("gate", one)}
    return Draft(bars, gates, draft.base)


def read_seen(text: str) -> dict[int, int]:
    """Plan versions by cycle, written ``7:3,9:0``; nonsense matches no version."""
    pairs = [one.partition(":") for one in text.split(",")]
    return {int(a): int(b) for a, _, b in pairs if _is_number(a) and _is_number(b)}


def write_seen(numbers: Mapping[int, int]) -> str:
    return ",".join(f"{cycle_id}:{number}" for cycle_id, number in sorted(numbers.items()))


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as the roadmap carries it: what it says, its end of an address, and the review."""

    words: str
    query: str
    review: str


def drafted(draft: Draft, review: str, base: Mapping[int, int]) -> Drafted:
    """The draft of a roadmap, to go on with; ``base`` are the plan versions of what is shown."""
    words = f"{draft.count} moved, not saved" if draft.count else ""
    whole = Draft(draft.bars, draft.gates, draft.base or base)
    query = draft_query(whole)
    return Drafted(words, query, review + (query or f"?base={write_seen(base)}"))

"""Which journey of several a moment is of: the first by its key, whatever the log calls it.

Engines order texts each in its own way, so the keys are put in order here and engines compare
their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from app.interactions.engine.mapping import Place
from app.interactions.engine.refusals import FileRefusedError

MOST_WORDS = 10_000
"""Most different words of journeys; more are no journeys."""
Words = Iterable[tuple[int, str | None]]
"""Sources and words that their journeys have in them."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ``keys`` of journeys in their order, and the ``places`` of words of a source in it."""

    keys: tuple[str, ...]
    places: Mapping[tuple[int, str | None], int]

    def key(self, rank: int | None) -> str | None:
        """The key that stands at a place; None of none."""
        return None if rank is None else self.keys[rank]

    def of(self, log: ir.Table, *, by_source: bool) -> ir.IntegerValue:
        """The place of each row's journey, null where none is known."""
        found: dict[tuple[int, int], list[str | None]] = {}
        for (source, word), place in self.places.items():
            found.setdefault((source, place), []).append(word)
        cases = []
        for (source, place), words in sorted(found.items(), key=lambda item: item[0]):
            holds = ibis.literal(False)
            if said := sorted(word for word in words if word is not None):
                holds = log.journey.isin(said).fill_null(False)
            if None in words:
                holds = holds | log.journey.isnull()
            if by_source:
                holds = holds & (log.source == source)
            cases.append((holds, ibis.literal(place, "int32")))
        return ibis.cases(*cases, else_=ibis.null("int32")) if cases else ibis.null("int32")


def words_in(log: ir.Table, own: int | None) -> ir.Table:
    """Each source's different words of journeys, and one more than can be taken."""
    source = ibis.literal(0, "int64") if own is None else log.source
    return log.select(source=source, journey=log.journey).distinct().limit(MOST_WORDS + 1)


def ranks(
    words: Words, places: Mapping[int, Place | None], journeys: Iterable[str] | None
) -> Ranks:
    """The order of the journeys that ``words`` of sources mean by the sources' ``places``.

    ``journeys`` None: the words themselves are put in order. Raises FileRefusedError.
    """
    listed = list(words)
    if len(listed) > MOST_WORDS:
        raise FileRefusedError(
            f"The journey's column holds more than {MOST_WORDS:,} different words; choose one of"
            " few different words."
        )
    if journeys is None:
        meant = {one: one[1] for one in listed}
    else:
        known = frozenset(journeys)
        said = {one: place.of(one[1]) for one in listed if (place := places.get(one[0]))}
        meant = {one: key for one, key in said.items() if key in known}
    keys = tuple(sorted({key for key in meant.values() if key is not None}))
    numbers = {key: number for number, key in enumerate(keys)}
    return Ranks(keys, {one: numbers[key] for one, key in meant.items() if key is not None})

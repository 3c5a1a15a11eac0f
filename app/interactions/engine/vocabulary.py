"""Columns that say few different words, told from pieces of a text file before it is read.

Such a column is read by looking each cell up among its words. That takes the place of trimming and
checking every cell, and of gathering the words again when the log is written. What is read does
not depend on it: a cell that stands in no piece ends the reading, which begins anew without.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as Names
from pathlib import Path

from app.interactions.engine.log import FREE_TEXTS
from app.interactions.engine.mapping import Mapping, MetWords
from app.interactions.engine.plain import PlainFile
from app.interactions.engine.wording import is_turned

Vocabulary = Names[str, tuple[str, ...]]
"""Column → its words, each of which is as it would be after trimming and checking."""

NOTHING: Vocabulary = {}
MOST_WORDS = 200
LONGEST_WORD = 100
FEWEST_ROWS = 500
"""Fewer rows are read at once, whichever way."""
PIECE = 1 << 15
_APART = 1 << 22
_FEWEST_PIECES, _MOST_PIECES = 8, 128


def few_words(file: PlainFile, mapping: Mapping) -> Vocabulary:
    """The columns that say few words, as far as the pieces tell; only those read for words."""
    wanted = [name for name in _word_columns(mapping) if name in file.columns]
    if file.kind != "csv" or mapping.spread or not wanted:
        return NOTHING
    places = {name: file.columns.index(name) for name in wanted if name not in file.unsolved}
    rows = [one for one in _rows(file) if len(one) == len(file.columns)]
    if len(rows) < FEWEST_ROWS:
        return NOTHING
    seen = {name: Counter(row[place] for row in rows) for name, place in places.items()}
    return {
        name: tuple(sorted(filter(None, counts)))
        for name, counts in seen.items()
        if _are_few(counts, mapping.missing)
    }


def _word_columns(mapping: Mapping) -> list[str]:
    """Columns of texts, places and words that are read as nothing else."""
    wordy = [*FREE_TEXTS, "prospect", "escalated", "lost", "only"]
    if isinstance(mapping.met, MetWords):
        wordy.append("met")
    others = mapping.model_copy(update=dict.fromkeys(wordy)).columns()
    return [name for name in mapping.columns() if name not in others]


def _rows(file: PlainFile) -> Iterator[list[str]]:
    for piece in _pieces(file.path):
        text = piece.decode("utf-8", "replace")
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=file.delimiter)


def _pieces(path: Path) -> Iterator[bytes]:
    """Whole lines from all over the file, as what is said may change with the years."""
    size = path.stat().st_size
    count = min(max(size // _APART, _FEWEST_PIECES), _MOST_PIECES)
    with path.open("rb") as stream:
        for number in range(count):
            stream.seek(size * number // count)
            piece = stream.read(PIECE)
            yield piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1]


def _are_few(counts: Counter[str], missing: tuple[str, ...]) -> bool:
    """Whether these are all words there are, as each came again, and nothing is wrong with them."""
    words = [word for word in counts if word]
    return 0 < len(words) <= MOST_WORDS and all(
        counts[word] > 1
        and word == word.strip()
        and word not in missing
        and len(word) <= LONGEST_WORD
        and not is_turned(word)
        for word in words
    )

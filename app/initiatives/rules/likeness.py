"""When two initiatives are so alike that somebody should look at both: an exact rule.

A title is the set of its words: letters and digits, in any case, without accents, without a plural
s and without words that say nothing. Two titles are alike when they have at least two words in
common and those are a third or more of all their words, or when they are the same words. Two
initiatives are at the same place when both change a touchpoint and both move a lever.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from unicodedata import combining, normalize

from app.values.names import name_key

LEAST_SHARE = Fraction(1, 3)
LEAST_WORDS = 2
MOST_SIMILAR = 5

_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    {
        "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "it", "its", "of",
        "on", "or", "our", "that", "the", "their", "this", "to", "up", "with",
    }
)  # fmt: skip
_SHORTEST_PLURAL = 4
_NO_PLURAL = frozenset("ius")
"""Letters before an s at the end that make it part of the word: analysis, status, process."""


def title_words(title: str) -> dict[str, str]:
    """The words of a title that count, each with how the title spells it."""
    folded = title.casefold() if title.isascii() else normalize("NFKC", title).casefold()
    return {_bare(word): word for word in _WORD.findall(folded) if word not in _EMPTY}


def _bare(word: str) -> str:
    if not word.isascii():
        word = "".join(one for one in normalize("NFKD", word) if not combining(one))
    is_plural = len(word) >= _SHORTEST_PLURAL and word[-1] == "s" and word[-2] not in _NO_PLURAL
    return word[:-1] if is_plural else word


def are_alike(common: int, one: int, other: int) -> bool:
    """Whether titles of ``one`` and ``other`` words with ``common`` of them in both are alike."""
    whole = one + other - common
    if common < LEAST_WORDS:
        return common > 0 and whole == common
    return common * LEAST_SHARE.denominator >= whole * LEAST_SHARE.numerator


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why an initiative is like another: words of both titles, touchpoints and levers of both.

    ``share``: of all words of both titles, 0 where the titles are not alike.
    """

    id: int
    key: str
    share: Fraction = Fraction(0)
    words: tuple[str, ...] = ()
    touchpoints: int = 0
    levers: tuple[str, ...] = ()


class Titles:
    """Titles to compare many others with: (id, key, title) each, found by their words."""

    def __init__(self, titles: Iterable[tuple[int, str, str]]) -> None:
        self._of: dict[int, tuple[str, frozenset[str]]] = {}
        self._with: dict[str, list[int]] = {}
        for id_, key, title in titles:
            words = frozenset(title_words(title))
            self._of[id_] = (key, words)
            for word in words:
                self._with.setdefault(word, []).append(id_)

    def most_like(self, title: str) -> Likeness | None:
        """The one most alike, the first by key among equals; None where none is alike."""
        words = title_words(title)
        met = Counter(id_ for word in words for id_ in self._with.get(word, ()))
        best: Likeness | None = None
        for id_, common in met.items():
            key, theirs = self._of[id_]
            whole = len(words) + len(theirs) - common
            if best is not None and common * best.share.denominator < whole * best.share.numerator:
                continue
            if are_alike(common, len(words), len(theirs)):
                one = _likeness(id_, key, words, [w for w in words if w in theirs], len(theirs))
                best = one if best is None else min(best, one, key=_rank)
        return best


def find_like(title: str, titles: Iterable[tuple[int, str, str]]) -> list[Likeness]:
    """Those of ``titles`` (id, key, title) that are alike, in no order."""
    words = title_words(title)
    found = []
    for id_, key, other in titles:
        # Most titles have no word in common: that is seen before their words are taken apart.
        if other.isascii() and not _holds_any(other.casefold(), words):
            continue
        theirs = title_words(other)
        common = [word for word in words if word in theirs]
        if are_alike(len(common), len(words), len(theirs)):
            found.append(_likeness(id_, key, words, common, len(theirs)))
    return found


def _holds_any(title: str, words: Iterable[str]) -> bool:
    return any(word in title for word in words)


def _likeness(
    id_: int, key: str, words: Mapping[str, str], common: Sequence[str], theirs: int
) -> Likeness:
    share = Fraction(len(common), len(words) + theirs - len(common))
    return Likeness(id_, key, share, tuple(words[word] for word in common))


def in_order(found: Iterable[Likeness]) -> list[Likeness]:
    """The most alike first: by title and place, then by title, then by place; then by key."""
    return sorted(found, key=_rank)[:MOST_SIMILAR]


def _rank(one: Likeness) -> tuple[bool, Fraction, int, object]:
    is_both = bool(one.share and one.touchpoints)
    return (not is_both, -one.share, -one.touchpoints, name_key(one.key))

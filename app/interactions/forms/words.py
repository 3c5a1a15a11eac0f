"""Words as people type them into the columns' form, one a line or set off by commas, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.interactions.engine.mapping import Spread
from app.journeys.rules import Channel, StageKind

Kind = type[Channel] | type[StageKind]


def words_of(text: str | None) -> list[str]:
    """Words set off by commas or line ends; one that has a comma itself stands on its own line."""
    lines = (text or "").splitlines()
    if len(lines) > 1:
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    return [word.strip() for word in re.split(r"[,;]", text or "") if word.strip()]


def said_words(words: Iterable[str]) -> str:
    """As `words_of` reads them."""
    listed = list(words)
    if not any(re.search(r"[,;]", word) for word in listed):
        return ", ".join(listed)
    return "\n".join(listed) if len(listed) > 1 else f"{listed[0]}\n{listed[0]}"


def pairs_of(text: str | None) -> dict[str, str]:
    """Lines such as ``Hotline = Contact centre``; a line without = means itself."""
    pairs = (line.rpartition("=") for line in (text or "").splitlines() if line.strip())
    return {word.strip() or place.strip(): place.strip() for word, _, place in pairs}


def said_pairs(pairs: Mapping[str, str]) -> str:
    return "\n".join(f"{word} = {place}" for word, place in pairs.items())


def named_in(kind: Kind, words: str) -> str | None:
    """The channel or stage that words of ours name, such as Contact centre; None: none."""
    said = words.strip().casefold()
    for one in kind:
        if said in (one.word.casefold(), one.value, one.value.replace("_", " ")):
            return str(one.value)
    return None


def word_in(kind: Kind, value: str) -> str:
    return next(one.word for one in kind if one.value == value)


def known_words(kind: Kind) -> str:
    return ", ".join(one.word for one in kind)


def fault_in(kind: Kind, text: str | None) -> str | None:
    """What is wrong with lines that give words a place."""
    wrong = [word for word, place in pairs_of(text).items() if named_in(kind, place) is None]
    return f"“{wrong[0][:40]}” needs one of: {known_words(kind)}." if wrong else None


def spread_of(text: str | None) -> list[dict[str, str]]:
    """Lines such as ``visits = Website; Awareness; Visit``: column, channel, stage, reason.

    A part that names no channel or stage stays as typed, for the mapping to refuse.
    """
    found = []
    for line in (text or "").splitlines():
        column, _, rest = line.rpartition("=")
        if not line.strip():
            continue
        channel, stage, reason = [*(part.strip() for part in rest.split(";", 2)), "", ""][:3]
        parts = {
            "contacts": column.strip(),
            "channel": named_in(Channel, channel) or channel,
            "stage": named_in(StageKind, stage) or stage,
            "reason": reason,
        }
        found.append({name: part for name, part in parts.items() if part})
    return found


def said_spread(parts: Iterable[Spread]) -> str:
    lines = []
    for one in parts:
        stage = word_in(StageKind, one.stage) if one.stage else ""
        channel = word_in(Channel, one.channel) if one.channel else ""
        said = "; ".join((channel, stage, one.reason or ""))
        lines.append(f"{one.contacts} = {said.rstrip('; ')}")
    return "\n".join(lines)


def choices_of(kind: Kind) -> list[tuple[str, str]]:
    """Channels or stages to choose from, none of them first."""
    return [("", "– none –"), *((str(one.value), one.word) for one in kind)]

"""Where the way from a behaviour to money breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.initiatives.rules.milestone_kinds import ChainLink
from app.roadmap.rules.hurdles import Reading


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """One link: whether it holds (None: nothing measured says), and on which words."""

    link: ChainLink
    holds: bool | None
    words: tuple[str, ...]
    is_broken: bool = False


def chain_of(
    bound: Sequence[tuple[ChainLink, Reading]], money_holds: bool | None, money_words: str
) -> tuple[LinkStanding, ...]:
    """The links behaviour → metric → lever → money; broken is the first that fails while every
    one before it holds or has no criterion."""
    standings = []
    for link in ChainLink:
        mine = [reading for of, reading in bound if of is link]
        words = tuple(reading.words for reading in mine)
        standings.append(LinkStanding(link, _holds(mine), words))
    standings[-1] = LinkStanding(ChainLink.MONEY, money_holds, (money_words,))
    return _marked(standings, {link for link, _ in bound})


def _holds(mine: Sequence[Reading]) -> bool | None:
    if any(reading.fails for reading in mine):
        return False
    return True if mine and all(reading.passes for reading in mine) else None


def _marked(standings: Sequence[LinkStanding], judged: set[ChainLink]) -> tuple[LinkStanding, ...]:
    found: list[LinkStanding] = []
    is_open = True
    for one in standings:
        breaks = is_open and one.holds is False
        found.append(LinkStanding(one.link, one.holds, one.words, breaks))
        is_open = is_open and (one.holds is True or one.link not in judged)
    return tuple(found)

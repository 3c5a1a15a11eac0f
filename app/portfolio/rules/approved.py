"""What earlier decisions take from this cycle, and what they hold that it can't count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.journeys.rules import intensity, ramp_profile
from app.portfolio.rules.demands import listed
from app.portfolio.rules.facts import BoundFacts, CommittedFacts, PoolFacts, ProblemFacts, Remark
from app.values.money import Money
from app.values.quarter import Quarter

MOST_NAMED = 12
"""Keys a remark names; the rest are counted."""


def still_to_come(one: CommittedFacts, pool: PoolFacts, horizon: int) -> list[float]:
    """Intensity per planning quarter beyond what ran when the pool was measured."""
    option = one.option
    full = sum(intensity(e.removal, e.grade.haircut) for e in option.effects if e.pool == pool.key)
    if not full:
        return [0.0] * horizon
    live = one.start + option.go_live
    profile = ramp_profile(live + 1, option.ramp, option.half_life, horizon)
    measured = ramp_profile(live - pool.measured + 1, option.ramp, option.half_life, 1)[0]
    return [full * max(0.0, grown - measured) for grown in profile]


def taking_keys(facts: ProblemFacts) -> dict[str, set[str]]:
    """What of approved initiatives is taken off first, by its word, and their keys."""
    teams = {team.key for team in facts.teams}
    pools = [pool for pool in facts.pools if pool.barred is None]
    size = len(facts.quarters)
    taking = {
        "money": {one.initiative for one in facts.bound if one.currency == facts.currency},
        "days": {one.key for one in facts.committed if _works(one, teams, size)},
        "effects on the pools": {
            one.key
            for one in facts.committed
            if any(share for pool in pools for share in still_to_come(one, pool, size))
        },
    }
    return {word: keys for word, keys in taking.items() if keys}


def _works(one: CommittedFacts, teams: set[str], size: int) -> bool:
    """Whether a team of the cycle gives days to it in one of the cycle's quarters."""
    return any(
        days and 0 <= one.start + offset < size
        for team, flow in one.option.demand.items()
        if team in teams
        for offset, days in flow.items()
    )


def approved_remarks(facts: ProblemFacts) -> Iterator[Remark]:
    """Who takes something from this cycle, and whose money in another currency takes nothing."""
    taking = taking_keys(facts)
    if taking:
        keys = sorted(set().union(*taking.values()))
        their = "its" if len(keys) == 1 else "their"
        are = "is" if [*taking] == ["money"] else "are"
        text = f"{_named(keys)}; {their} {listed([*taking])} {are} taken off first."
        yield Remark("Approved already", text)
    for sentence in foreign_sentences(facts.bound, facts.currency):
        yield Remark("Approved in another currency", sentence)


def foreign_sentences(bound: Sequence[BoundFacts], currency: str) -> list[str]:
    """Per fund and currency what is committed beside this cycle's money, and why it isn't counted.

    A fund outlives its cycles and has no currency itself: its budget in each cycle does.
    """
    groups: dict[tuple[str, str], list[BoundFacts]] = {}
    for one in bound:
        if one.currency != currency:
            groups.setdefault((one.fund, one.currency), []).append(one)
    return [
        f"{_named(sorted({one.initiative for one in held}))} "
        f"{_have({one.initiative for one in held})} "
        f"{Money(sum(one.minor for one in held), other)} of {fund} committed "
        f"{_when([one.quarter for one in held])}. This cycle’s budget of {fund} is in {currency}, "
        "so that money is not taken off here. If it comes out of the same pot, lower the limits "
        "by it."
        for (fund, other), held in sorted(groups.items(), key=lambda group: group[0])
    ]


def _have(keys: set[str]) -> str:
    return "has" if len(keys) == 1 else "have"


def _when(quarters: Sequence[Quarter]) -> str:
    first, last = min(quarters), max(quarters)
    return f"in {first}" if first == last else f"from {first} to {last}"


def _named(keys: Sequence[str]) -> str:
    more = len(keys) - MOST_NAMED
    return listed(keys) if more <= 0 else f"{', '.join(keys[:MOST_NAMED])} and {more} more"

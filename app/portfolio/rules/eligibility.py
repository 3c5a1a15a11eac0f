"""Which candidates and options can be chosen from at all, and why the others can't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.portfolio.rules.demands import listed
from app.portfolio.rules.facts import (
    CandidateFacts,
    CommittedFacts,
    OptionFacts,
    ProblemFacts,
    Remark,
)
from app.values.written import quarter_words

Starts = dict[tuple[str, str], list[int]]
"""Planning quarters in which an option may start, by initiative and option key."""


def possible_starts(option: OptionFacts, horizon: int, *, not_before: int = 0) -> list[int]:
    """Quarters of the option's window in which its money and work end within the horizon.

    An option longer than what is left of the horizon may start at its earliest moment only:
    otherwise starting late would hide its spend behind the last budget.
    """
    first = max(0, not_before, option.earliest or 0)
    last = horizon - 1 if option.latest is None else min(horizon - 1, option.latest)
    window = range(first, last + 1)
    length = 1 + max(
        (offset for flows in (option.spend, option.demand) for flow in flows.values()
         for offset, amount in flow.items() if amount),
        default=0,
    )  # fmt: skip
    return [start for start in window if start + length <= horizon] or list(window[:1])


def eligible(facts: ProblemFacts) -> tuple[list[CandidateFacts], Starts, list[Remark]]:
    """Candidates with the options that remain, their starts, and what was left out why."""
    remarks: list[Remark] = []
    starts: Starts = {}
    kept: dict[str, CandidateFacts] = {}
    committed = {one.key: one for one in facts.committed}
    begun = {one.key: one.start for one in facts.delivered}
    begun |= {one.key: one.start for one in facts.committed}
    for candidate in sorted(facts.candidates, key=lambda one: one.key):
        barred = _barred(candidate, facts, committed)
        if barred:
            remarks.append(Remark(candidate.key, f"Left out: {barred}"))
            continue
        options = list(_usable_options(candidate, facts, begun, starts, remarks))
        if options:
            kept[candidate.key] = replace(candidate, options=tuple(options))
        else:
            remarks.append(Remark(candidate.key, _without_options(candidate, facts)))
    _drop_what_needs_the_missing(kept, begun, remarks)
    return list(kept.values()), starts, remarks


def _barred(
    candidate: CandidateFacts, facts: ProblemFacts, committed: Mapping[str, CommittedFacts]
) -> str | None:
    if candidate.currency != facts.currency:
        return (
            f"its money is in {candidate.currency}, the cycle's in {facts.currency}. "
            "Enter its money in the cycle's currency."
        )
    approved = [key for key in candidate.excludes if key in committed]
    if approved:
        return f"it can't stand beside {listed(approved)}, approved already."
    return None


def _without_options(candidate: CandidateFacts, facts: ProblemFacts) -> str:
    over = over_words(candidate, facts)
    if over:
        return f"Left out: {over}."
    return "Left out: none of its options can be carried out within this cycle's quarters."


def over_words(candidate: CandidateFacts, facts: ProblemFacts) -> str:
    """That its last possible start is over; empty where it is not, or never was one."""
    last = [_over(one, facts) for one in candidate.options]
    known = [one for one in last if one is not None]
    if not known or len(known) < len(last):
        return ""
    words = quarter_words(facts.quarters.first + max(known))
    return f"its last possible start, {words}, is over"


def _over(option: OptionFacts, facts: ProblemFacts) -> int | None:
    """The last quarter the option could have started in, where that is over."""
    last = len(facts.quarters) - 1
    if option.latest is not None:
        last = min(last, option.latest)
    return last if max(0, option.earliest or 0) <= last < facts.present else None


def _usable_options(
    candidate: CandidateFacts,
    facts: ProblemFacts,
    begun: Mapping[str, int],
    starts: Starts,
    remarks: list[Remark],
) -> Iterator[OptionFacts]:
    funds = {fund.key for fund in facts.funds}
    barred = {pool.key for pool in facts.pools if pool.barred is not None}
    ready = max(
        (begun[need.key] + need.lag for need in candidate.needs if need.key in begun),
        default=0,
    )
    ready = max(ready, facts.present)
    for option in candidate.options:
        foreign = sorted(key for key in option.spend if key not in funds)
        found = possible_starts(option, len(facts.quarters), not_before=ready)
        unseen = sorted({one.pool for one in option.effects if one.removal < 0} & barred)
        if unseen:
            text = (
                f"Option “{option.name}” is left out: it adds to {listed(unseen)}, which can't be"
                " counted. Have that pool certified first."
            )
            remarks.append(Remark(candidate.key, text))
        elif foreign:
            text = (
                f"Option “{option.name}” is left out: it spends from {listed(foreign)}, "
                "which this cycle does not have."
            )
            remarks.append(Remark(candidate.key, text))
        elif not found:
            remarks.append(Remark(candidate.key, _without_start(option, facts)))
        else:
            starts[candidate.key, option.key] = found
            yield option


def _without_start(option: OptionFacts, facts: ProblemFacts) -> str:
    first = facts.quarters.first
    over = _over(option, facts)
    why = (
        f"it can't start between {first} and {facts.quarters.last}"
        if over is None
        else f"its last possible start, {quarter_words(first + over)}, is over"
    )
    return f"Option “{option.name}” is left out: {why}."


def _drop_what_needs_the_missing(
    kept: dict[str, CandidateFacts],
    begun: Mapping[str, int],
    remarks: list[Remark],
) -> None:
    while True:
        known = kept.keys() | begun.keys()
        lacking = {
            key: missing
            for key, candidate in kept.items()
            if (missing := [need.key for need in candidate.needs if need.key not in known])
        }
        if not lacking:
            return
        for key, missing in lacking.items():
            del kept[key]
            text = f"Left out: it needs {listed(missing)}, which can't be chosen in this cycle."
            remarks.append(Remark(key, text))

"""Counts in a source's own words as counts at our touchpoints; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.interactions.engine.mapping import Mapping as LogMapping
from app.interactions.engine.requests import CountLine, MomentLine
from app.journeys.rules import Aftermath, Channel, StageKind
from app.values.money import minor_from

MOST_WORDS = 200
"""Most different reasons, segments or expectations of a source; the rarest are one, OTHER."""
OTHER = "Other"
_SUMS = (
    "contacts", "judged", "unmet", "costed", "cost_minor", "timed", "minutes_milli", "scored",
    "score_micro", "keyed", "repeats", "escalated", "lost",
)  # fmt: skip
_FOLDED = ("reason", "segment", "expected")


@dataclass(frozen=True, slots=True)
class Spot:
    """A touchpoint and the currency of its journey."""

    touchpoint_id: int
    currency: str


Place = tuple[str, str, str]
"""Journey key, stage, channel."""


@dataclass(frozen=True, slots=True)
class MonthKey:
    """What one line of the months is about."""

    touchpoint_id: int
    month: date
    reason: str
    segment: str
    expected: str
    is_prospect: bool


@dataclass(frozen=True, slots=True)
class MomentKey:
    """What one line of the moments is about."""

    journey_id: int
    month: date
    reason: str
    is_met: bool


@dataclass(slots=True)
class Placed:
    """The months of a source, and the words that found no place with how many contacts each."""

    months: dict[MonthKey, dict[str, int]] = field(default_factory=dict)
    unplaced: dict[str, int] = field(default_factory=dict)
    folded: dict[str, int] = field(default_factory=dict)
    uncosted: int = 0

    @property
    def unplaced_count(self) -> int:
        return sum(self.unplaced.values())


def placed(lines: Iterable[CountLine], mapping: LogMapping, spots: Mapping[Place, Spot],
           digits: int) -> Placed:  # fmt: skip
    """Every line at its touchpoint. ``digits``: of the mapping's currency, for its tariff.

    Cost in another currency than the journey's is left out and counted as ``uncosted``.
    """
    listed = list(lines)
    kept = {name: _frequent(listed, name) for name in _FOLDED}
    before: dict[int, int] = defaultdict(int)
    found = Placed(folded={name: dropped for name, (_, dropped) in kept.items() if dropped})
    for line in listed:
        place = _place(line, mapping)
        spot = spots.get(place) if isinstance(place, tuple) else None
        if spot is None:
            words = place if isinstance(place, str) else _no_touchpoint(place)
            found.unplaced[words] = found.unplaced.get(words, 0) + line.contacts
            continue
        words_of = {name: _kept_word(getattr(line, name), kept[name][0]) for name in _FOLDED}
        key = MonthKey(
            spot.touchpoint_id, line.month, words_of["reason"], words_of["segment"],
            words_of["expected"], line.is_prospect,
        )  # fmt: skip
        sums = found.months.setdefault(key, dict.fromkeys(_SUMS, 0))
        for name, value in _valued(
            line, place[2], mapping, digits, before[spot.touchpoint_id]
        ).items():
            sums[name] += value
        before[spot.touchpoint_id] += line.contacts
        if spot.currency != mapping.currency and sums["costed"]:
            found.uncosted += sums["costed"]
            sums["costed"] = sums["cost_minor"] = 0
    return found


def placed_moments(
    moments: Iterable[MomentLine], lines: Iterable[CountLine], journeys: Mapping[str, int],
) -> dict[MomentKey, Aftermath]:  # fmt: skip
    """Moments at their journeys, ``journeys`` being ids by key; their reasons as `placed` has them.

    What follows a contact needs no touchpoint, so one without a place counts here if its journey
    is known.
    """
    kept, _ = _frequent(list(lines), "reason")
    found: dict[MomentKey, Aftermath] = defaultdict(Aftermath)
    for one in moments:
        if one.journey is None or one.journey not in journeys:
            continue
        key = MomentKey(journeys[one.journey], one.month, _kept_word(one.reason, kept), one.is_met)
        found[key] += Aftermath(
            one.contacts, one.repeated, one.escalated, one.silent, one.lost, one.lost_alone
        )
    return dict(found)


def _frequent(lines: list[CountLine], name: str) -> tuple[frozenset[str], int]:
    """The words of a column that are kept, and how many are not."""
    contacts: dict[str, int] = defaultdict(int)
    for line in lines:
        contacts[getattr(line, name)] += line.contacts
    if len(contacts) <= MOST_WORDS:
        return frozenset(contacts), 0
    ordered = sorted(contacts, key=lambda word: (-contacts[word], word))
    return frozenset(ordered[: MOST_WORDS - 1]), len(ordered) - MOST_WORDS + 1


def _kept_word(word: str, kept: frozenset[str]) -> str:
    return word if word in kept else OTHER


def _place(line: CountLine, mapping: LogMapping) -> Place | str:
    """Journey, stage and channel of a line, or the words that mean none."""
    if mapping.journey is None:
        return "The mapping names no journey."
    by_spread = bool(mapping.spread)
    parts = (
        ("journey", mapping.journey.of(line.journey), line.journey),
        ("stage", line.stage if by_spread and line.stage in _stages(mapping)
         else mapping.stage.of(line.stage), line.stage),
        ("channel", line.channel if mapping.channel is None else mapping.channel.of(line.channel),
         line.channel),
    )  # fmt: skip
    for kind, place, word in parts:
        if place is None:
            return f"“{word}” means no {kind}" if word else f"No {kind} is said"
    return str(parts[0][1]), str(parts[1][1]), str(parts[2][1])


def _stages(mapping: LogMapping) -> frozenset[str]:
    return frozenset(one.stage for one in mapping.spread if one.stage is not None)


def _no_touchpoint(place: Place) -> str:
    journey, stage, channel = place
    words = _words(stage, StageKind), _words(channel, Channel)
    return f"The journey “{journey}” has no touchpoint {' × '.join(words)}"


def _words(name: str, kind: type[StageKind] | type[Channel]) -> str:
    """A stage or channel in its words; a word of the source that is none stands as it is."""
    return kind(name).word if name in [one.value for one in kind] else name


def _valued(
    line: CountLine, channel: str, mapping: LogMapping, digits: int, before: int
) -> dict[str, int]:
    """The sums of a line, its cost by the mapping's tariff where it has one.

    ``before`` contacts of the place were valued already: it is their sum that is rounded, so that
    a tariff finer than the smallest unit adds up, however few contacts a line has.
    """
    sums = {name: getattr(line, name) for name in _SUMS}
    if mapping.cost is None or not mapping.cost.tariff:
        return sums
    each = mapping.cost.tariff.get(channel)
    if each is None:
        return sums | {"costed": 0, "cost_minor": 0}
    return sums | {
        "costed": line.contacts,
        "cost_minor": _minor(before + line.contacts, each, digits) - _minor(before, each, digits),
    }


def _minor(contacts: int, each: Decimal, digits: int) -> int:
    return minor_from(contacts * each.scaleb(digits))

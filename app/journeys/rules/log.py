"""What logged contacts add up to, for whom, and which reasons drive a shortfall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from app.journeys.rules.words import Channel, ChannelGroup
from app.values.money import minor_from

FEWEST_JUDGED = 30
"""With fewer judged contacts on either side, a lift would be chance and is not shown."""

_SEGMENT = "segment:"


@dataclass(frozen=True, slots=True)
class Logged:
    """What some contacts of the log add up to.

    Each mean stands on the contacts of which the figure is known: ``judged``, ``costed``,
    ``timed`` and ``scored``; it is None where there are none, never 0. ``keyed`` contacts name
    their customer.
    """

    contacts: int = 0
    judged: int = 0
    unmet: int = 0
    costed: int = 0
    cost_minor: int = 0
    timed: int = 0
    minutes: Decimal = Decimal(0)
    scored: int = 0
    score_sum: Decimal = Decimal(0)
    keyed: int = 0
    repeats: int = 0
    escalated: int = 0
    lost: int = 0

    def __add__(self, other: Logged) -> Logged:
        return Logged(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Logged)))

    def __sub__(self, other: Logged) -> Logged:
        return Logged(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(Logged)))

    @property
    def unmet_share(self) -> Decimal | None:
        """Share of the judged contacts whose expectation was not met, 0 to 1."""
        return Decimal(self.unmet) / self.judged if self.judged else None

    @property
    def cost_per_contact_minor(self) -> int | None:
        return minor_from(Decimal(self.cost_minor) / self.costed) if self.costed else None

    @property
    def minutes_per_contact(self) -> Decimal | None:
        return self.minutes / self.timed if self.timed else None

    @property
    def satisfaction(self) -> Decimal | None:
        """Mean score of the scored contacts, 0 to 10."""
        return self.score_sum / self.scored if self.scored else None

    @property
    def repeat_share(self) -> Decimal | None:
        """Of the contacts that name their customer, the share for the same reason again."""
        return Decimal(self.repeats) / self.keyed if self.keyed else None


def total_of(parts: Iterable[Logged]) -> Logged:
    """All of some groups of contacts together."""
    return sum(parts, Logged())


@dataclass(frozen=True, slots=True)
class Driver:
    """A reason among the unmet contacts of a touchpoint.

    ``share`` is its part of them. ``lift`` is its own unmet share over that of all other reasons
    there; None where too few contacts were judged to tell.
    """

    reason: str
    logged: Logged
    share: Decimal
    lift: Decimal | None


def drivers(by_reason: Mapping[str, Logged]) -> list[Driver]:
    """The reasons behind the unmet contacts of one touchpoint, the largest part first.

    Reasons without an unmet contact are left out; the shares of all given add up to 1.
    """
    whole = total_of(by_reason.values())
    found = [
        Driver(reason, one, Decimal(one.unmet) / whole.unmet, _lift(one, whole - one))
        for reason, one in by_reason.items()
        if one.unmet
    ]
    return sorted(found, key=lambda driver: (-driver.logged.unmet, driver.reason))


def _lift(one: Logged, rest: Logged) -> Decimal | None:
    if min(one.judged, rest.judged) < FEWEST_JUDGED or not rest.unmet:
        return None
    return (Decimal(one.unmet) / one.judged) / (Decimal(rest.unmet) / rest.judged)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose contacts count: of one segment, of prospects or of customers; without either, all."""

    segment: str | None = None
    is_prospect: bool | None = None

    @classmethod
    def parse(cls, text: str) -> Audience | None:
        """The audience an address names; None for words that name none."""
        if text.startswith(_SEGMENT):
            return cls(segment=text.removeprefix(_SEGMENT))
        known = {"": cls(), "customers": cls(is_prospect=False), "prospects": cls(is_prospect=True)}
        return known.get(text)

    @property
    def key(self) -> str:
        """How an address names it."""
        if self.segment is not None:
            return _SEGMENT + self.segment
        return {None: "", False: "customers", True: "prospects"}[self.is_prospect]

    @property
    def is_everybody(self) -> bool:
        return self.segment is None and self.is_prospect is None

    @property
    def word(self) -> str:
        if self.segment is not None:
            return self.segment or "Segment not stated"
        return {None: "Everybody", False: "Customers", True: "Prospects"}[self.is_prospect]


def by_group(by_channel: Mapping[Channel, Logged]) -> dict[ChannelGroup, Logged]:
    """Contacts by group of channels; groups without a contact are left out."""
    found: dict[ChannelGroup, Logged] = {}
    for channel, one in by_channel.items():
        found[channel.group] = found.get(channel.group, Logged()) + one
    return {group: found[group] for group in ChannelGroup if group in found}

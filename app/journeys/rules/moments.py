"""Moments at which a single bad contact precedes what a company fears: the definition.

It reads the contacts of one customer by their days, so it is counted where the log is read and not
from its months. A day is its smallest step, since many logs know no hours: what happens on one
day has no order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from app.journeys.rules.log import FEWEST_JUDGED

WATCH = timedelta(days=90)
"""How long after a contact its consequences are looked for, and how long before it for others."""
FEWEST_FOLLOWED = 5
"""Of what follows fewer met contacts than this, a multiple would be chance."""


@dataclass(frozen=True, slots=True)
class LoggedContact:
    """One contact of a customer; ``is_met`` is None where nobody judged it.

    ``journey`` is the key of the product's; None where the log says none, or none that is known.
    """

    on: date
    reason: str
    is_met: bool | None
    is_escalated: bool = False
    is_lost: bool = False
    journey: str | None = None


class Consequence(StrEnum):
    """What may follow a contact, named as `Aftermath` counts it."""

    REPEATED = "repeated"
    ESCALATED = "escalated"
    SILENT = "silent"
    LOST = "lost"
    LOST_ALONE = "lost_alone"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What followed some contacts within the watch, in contacts.

    ``repeated``: the customer came back on a later day for the same reason. ``silent``: neither
    heard of again nor known to be lost. ``lost_alone``: lost without another unmet contact.
    """

    contacts: int = 0
    repeated: int = 0
    escalated: int = 0
    silent: int = 0
    lost: int = 0
    lost_alone: int = 0

    def __add__(self, other: Aftermath) -> Aftermath:
        return Aftermath(
            self.contacts + other.contacts, self.repeated + other.repeated,
            self.escalated + other.escalated, self.silent + other.silent,
            self.lost + other.lost, self.lost_alone + other.lost_alone,
        )  # fmt: skip

    def count(self, what: Consequence) -> int:
        """How many of the contacts this followed."""
        return int(getattr(self, what))

    def share(self, what: Consequence) -> Decimal | None:
        """The share of the contacts that this followed, 0 to 1; None without a contact."""
        return Decimal(self.count(what)) / self.contacts if self.contacts else None


@dataclass(frozen=True, slots=True)
class Moment:
    """An unmet contact, or a met one to compare with, and what followed it."""

    on: date
    reason: str
    is_met: bool
    after: Aftermath
    journey: str | None = None


def aftermaths(contacts: Iterable[LoggedContact], *, until: date) -> Iterator[Moment]:
    """The moments of one customer, whose contacts these all are.

    An unmet contact is a moment unless the customer had an unmet one within the watch before its
    day. A met one is compared with unless there was an unmet one within the watch on either side
    or a met one within the watch before. What a customer has for one reason on one day counts
    once, as unmet if any of it was; of several journeys it is of the first by key. A watch that
    has not ended by ``until``, the last day of the log, says nothing yet and is left out.
    """
    days: dict[date, list[LoggedContact]] = {}
    for one in contacts:
        days.setdefault(one.on, []).append(one)
    for on in sorted(days):
        if on + WATCH > until:
            return
        yield from _on(on, days)


def _on(on: date, days: Mapping[date, Sequence[LoggedContact]]) -> Iterator[Moment]:
    today = days[on]
    before = [one for day in days if on - WATCH <= day < on for one in days[day]]
    after = [one for day in days if on < day <= on + WATCH for one in days[day]]
    unmet = {one.reason for one in today if one.is_met is False}
    met = {one.reason for one in today if one.is_met} - unmet
    if any(one.is_met is False for one in before):
        return
    for reason in sorted(unmet):
        is_alone = len(unmet) == 1 and all(one.is_met is not False for one in after)
        found = _aftermath(reason, today, after, is_alone=is_alone)
        yield Moment(on, reason, False, found, _journey(reason, today, is_met=False))
    if unmet or any(one.is_met for one in before) or any(one.is_met is False for one in after):
        return
    for reason in sorted(met):
        found = _aftermath(reason, today, after, is_alone=False)
        yield Moment(on, reason, True, found, _journey(reason, today, is_met=True))


def _journey(reason: str, today: Sequence[LoggedContact], *, is_met: bool) -> str | None:
    """The first journey by key of contacts for a reason that were met, or were not."""
    of_these = (one for one in today if one.reason == reason and one.is_met is is_met)
    return min((one.journey for one in of_these if one.journey is not None), default=None)


def _aftermath(
    reason: str, today: Sequence[LoggedContact], after: Sequence[LoggedContact], *, is_alone: bool
) -> Aftermath:
    is_lost = any(one.is_lost for one in (*today, *after))
    return Aftermath(
        contacts=1,
        repeated=int(any(one.reason == reason for one in after)),
        escalated=int(any(one.is_escalated for one in (*today, *after))),
        silent=int(not after and not is_lost),
        lost=int(is_lost),
        lost_alone=int(is_lost and is_alone),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """What followed the unmet contacts for a reason, beside what followed the met ones."""

    unmet: Aftermath = Aftermath()
    met: Aftermath = Aftermath()

    def __add__(self, other: Compared) -> Compared:
        return Compared(self.unmet + other.unmet, self.met + other.met)

    @property
    def is_telling(self) -> bool:
        """Whether both sides have enough contacts for a share of them to be more than chance."""
        return min(self.unmet.contacts, self.met.contacts) >= FEWEST_JUDGED

    def lift(self, what: Consequence) -> Decimal | None:
        """How many times as often this follows an unmet contact as a met one.

        None with too few contacts on either side, or where it follows hardly a met one.
        """
        after_unmet, after_met = self.unmet.share(what), self.met.share(what)
        is_chance = not self.is_telling or self.met.count(what) < FEWEST_FOLLOWED
        if is_chance or after_unmet is None or not after_met:
            return None
        return after_unmet / after_met


def ordered_by_loss(by_reason: Mapping[str, Compared]) -> list[tuple[str, Compared]]:
    """The reasons that have moments, what precedes loss the most first.

    Those with enough contacts come first, by the share lost after a moment; the rest by how many.
    """

    def place(item: tuple[str, Compared]) -> tuple[bool, Decimal | int, int, str]:
        reason, one = item
        lost = one.unmet.share(Consequence.LOST) or 0
        by = -lost if one.is_telling else -one.unmet.lost
        return not one.is_telling, by, -one.unmet.contacts, reason

    told = [(reason, one) for reason, one in by_reason.items() if one.unmet.contacts]
    return sorted(told, key=place)

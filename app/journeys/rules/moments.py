"""Moments at which a single bad contact precedes what a company fears: the definition.

It reads the contacts of one customer in their order, so it is counted where the log is read and
not from its months.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

WATCH = timedelta(days=90)
"""How long after a contact its consequences are looked for."""


@dataclass(frozen=True, slots=True)
class LoggedContact:
    """One contact of a customer; ``is_met`` is None where nobody judged it."""

    on: date
    reason: str
    is_met: bool | None
    is_escalated: bool = False
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What followed some contacts within the watch, in contacts.

    ``lost_alone``: lost without another unmet contact on the way. ``silent``: neither heard of
    again nor known to be lost.
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


def aftermaths(
    contacts: Sequence[LoggedContact], *, until: date
) -> Iterable[tuple[str, bool, Aftermath]]:
    """What followed the moments of one customer: (reason, was it met, what followed).

    ``contacts`` are all of that customer's by day. An unmet contact is a moment unless it lies in
    the watch of an earlier unmet one. A met contact is one to compare with unless it lies in the
    watch of any moment or an unmet one follows in its own. A watch that has not ended by
    ``until``, the last day of the log, says nothing yet and is left out.
    """
    unmet_until = met_until = date.min
    for place, one in enumerate(contacts):
        end = one.on + WATCH
        after = [later for later in contacts[place + 1 :] if later.on <= end]
        if one.is_met is None or one.on <= unmet_until:
            continue
        if not one.is_met:
            unmet_until = end
        elif one.on <= met_until or any(later.is_met is False for later in after):
            continue
        else:
            met_until = end
        if end <= until:
            yield one.reason, one.is_met, _aftermath(one, after)


def _aftermath(one: LoggedContact, after: Sequence[LoggedContact]) -> Aftermath:
    lost = one.is_lost or any(later.is_lost for later in after)
    is_alone = all(later.is_met is not False for later in after)
    found = Aftermath(
        contacts=1,
        repeated=int(any(later.reason == one.reason for later in after)),
        escalated=int(one.is_escalated or any(later.is_escalated for later in after)),
        silent=int(not after and not lost),
        lost=int(lost),
    )
    return replace(found, lost_alone=int(lost and is_alone and one.is_met is False))

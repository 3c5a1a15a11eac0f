"""The contact log as tables: why customers get in touch, through what, who, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.queries import ReasonRow
from app.journeys.rules import Channel, Logged, by_group, total_of
from app.values.money import Money
from app.web.filters import NONE, money, number, percent

MOST_ROWS = 12
NO_REASON = "Reason not stated"

SORTS: dict[str, tuple[str, Callable[[Logged], Decimal | int]]] = {
    "contacts": ("Contacts", lambda one: one.contacts),
    "unmet": ("Unmet", lambda one: one.unmet_share or 0),
    "cost": ("Cost per contact", lambda one: one.cost_per_contact_minor or 0),
    "minutes": ("Minutes per contact", lambda one: one.minutes_per_contact or 0),
    "back": ("Repeats", lambda one: one.repeat_share or 0),
}
"""What the reasons can be sorted by, largest first: the word in the address, and on the page."""

COMPARED = (
    "Contacts",
    "Share",
    "Unmet",
    "Cost per contact",
    "Minutes per contact",
    "Satisfaction",
)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Contacts for one reason through one channel with one expected result."""

    reason: str
    channel: str
    expected: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class ContactTable:
    """The reasons as they are asked for; ``hidden`` more are left out of the first ones."""

    rows: Sequence[ContactRow]
    foot: Sequence[str]
    hidden: int
    total: Logged


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One group of contacts beside others; ``cells`` follow COMPARED."""

    name: str
    note: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class LossRow:
    """A reason with its repeats, escalations and customers lost."""

    reason: str
    cells: Sequence[str]


def contact_table(
    rows: Sequence[ReasonRow], currency: str, *, sort: str, shows_all: bool
) -> ContactTable:
    """The reasons sorted by one of SORTS, the first ones unless all are asked for."""
    total = total_of(row.logged for row in rows)
    ordered = sorted(rows, key=lambda row: -SORTS[sort][1](row.logged))
    shown = ordered if shows_all else ordered[:MOST_ROWS]
    return ContactTable(
        rows=[
            ContactRow(
                row.reason or NO_REASON,
                row.channel.word,
                row.expected or "not stated",
                _reason_cells(row.logged, total, currency),
            )
            for row in shown
        ],
        foot=_reason_cells(total, total, currency),
        hidden=len(ordered) - len(shown),
        total=total,
    )


def channel_rows(by_channel: Mapping[Channel, Logged], currency: str) -> list[ComparedRow]:
    """The groups of channels beside each other, each with the channels in it."""
    total = total_of(by_channel.values())
    return [
        ComparedRow(
            group.word,
            _named([one.word for one in group.channels if one in by_channel], group.word),
            _compared(logged, total, currency),
        )
        for group, logged in by_group(by_channel).items()
    ]


def _named(channels: Sequence[str], group: str) -> str:
    """The channels of a group, unless they are the group."""
    return "" if list(channels) == [group] else ", ".join(channels)


def segment_rows(by_segment: Mapping[tuple[str, bool], Logged], currency: str) -> list[ComparedRow]:
    """Segments beside each other, prospects apart from customers, the largest first."""
    total = total_of(by_segment.values())
    ordered = sorted(by_segment.items(), key=lambda item: (-item[1].contacts, item[0]))
    return [
        ComparedRow(
            segment or "Segment not stated",
            "prospects" if is_prospect else "customers",
            _compared(logged, total, currency),
        )
        for (segment, is_prospect), logged in ordered
    ]


def loss_rows(rows: Sequence[ReasonRow]) -> list[LossRow]:
    """The reasons with repeats, escalations or losses among their contacts, most lost first."""
    by_reason: dict[str, Logged] = {}
    for row in rows:
        by_reason[row.reason] = by_reason.get(row.reason, Logged()) + row.logged
    told = [
        (reason, one)
        for reason, one in by_reason.items()
        if one.repeats or one.escalated or one.lost
    ]
    told.sort(key=lambda item: (-item[1].lost, -item[1].escalated, -item[1].repeats, item[0]))
    total = total_of(by_reason.values())
    return [
        LossRow(
            reason or NO_REASON,
            [
                number(one.contacts),
                _counted(one.repeats, one.keyed, is_known=one.keyed > 0),
                _counted(one.escalated, one.contacts, is_known=total.escalated > 0),
                _counted(one.lost, one.contacts, is_known=total.lost > 0),
            ],
        )
        for reason, one in told[:MOST_ROWS]
    ]


def _counted(count: int, contacts: int, *, is_known: bool) -> str:
    """A count with its share; nothing where no contact in view ever says so."""
    return f"{number(count)} ({percent(Decimal(count) / contacts)})" if is_known else NONE


def _reason_cells(one: Logged, total: Logged, currency: str) -> list[str]:
    return [
        number(one.contacts),
        _share(one, total),
        percent(one.unmet_share),
        _cost(one, currency),
        _rounded(one.minutes_per_contact),
        percent(one.repeat_share),
    ]


def _compared(one: Logged, total: Logged, currency: str) -> list[str]:
    return [
        number(one.contacts),
        _share(one, total),
        percent(one.unmet_share),
        _cost(one, currency),
        _rounded(one.minutes_per_contact),
        _rounded(one.satisfaction),
    ]


def _share(one: Logged, total: Logged) -> str:
    return percent(Decimal(one.contacts) / total.contacts) if total.contacts else NONE


def _cost(one: Logged, currency: str) -> str:
    minor = one.cost_per_contact_minor
    return NONE if minor is None else money(Money(minor, currency))


def _rounded(value: Decimal | None) -> str:
    return NONE if value is None else number(value, 1)

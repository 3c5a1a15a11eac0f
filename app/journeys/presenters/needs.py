"""Needs of customers with the evidence behind each, and preferred channels beside measured use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.models import CustomerNeed, NeedStatement
from app.journeys.rules import Channel, NeedKind
from app.values.share import whole_percents
from app.web.filters import day, number, percent

Use = Mapping[str, Mapping[Channel, int]]
"""Contacts by segment and channel."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One part of a need: what is said, and how it is known."""

    word: str
    text: str
    evidence: str
    link: str


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel: the place customers give it, and the share of their contacts it really has."""

    channel: str
    preference: str
    use: str
    share: float


@dataclass(frozen=True, slots=True)
class NeedView:
    """What one segment needs, ready to read; ``use_note`` says what the measured use stands on."""

    need: CustomerNeed
    parts: Sequence[Stated]
    preferred: str
    channels: Sequence[ChannelLine]
    use_note: str


def need_view(need: CustomerNeed, use: Use, months: str) -> NeedView:
    """Arrange a need; ``use`` are the logged contacts of these ``months``, empty without a log."""
    stated = {one.kind: one for one in need.statements}
    preferred = [Channel(word) for word in need.channels]
    contacts = _of_segment(use, need.segment)
    total = sum(contacts.values())
    if total:
        note = f"Use is measured: {number(total)} logged contacts of this segment, {months}."
    elif use:
        note = f"The log knows no segment of this name, {months}, so its use is not known."
    else:
        note = "No contact of this journey is logged, so the use is not known."
    return NeedView(
        need=need,
        parts=[_stated(kind, stated[kind]) for kind in NeedKind if kind in stated],
        preferred=", then ".join(channel.word for channel in preferred),
        channels=_lines(preferred, contacts, total),
        use_note=note,
    )


def _of_segment(use: Use, segment: str) -> dict[Channel, int]:
    found: dict[Channel, int] = {}
    for name, channels in use.items():
        if name.casefold() == segment.casefold():
            for channel, contacts in channels.items():
                found[channel] = found.get(channel, 0) + contacts
    return found


def _stated(kind: NeedKind, one: NeedStatement) -> Stated:
    asked = f", {number(one.sample_size)} asked" if one.sample_size else ""
    return Stated(kind.word, one.text, f"{one.source}, {day(one.observed_on)}{asked}", one.link)


def _lines(
    preferred: Sequence[Channel], contacts: Mapping[Channel, int], total: int
) -> list[ChannelLine]:
    """Preferred channels in their order, then the others that are used, the most used first."""
    others = sorted(
        (channel for channel in contacts if channel not in preferred),
        key=lambda channel: -contacts[channel],
    )
    listed = (*preferred, *others)
    shares = [Decimal(contacts.get(one, 0)) / total if total else Decimal(0) for one in listed]
    return [
        ChannelLine(
            channel.word,
            f"{preferred.index(channel) + 1}" if channel in preferred else "–",
            percent(share, 0) if total else "–",
            round(100 * contacts.get(channel, 0) / total, 1) if total else 0.0,
        )
        for channel, share in zip(listed, whole_percents(shares), strict=True)
    ]

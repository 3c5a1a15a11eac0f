"""What is said about the needs of customers, and what evidence each part takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.journeys.rules.words import Channel

LARGEST_SAMPLE = 2_000_000_000
_LINK = re.compile(r"https?://[^\s/]+\.[^\s]+|https?://localhost\S*")


class NeedKind(Enum):
    """The parts of a need."""

    OVERT = "overt"
    LATENT = "latent"
    CHANNELS = "channels"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    NeedKind.OVERT: "What they ask for",
    NeedKind.LATENT: "What they need without saying so",
    NeedKind.CHANNELS: "Preferred channels",
}


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """One part of a need, and how it is known."""

    text: str = ""
    source: str = ""
    observed_on: date | None = None
    sample_size: int | None = None
    link: str = ""

    @property
    def has_evidence(self) -> bool:
        """Whether anything at all is said about where it comes from."""
        return bool(self.source.strip() or self.observed_on or self.sample_size or self.link)


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """What a segment needs; ``channels`` the most preferred first."""

    segment: str
    channels: tuple[Channel, ...]
    statements: Mapping[NeedKind, StatementDraft]

    def says(self, kind: NeedKind) -> bool:
        """Whether this part is stated at all."""
        if kind is NeedKind.CHANNELS and self.channels:
            return True
        one = self.statements.get(kind)
        return bool(one and one.text.strip())


def need_cell(kind: NeedKind, name: str) -> str:
    """The name of a part's field, in forms and in messages alike."""
    return f"{kind.value}_{name}"


def need_faults(draft: NeedDraft, *, today: date) -> dict[str, str]:
    """What is impossible about a need, one sentence by field."""
    faults = {}
    if not draft.segment.strip():
        faults["segment"] = "Say which customers need it."
    if len(set(draft.channels)) < len(draft.channels):
        faults["channel_1"] = "Name each channel once."
    if not any(draft.says(kind) for kind in NeedKind):
        faults[need_cell(NeedKind.OVERT, "text")] = (
            "Say what they ask for, what they need, or which channels they prefer."
        )
    for kind in NeedKind:
        one = draft.statements.get(kind, StatementDraft())
        if draft.says(kind):
            faults |= _evidence_faults(kind, one, today)
        elif one.has_evidence:
            name = "channel_1" if kind is NeedKind.CHANNELS else need_cell(kind, "text")
            faults[name] = "There is evidence here, but not what it shows."
    return faults


def _evidence_faults(kind: NeedKind, one: StatementDraft, today: date) -> dict[str, str]:
    faults = {}
    if not one.source.strip():
        faults[need_cell(kind, "source")] = "Say how this is known, such as a survey or interviews."
    if one.observed_on is None:
        faults[need_cell(kind, "observed_on")] = "Say when it was observed."
    elif one.observed_on > today:
        faults[need_cell(kind, "observed_on")] = "Evidence cannot be from the future."
    if one.sample_size is None and not one.link:
        faults[need_cell(kind, "sample_size")] = "Say how many were asked, or link to the evidence."
    if one.sample_size is not None and not 1 <= one.sample_size <= LARGEST_SAMPLE:
        faults[need_cell(kind, "sample_size")] = "Enter how many were asked, at least 1."
    if one.link and not _LINK.fullmatch(one.link):
        faults[need_cell(kind, "link")] = "Enter an address that begins with https://."
    return faults

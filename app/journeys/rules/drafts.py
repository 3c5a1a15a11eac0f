"""What people enter about a journey, and what is impossible about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.calendar.rules import key_fault, unusual_amounts
from app.journeys.rules.bindings import PoolFigure
from app.journeys.rules.hot_spots import Measured
from app.journeys.rules.months import MonthSpan
from app.journeys.rules.origins import FigureKind, Origin
from app.journeys.rules.pools import LEVER_INPUTS, input_faults
from app.journeys.rules.words import Channel, Lever, StageKind
from app.values.money import CURRENCY_DIGITS
from app.values.written import day_words

FILE_COLUMNS = (
    "stage",
    "channel",
    "contacts_per_year",
    "satisfaction",
    "target",
    "importance",
    "cost_per_contact",
    "minutes_per_contact",
)
"""The head of a file of baseline figures; stage and channel by their fixed words."""

UNMET_COLUMN = "unmet_share"
"""May stand in a file of baseline figures and be empty: a share from 0 to 1."""

KEPT_DIGITS = 6
TOP_OF_SCALE = Decimal(10)
MOST_CONTACTS = Decimal(10_000_000_000)
DEAREST_CONTACT_MINOR = 100_000_00
LONGEST_CONTACT = Decimal(10_000)

_UNUSUAL = "This is more than 100 times the usual cost here. Correct it, or confirm it at the end."
_RESERVED_KEYS = frozenset({"new"})


@dataclass(frozen=True, slots=True)
class JourneyDraft:
    """What a person decides about a journey itself."""

    key: str
    name: str
    segment: str
    goal: str
    currency: str
    owner_id: int
    is_in_use: bool = True


@dataclass(frozen=True, slots=True)
class ShapeDraft:
    """The stages and touchpoints of a journey.

    ``names`` and ``hidden`` are by stage; ``touchpoints`` holds the name of every contact there
    is, by stage and channel.
    """

    names: Mapping[StageKind, str]
    hidden: frozenset[StageKind]
    touchpoints: Mapping[tuple[StageKind, Channel], str]


@dataclass(frozen=True, slots=True)
class BaselineDraft:
    """A measurement of a journey; ``figures`` by touchpoint id, the unmeasured left out.

    ``measured_on`` is the day of what was measured anew; ``anew`` are the figures by touchpoint id
    that came out as they were. ``origins`` by touchpoint id and kind say where figures come from;
    what is left out was entered by hand. ``period``, ``days_covered`` and ``one_in`` are of the
    log a baseline was cut from.
    """

    measured_on: date
    source: str
    note: str
    figures: Mapping[int, Measured]
    anew: Mapping[int, Collection[FigureKind]] = field(default_factory=dict)
    origins: Mapping[int, Mapping[FigureKind, Origin]] = field(default_factory=dict)
    period: MonthSpan | None = None
    days_covered: int | None = None
    one_in: int | None = None


@dataclass(frozen=True, slots=True)
class PoolDraft:
    """What is claimed about one lever of a journey; a serve pool names its cost centre."""

    lever: Lever
    figures: tuple[PoolFigure, ...]
    source: str
    measured_on: date
    owner_id: int
    cost_centre_id: int | None = None

    @property
    def values(self) -> dict[str, Decimal]:
        return {figure.symbol: figure.value for figure in self.figures}


def journey_faults(draft: JourneyDraft) -> dict[str, str]:
    """What is impossible about a journey, one sentence by field."""
    faults = {}
    if fault := key_fault(draft.key):
        faults["key"] = fault
    elif draft.key in _RESERVED_KEYS:
        faults["key"] = f"“{draft.key}” is taken by a page; choose another key."
    if not draft.name.strip():
        faults["name"] = "Give the journey a name, such as Motor claim."
    if not draft.segment.strip():
        faults["segment"] = "Say which customers go through it."
    if not draft.goal.strip():
        faults["goal"] = "Say what the customer wants to reach."
    if draft.currency not in CURRENCY_DIGITS:
        faults["currency"] = "Choose one of the currencies Waymark knows."
    return faults


def stage_cell(kind: StageKind) -> str:
    """The name of a stage's field, in forms and in messages alike."""
    return f"stage-{kind.value}"


def touchpoint_cell(kind: StageKind, channel: Channel) -> str:
    """The name of a touchpoint's field, in forms and in messages alike."""
    return f"touchpoint-{kind.value}-{channel.value}"


def shape_faults(draft: ShapeDraft) -> dict[str, str]:
    """What is impossible about the stages, one sentence by field."""
    faults = {
        stage_cell(kind): "Give the stage a name."
        for kind in StageKind
        if kind not in draft.hidden and not draft.names.get(kind, "").strip()
    }
    if len(draft.hidden) == len(StageKind):
        faults[stage_cell(StageKind.AWARENESS)] = "Show at least one stage."
    for kind, channel in draft.touchpoints:
        if kind in draft.hidden:
            faults[touchpoint_cell(kind, channel)] = "Show the stage, or take this out."
    return faults


def figure_cell(touchpoint_id: int, name: str) -> str:
    """The name of a baseline figure's field, in forms and in messages alike."""
    return f"t{touchpoint_id}-{name}"


def baseline_faults(
    draft: BaselineDraft, *, today: date, not_before: date | None, is_confirmed: bool
) -> dict[str, str]:
    """What is impossible about a measurement, one sentence by field.

    ``not_before`` is the day of the last version. Unless ``is_confirmed``, a cost per contact a
    hundred times the usual is asked about.
    """
    faults = {}
    if draft.measured_on > today:
        faults["measured_on"] = "A measurement cannot lie in the future."
    elif not_before is not None and draft.measured_on < not_before:
        faults["measured_on"] = (
            f"The last version was measured on {day_words(not_before)}; this is older."
        )
    if not draft.source.strip():
        faults["source"] = "Say where the figures come from."
    if not draft.figures:
        faults["source"] = "Enter the figures of at least one touchpoint."
    for touchpoint_id, measured in draft.figures.items():
        faults |= {
            figure_cell(touchpoint_id, name): words for name, words in _out_of_range(measured)
        }
    if not faults and not is_confirmed:
        costs = {
            figure_cell(id_, "cost"): measured.cost_per_contact_minor
            for id_, measured in draft.figures.items()
        }
        words = (
            "This is more than 100 times the usual cost here. Correct it, or confirm it at the end."
        )
        faults = dict.fromkeys(unusual_amounts(costs), words)
    return faults


def _out_of_range(measured: Measured) -> list[tuple[str, str]]:
    scale = "Enter a score from 0 to 10."
    limits = (
        (
            "contacts",
            measured.contacts_per_year,
            MOST_CONTACTS,
            "Enter contacts a year, 0 or more.",
        ),
        ("satisfaction", measured.satisfaction, TOP_OF_SCALE, scale),
        ("target", measured.satisfaction_target, TOP_OF_SCALE, scale),
        ("importance", measured.importance, TOP_OF_SCALE, scale),
        ("cost", measured.cost_per_contact_minor, DEAREST_CONTACT_MINOR, "No contact costs that."),
        ("minutes", measured.minutes_per_contact, LONGEST_CONTACT, "Enter minutes of one contact."),
        ("unmet", measured.unmet_share or 0, 1, "This is a share; enter 0 to 100 %."),
    )
    return [(name, words) for name, value, most, words in limits if not 0 <= value <= most]


def pool_faults(draft: PoolDraft, *, today: date) -> dict[str, str]:
    """What is impossible about a claimed pool, one sentence by field (symbol, symbol-low …)."""
    faults = {}
    if not draft.source.strip():
        faults["source"] = "Say where the figures come from."
    if draft.measured_on > today:
        faults["measured_on"] = "Figures cannot be from the future."
    given = draft.values
    for spec in LEVER_INPUTS[draft.lever]:
        if spec.symbol not in given:
            faults[spec.symbol] = f"Enter a figure for “{spec.label}”."
    for bound in ("low", "high"):
        bounds = {f.symbol: v for f in draft.figures if (v := getattr(f, bound)) is not None}
        found = input_faults(draft.lever, given | bounds) if bounds else {}
        faults |= {
            f"{symbol}-{bound}": words for symbol, words in found.items() if symbol in bounds
        }
    for figure in draft.figures:
        faults |= _spread_faults(figure)
    return faults | input_faults(draft.lever, given)


def _spread_faults(figure: PoolFigure) -> dict[str, str]:
    for name, value in (("", figure.value), ("-low", figure.low), ("-high", figure.high)):
        if value is not None and value != round(value, KEPT_DIGITS):
            return {f"{figure.symbol}{name}": "Round it: six digits after the point are kept."}
    if (figure.low is None) != (figure.high is None):
        missing = "low" if figure.low is None else "high"
        return {f"{figure.symbol}-{missing}": "Give both P10 and P90, or neither."}
    faults = {}
    if figure.low is not None and figure.low > figure.value:
        faults[f"{figure.symbol}-low"] = "P10 is the cautious end; it cannot exceed P50."
    if figure.high is not None and figure.high < figure.value:
        faults[f"{figure.symbol}-high"] = "P90 cannot be below P50."
    return faults

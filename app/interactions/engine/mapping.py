"""Mappings: which column of a foreign log means what, and which of its words mean which place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from app.interactions.engine.parsing import Part, check_currency, parse_parts
from app.journeys.rules import Channel, StageKind

Column = Annotated[str, Field(min_length=1)]
PLACES = {
    "stage": frozenset(kind.value for kind in StageKind),
    "channel": frozenset(channel.value for channel in Channel),
}
ISO = "iso"
"""Moments such as 2027-03-31, 2027-03-31 09:30 or 2027-03-31T09:30:00, in the mapping's zone."""
OF_COLUMNS = "own-"
"""How names of mappings begin that were made by choosing a file's columns."""
OFFSET = "offset"
"""The same with an offset each, such as 2027-03-31T09:30:00+02:00 or …Z."""


class MomentColumn(Part):
    """A column of moments; ``format`` is iso, offset, or a pattern such as %d.%m.%Y %H:%M."""

    column: Column
    format: Annotated[str, Field(min_length=2)] = ISO

    def first_day(self, day: date) -> date:
        """The first day of what counts on this day."""
        return day


class FiscalPeriod(Part):
    """A year, and perhaps its quarter, that begins with ``first_month``; counts on its last day.

    A fiscal year is named by the calendar year in which it ends unless ``named_by_start``; of a
    cell such as 2023-2024 the first number counts.
    """

    fiscal_year: Column
    fiscal_quarter: Column | None = None
    first_month: Annotated[int, Field(ge=1, le=12)] = 1
    named_by_start: bool = False

    def first_day(self, day: date) -> date:
        """The first day of the year or quarter that counts on this day, its last."""
        months = day.year * 12 + day.month - (12 if self.fiscal_quarter is None else 3)
        return date(months // 12, months % 12 + 1, 1)


class MonthWord(Part):
    """A column of English month words in a ``year`` the file does not name; its last day."""

    month: Column
    year: Annotated[int, Field(ge=1970, le=2100)]

    def first_day(self, day: date) -> date:
        """The first day of the month that counts on this day, its last."""
        return day.replace(day=1)


class Words(Part):
    """A column of which some words mean yes; case and outer spaces do not count."""

    column: Column
    words: tuple[str, ...]


class Place(Part):
    """Journey, stage or channel: ``fixed``, or by the words of a column.

    Without ``words`` the column's own words are the place. A word that stands in neither takes the
    place ``otherwise``, or none.
    """

    fixed: str | None = None
    column: Column | None = None
    words: dict[str, str] = {}
    otherwise: str | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Place:
        if (self.fixed is None) == (self.column is None):
            raise ValueError("name either “fixed” or “column”")
        return self

    def of(self, word: str | None) -> str | None:
        """The place a word of the column means; None where it has none."""
        if self.fixed is not None:
            return self.fixed
        said = (word or "").strip().casefold()
        if not self.words:
            return said or self.otherwise
        return self._known.get(said, self.otherwise)

    @property
    def meant(self) -> frozenset[str]:
        """All places it can give; none where the words of a column are the places."""
        if self.column is not None and not self.words:
            return frozenset()
        named = (self.fixed, self.otherwise, *self.words.values())
        return frozenset(one for one in named if one is not None)

    @cached_property
    def _known(self) -> dict[str, str]:
        return {word.strip().casefold(): place for word, place in self.words.items()}


class Text(Part):
    """A fixed text or a column of few different ones."""

    fixed: str | None = None
    column: Column | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Text:
        if (self.fixed is None) == (self.column is None):
            raise ValueError("name either “fixed” or “column”")
        return self


class MetWords(Part):
    """A column whose words say whether the expectation was met; other words say nothing."""

    column: Column
    met: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()


class MetInTime(Part):
    """Met when the moment of ``ended`` is no later than that of the mapping's ``expected_by``."""

    ended: MomentColumn


class MetCounts(Part):
    """Counts of the row's contacts that were judged, and of those whose expectation was met."""

    judged: tuple[Column, ...]
    met: tuple[Column, ...]


class Cost(Part):
    """Handling cost in a column, in units of ``scale``, or a tariff per contact by channel."""

    column: Column | None = None
    scale: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    tariff: dict[str, Annotated[Decimal, Field(ge=0)]] = {}

    @model_validator(mode="after")
    def _is_one(self) -> Cost:
        if (self.column is None) == (not self.tariff):
            raise ValueError("name either “column” or “tariff”")
        return self


class Minutes(Part):
    """How long the contact took."""

    column: Column
    unit: Literal["seconds", "minutes", "hours"] = "minutes"


class Score(Part):
    """What the customer gave, on a scale from ``low`` to ``high``; kept as 0 to 10.

    Beside counts of judged contacts (`MetCounts`) it is the mean of those answers.
    """

    column: Column
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(10)

    @model_validator(mode="after")
    def _has_span(self) -> Score:
        if self.high <= self.low:
            raise ValueError("“high” has to be more than “low”")
        return self


class Spread(Part):
    """One of several columns of contacts in a row, and what each stands for.

    Without ``channel`` its contacts have no place: they are in the log and said to count nowhere.
    """

    contacts: Column
    channel: str | None = None
    stage: str | None = None
    reason: str | None = None


class Mapping(Part):
    """A whole mapping as its JSON file holds it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")]
    title: Annotated[str, Field(min_length=1)]
    source: str
    licence: str
    currency: str = "EUR"
    encoding: Literal["utf-8", "utf-16", "windows-1252"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    missing: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    zone: str = "UTC"
    when: MomentColumn | FiscalPeriod | MonthWord
    id: Column | None = None
    customer: Column | None = None
    prospect: Words | None = None
    segment: Text | None = None
    journey: Place | None = None
    stage: Place
    channel: Place | None = None
    reason: Text | None = None
    expected: Text | None = None
    expected_by: MomentColumn | None = None
    outcome: Text | None = None
    met: MetWords | MetInTime | MetCounts | None = None
    contacts: Column | None = None
    invited: Column | None = None
    cost: Cost | None = None
    minutes: Minutes | None = None
    score: Score | None = None
    escalated: Words | None = None
    lost: Words | None = None
    only: Words | None = None
    spread: tuple[Spread, ...] = ()

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("this is no time zone; write it as Europe/Berlin") from error
        return name

    @model_validator(mode="after")
    def _fits_together(self) -> Mapping:
        for kind, place in (("stage", self.stage), ("channel", self.channel)):
            _check_places(kind, place)
        for one in self.spread:
            if one.channel is not None:
                _check_place("channel", one.channel)
            if one.stage is not None:
                _check_place("stage", one.stage)
        if self.cost is not None:
            for channel in self.cost.tariff:
                _check_place("channel", channel)
        if (self.channel is None) == (not self.spread):
            raise ValueError("name either “channel” or “spread”")
        if self.spread:
            _check_spread(self)
        if isinstance(self.met, MetInTime) and self.expected_by is None:
            raise ValueError("“met.ended” needs “expected_by”")
        if isinstance(self.met, MetWords):
            _check_words(self.met)
        return self

    @property
    def is_of_columns(self) -> bool:
        """Whether it was made of a file's columns, and is named by what it says."""
        return self.name.startswith(OF_COLUMNS)

    def covers_from(self, earliest: date | None) -> date | None:
        """The first day a log covers whose earliest contact counts on a day; None: of none."""
        return None if earliest is None else self.when.first_day(earliest)

    def columns(self) -> dict[str, None]:
        """Every column this mapping reads, in the order of its parts."""
        found: dict[str, None] = {}
        for part in (getattr(self, name) for name in type(self).model_fields if name != "missing"):
            for one in part if isinstance(part, tuple) else (part,):
                found.update(_columns_of(one))
        for name in (self.id, self.customer, self.contacts, self.invited):
            if name is not None:
                found[name] = None
        return found


def _check_spread(mapping: Mapping) -> None:
    """Refuse what is said once of a row and would count again for each column of contacts."""
    once = {
        "met.judged": isinstance(mapping.met, MetCounts),
        "invited": mapping.invited is not None,
        "cost.column": mapping.cost is not None and mapping.cost.column is not None,
        "score": mapping.score is not None,
    }
    for name in (name for name, is_said in once.items() if is_said):
        raise ValueError(
            f"“{name}” counts the whole row and would count once for each column of “spread”;"
            " leave it out"
        )


def _check_words(part: MetWords) -> None:
    """Refuse a word that says of one contact that it met its expectation, and that it did not."""
    unmet = {word.strip().casefold() for word in part.unmet}
    for word in (word.strip() for word in part.met):
        if word.casefold() in unmet:
            raise ValueError(
                f"“{word[:40]}” stands in both “met.met” and “met.unmet”; it can say only one"
            )


_COLUMN_FIELDS = ("column", "fiscal_year", "fiscal_quarter", "month", "contacts", "judged", "met")


def _columns_of(part: object) -> dict[str, None]:
    found: dict[str, None] = {}
    if isinstance(part, MetInTime):
        found[part.ended.column] = None
    elif isinstance(part, MetWords):
        found[part.column] = None
    elif isinstance(part, Part):
        for name in _COLUMN_FIELDS:
            value = getattr(part, name, None)
            for one in value if isinstance(value, tuple) else (value,):
                if one is not None:
                    found[one] = None
    return found


def _check_places(kind: str, place: Place | None) -> None:
    if place is None:
        return
    for one in (place.fixed, place.otherwise, *place.words.values()):
        if one is not None:
            _check_place(kind, one)


def _check_place(kind: str, name: str) -> None:
    if name not in PLACES[kind]:
        known = ", ".join(sorted(PLACES[kind]))
        raise ValueError(f"“{name[:40]}” is no {kind}; there are {known}")


_ALTERNATIVES = (
    MomentColumn, FiscalPeriod, MonthWord, MetWords, MetInTime, MetCounts, Text, Place, Words,
)  # fmt: skip


def parse_mapping(content: bytes) -> Mapping:
    """Read a mapping file; raises FileRefusedError naming the JSON path that is wrong."""
    mapping = parse_parts(content, Mapping, unsaid=[one.__name__ for one in _ALTERNATIVES])
    check_currency(mapping.currency)
    return mapping

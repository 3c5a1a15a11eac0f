"""The sheets of the registry's workbook: which columns there are and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from app.initiatives.rules import Question


class Kind(Enum):
    """What a cell holds."""

    TEXT = "text"
    CHOICE = "choice"
    COUNT = "count"
    MEASURE = "measure"
    MONEY = "money"
    PERCENT = "percent"
    DAY = "day"
    QUARTER = "quarter"
    FLAG = "flag"


class Words(Enum):
    """The vocabularies that fill dropdowns."""

    LENS = "lens"
    PERSON = "person"
    JOURNEY = "journey"
    CYCLE = "cycle"
    FUND = "fund"
    TEAM = "team"
    GRADE = "grade"
    RISK = "risk"
    KIND = "kind"
    DIRECTION = "direction"
    LINK = "link"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``name`` is what services call the field, ``label`` what stands in the header.

    ``is_fixed``: it names the row and can only be given with a new one. ``is_told``: it is written
    for people to know and never read back.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    words: Words | None = None
    is_needed: bool = False
    is_fixed: bool = False
    is_told: bool = False
    is_money: bool = False
    width: int = 14

    @property
    def is_read(self) -> bool:
        return not (self.is_fixed or self.is_told)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; the columns in ``identity`` tell its rows apart, the first names the initiative.

    ``is_numbered``: the last of them is a number that Waymark gives, empty on a new row.
    """

    name: str
    thing: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    is_numbered: bool = False
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {one.name: one for one in self.columns})

    def column(self, name: str) -> Column:
        return self.by_name[name]

    @property
    def read_columns(self) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if one.is_read)


VERSION = "Version"
SEEN = "As exported"
"""Headers of the columns in which a row says what Waymark had when it was written."""

CARRIED = "Waymark"
"""The hidden sheet that says which rows were written."""

MOST_QUARTERS = 40
_KEY = Column("initiative", "Initiative", is_fixed=True, width=12)


def _quarters(kind: Kind, count: int, *, is_money: bool) -> tuple[Column, ...]:
    return tuple(
        Column(f"q{place}", f"Quarter {place + 1}", kind, is_money=is_money, width=12)
        for place in range(count)
    )


INITIATIVES = Sheet(
    "Initiatives",
    "initiative",
    (
        replace(_KEY, label="Key"),
        Column("state", "State", is_told=True, width=11),
        Column("locked", "Why it can’t be changed", is_told=True, width=24),
        Column("title", "Title", is_needed=True, width=38),
        Column("unit", "Organisation unit", is_needed=True, width=22),
        Column("lens", "Mainly changes", Kind.CHOICE, Words.LENS, is_needed=True),
        Column("owner_id", "Owner", Kind.CHOICE, Words.PERSON, is_needed=True, width=20),
        Column("sponsor_id", "Sponsor", Kind.CHOICE, Words.PERSON, width=20),
        Column("journey_id", "Journey", Kind.CHOICE, Words.JOURNEY, width=28),
        Column("cycle_id", "Cycle", Kind.CHOICE, Words.CYCLE, width=18),
        Column("planned_start", "Planned start", Kind.QUARTER, is_needed=True),
        Column("currency", "Currency", is_told=True, width=10),
    ),
    ("initiative",),
)
ANSWERS = Sheet(
    "Answers",
    "set of answers",
    (_KEY, *(Column(one.value, one.label, width=36) for one in Question)),
    ("initiative",),
)
OPTIONS = Sheet(
    "Options",
    "option",
    (
        _KEY,
        Column("key", "Option", is_fixed=True, width=12),
        Column("name", "Name", is_needed=True, width=26),
        Column("scope", "Scope", width=36),
        Column("go_live_quarters", "Go-live after, quarters", Kind.COUNT, is_needed=True),
        Column("ramp_quarters", "Ramp, quarters", Kind.COUNT, is_needed=True),
        Column("half_life_quarters", "Half-life, quarters", Kind.COUNT),
        Column("earliest_start", "Earliest start", Kind.QUARTER),
        Column("latest_start", "Latest start", Kind.QUARTER),
        Column("risk", "Risk", Kind.CHOICE, Words.RISK, is_needed=True),
        Column("effort_minutes", "Customer minutes saved a year", Kind.COUNT),
        Column("declared_benefit", "Declared benefit", Kind.MONEY, is_money=True),
        Column("declared_grade", "Evidence for it", Kind.CHOICE, Words.GRADE, is_money=True),
        Column("declared_source", "Source of it", is_money=True, width=24),
        Column("cost_low", "Cost, P10", Kind.PERCENT, is_money=True),
        Column("cost_high", "Cost, P90", Kind.PERCENT, is_money=True),
    ),
    ("initiative", "key"),
)
SPEND = Sheet(
    "Spend",
    "line of spend",
    (
        _KEY,
        Column("key", "Option", is_fixed=True, width=12),
        Column("fund", "Fund", Kind.CHOICE, Words.FUND, is_fixed=True, width=18),
        *_quarters(Kind.MONEY, MOST_QUARTERS, is_money=True),
    ),
    ("initiative", "key", "fund"),
)
DAYS = Sheet(
    "Team days",
    "line of team days",
    (
        _KEY,
        Column("key", "Option", is_fixed=True, width=12),
        Column("team", "Team", Kind.CHOICE, Words.TEAM, is_fixed=True, width=18),
        *_quarters(Kind.MEASURE, MOST_QUARTERS, is_money=False),
    ),
    ("initiative", "key", "team"),
)
MILESTONES = Sheet(
    "Milestones",
    "milestone",
    (
        _KEY,
        Column("number", "Milestone no.", Kind.COUNT, is_fixed=True, width=12),
        Column("name", "Name", is_needed=True, width=28),
        Column("due_on", "Due on", Kind.DAY, is_needed=True),
        Column("tranche_share", "Share of the money", Kind.PERCENT, is_needed=True),
        Column("kind", "Kind", Kind.CHOICE, Words.KIND, is_needed=True),
        Column("target_error", "Known to within", Kind.PERCENT),
        Column("action_if_missed", "If it is missed", width=30),
    ),
    ("initiative", "number"),
    is_numbered=True,
)
CRITERIA = Sheet(
    "Criteria",
    "criterion",
    (
        _KEY,
        Column("number", "Criterion no.", Kind.COUNT, is_fixed=True, width=12),
        Column("milestone", "Milestone", is_fixed=True, width=28),
        Column("metric", "Metric", is_needed=True, width=28),
        Column("unit", "Unit"),
        Column("direction", "Direction", Kind.CHOICE, Words.DIRECTION, is_needed=True),
        Column("threshold", "Threshold", Kind.MEASURE, is_needed=True),
        Column("baseline", "Baseline", Kind.MEASURE),
        Column("minimum_sample", "Least sample", Kind.COUNT),
        Column("is_must_meet", "Must be met", Kind.FLAG, Words.FLAG, is_needed=True),
    ),
    ("initiative", "number"),
    is_numbered=True,
)
NEEDS, EXCLUDES = "needs", "excludes"
LINKS = Sheet(
    "Links",
    "link",
    (
        _KEY,
        Column("kind", "Link", Kind.CHOICE, Words.LINK, is_fixed=True),
        Column("other", "Other initiative", is_fixed=True),
        Column("lag_quarters", "Started before by, quarters", Kind.COUNT, width=18),
        Column("note", "Note", width=40),
    ),
    ("initiative", "kind", "other"),
)

SHEETS = (INITIATIVES, ANSWERS, OPTIONS, SPEND, DAYS, MILESTONES, CRITERIA, LINKS)


def sheets_for(*, shows_money: bool) -> tuple[Sheet, ...]:
    """The sheets somebody works with; where money is hidden from them, none of its columns."""
    return SHEETS if shows_money else tuple(_without_money(SHEETS))


def _without_money(sheets: Sequence[Sheet]) -> list[Sheet]:
    return [
        replace(one, columns=tuple(column for column in one.columns if not column.is_money))
        for one in sheets
        if one is not SPEND
    ]


def widened(sheet: Sheet, last: int) -> Sheet:
    """A sheet over quarters with as many as are used up to ``last`` and a few more, 8 at least."""
    count = min(MOST_QUARTERS, max(8, last + 2))
    kept = [
        one for one in sheet.columns if not one.name.startswith("q") or int(one.name[1:]) < count
    ]
    return replace(sheet, columns=tuple(kept))


BUDGETS = Sheet(
    "Budgets",
    "budget",
    (
        Column("cycle", "Cycle", is_fixed=True),
        Column("fund", "Fund", is_fixed=True),
        Column("quarter", "Quarter", Kind.QUARTER, is_fixed=True),
        Column("amount", "Budget", Kind.MONEY, is_money=True),
    ),
    ("cycle", "fund", "quarter"),
)
"""No sheet of the workbook: what files of budgets set, as their record keeps it."""

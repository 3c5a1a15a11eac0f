"""States and moves of a cycle, and what is possible for its dates, rates and amounts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import Enum
from statistics import median
from typing import Any, TypeVar

from app.values.money import CURRENCY_DIGITS
from app.values.quarter import Quarter, QuarterSpan
from app.values.written import day_words

LONGEST_CYCLE_DAYS = 732
MOST_QUARTERS = 40
HIGHEST_DISCOUNT = Decimal("0.5")
HIGHEST_HURDLE = Decimal(5)
UNUSUAL_FACTOR = 100
"""An amount this many times the median of the others is asked about before it is saved."""

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_KEY = 40

Cell = TypeVar("Cell", bound=Hashable)


class CycleState(Enum):
    """A cycle is drafted, open for proposals and decisions, then closed; the next one follows."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"

    @property
    def word(self) -> str:
        return {"draft": "Draft", "open": "Open", "closed": "Closed"}[self.value]


@dataclass(frozen=True, slots=True)
class CycleMove:
    """One way a cycle may change its state; its button's words and what then has been done."""

    source: CycleState
    action: str
    target: CycleState
    permission: str
    label: str
    done: str


CYCLE_MOVES = (
    CycleMove(CycleState.DRAFT, "open", CycleState.OPEN, "calendar.edit", "Open cycle", "opened"),
    CycleMove(
        CycleState.OPEN, "close", CycleState.CLOSED, "calendar.edit", "Close cycle", "closed"
    ),
)


def closed_bar(name: str, state: CycleState) -> str | None:
    """Why a cycle's figures can't change any more; None while they can."""
    if state is CycleState.CLOSED:
        return f"{name} is closed and stays as it was; change the next cycle."
    return None


def move_of(state: CycleState, action: str) -> CycleMove | None:
    """The move ``action`` makes from ``state``; None where the table has none."""
    moves = (move for move in CYCLE_MOVES if (move.source, move.action) == (state, action))
    return next(moves, None)


@dataclass(frozen=True, slots=True)
class CycleDraft:
    """Everything a person decides about a cycle itself; rates are shares, 0.09 for 9 %."""

    name: str
    starts_on: date
    ends_on: date
    currency: str
    first_quarter: Quarter
    quarter_count: int
    discount_rate: Decimal
    hurdle_rate: Decimal
    release_confidence: Decimal

    @property
    def quarters(self) -> QuarterSpan:
        return QuarterSpan(self.first_quarter, self.quarter_count)


def cycle_faults(draft: CycleDraft) -> dict[str, str]:
    """What is impossible about a cycle, one sentence by field."""
    faults = typed_cycle_faults({field.name: getattr(draft, field.name) for field in fields(draft)})
    if not draft.name.strip():
        faults["name"] = "Give the cycle a name, such as FY27 H1."
    if draft.currency not in CURRENCY_DIGITS:
        faults["currency"] = "Choose one of the currencies Waymark knows."
    return faults


def typed_cycle_faults(values: Mapping[str, Any]) -> dict[str, str]:
    """What is impossible about a cycle's dates and rates as far as they are known.

    ``values`` are those of a `CycleDraft` by name; what could not be read is None.
    """
    known = {name: value for name, value in values.items() if value is not None}
    return _date_faults(known) | _rate_faults(known)


def _date_faults(known: Mapping[str, Any]) -> dict[str, str]:
    faults = {}
    starts, ends, first = (known.get(n) for n in ("starts_on", "ends_on", "first_quarter"))
    if starts and ends and ends <= starts:
        faults["ends_on"] = "The cycle has to end after it starts."
    elif starts and ends and (ends - starts).days > LONGEST_CYCLE_DAYS:
        faults["ends_on"] = "A cycle lasts two years at most; plan further with more quarters."
    if not 1 <= known.get("quarter_count", 1) <= MOST_QUARTERS:
        faults["quarter_count"] = f"Plan between 1 and {MOST_QUARTERS} quarters."
    if first and starts and first.last_day < starts:
        faults["first_quarter"] = "The first planned quarter ends before the cycle starts."
    elif first and ends and first.first_day > ends:
        faults["first_quarter"] = "The first planned quarter begins after the cycle has ended."
    return faults


def _rate_faults(known: Mapping[str, Any]) -> dict[str, str]:
    faults = {}
    if not 0 <= known.get("discount_rate", 0) <= HIGHEST_DISCOUNT:
        faults["discount_rate"] = "Enter a discount rate between 0 % and 50 % a year."
    if not 0 <= known.get("hurdle_rate", 0) <= HIGHEST_HURDLE:
        faults["hurdle_rate"] = "Enter a hurdle rate between 0 % and 500 %."
    if not Decimal("0.5") <= known.get("release_confidence", Decimal("0.5")) < 1:
        faults["release_confidence"] = (
            "Enter a release confidence from 50 % to below 100 %; nothing is ever certain."
        )
    return faults


def written_share(share: Decimal) -> str:
    """A share as it is typed: 12.5 %."""
    return f"{(share * 100).normalize():f} %"


def described_cycle(draft: CycleDraft) -> dict[str, str]:
    """A cycle's own figures by label, for people who compare two versions."""
    return {
        "Name": draft.name,
        "Starts on": draft.starts_on.isoformat(),
        "Ends on": draft.ends_on.isoformat(),
        "Currency": draft.currency,
        "First quarter": str(draft.first_quarter),
        "Quarters": str(draft.quarter_count),
        "Discount rate": written_share(draft.discount_rate),
        "Hurdle rate": written_share(draft.hurdle_rate),
        "Release confidence": written_share(draft.release_confidence),
    }


def budget_cell(fund_key: str, quarter: Quarter) -> str:
    """The name of a budget grid's cell, in forms and in messages alike."""
    return f"budget-{fund_key}-{quarter}"


def capacity_cell(team_key: str, quarter: Quarter) -> str:
    """The name of a capacity grid's cell, in forms and in messages alike."""
    return f"days-{team_key}-{quarter}"


def key_fault(key: str) -> str | None:
    """Why a key can't be used, as a sentence; None if it can."""
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        return "Use lower-case letters, digits and single hyphens, at most 40, such as claims-app."
    return None


def unusual_amounts(amounts: Mapping[Cell, int | Decimal]) -> frozenset[Cell]:
    """The amounts so much larger than the others that a slip of the key is likelier.

    Only amounts above 0 count, and it takes four of them to say what is usual.
    """
    positive = {cell: amount for cell, amount in amounts.items() if amount > 0}
    if len(positive) < 4:
        return frozenset()
    usual = Decimal(median(Decimal(amount) for amount in positive.values()))
    return frozenset(cell for cell, amount in positive.items() if amount > usual * UNUSUAL_FACTOR)


def opening_faults(
    fund_totals: Mapping[str, int], team_days: Decimal, *, has_teams: bool = True
) -> list[str]:
    """Why a cycle's own figures bar its opening; ``fund_totals`` are minor units by fund name.

    ``has_teams``: whether there are teams paid in its currency, whose days can be entered at all;
    a registry that names money only is planned without.
    """
    faults = []
    if not fund_totals:
        faults.append("It has no fund yet; add one and give it a budget.")
    faults += [
        f"The fund {name} has no budget in any quarter; enter one or take the fund out."
        for name, total in fund_totals.items()
        if total == 0
    ]
    if fund_totals and has_teams and not team_days:
        faults.append("No team has any days; enter the capacities of at least one team.")
    return faults


def closing_faults(ends_on: date, today: date) -> list[str]:
    """Why a cycle cannot be closed yet."""
    if today < ends_on:
        return [f"It runs until {day_words(ends_on)}; change its end if it is over earlier."]
    return []


def next_cycle(today: date, last_end: date | None) -> dict[str, Any]:
    """What a new cycle says before anybody types: the half-year after the last one, or after today.

    Rates are left out, for they are the company's to say.
    """
    first = Quarter.containing(max(today, last_end or today)) + 1
    last = first + 1
    return {
        "name": f"FY{first.year % 100:02} Q{first.number} to Q{last.number}",
        "starts_on": first.first_day,
        "ends_on": last.last_day,
        "first_quarter": first,
    }


def key_of_name(name: str) -> str:
    """The key a name makes: its letters and digits without accents, joined by hyphens."""
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(one for one in letters if not unicodedata.combining(one)).lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:_LONGEST_KEY].rstrip("-")

"""Money really spent: what can be booked against what a commitment has released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from app.values.money import CURRENCY_DIGITS, Money
from app.values.quarter import Quarter
from app.values.written import quarter_words

LONGEST_REFERENCE = 80
TOO_EARLY = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Actual:
    """One payment to be booked; ``quarter`` is the one whose money it takes."""

    commitment_id: int
    fund_id: int
    quarter: Quarter
    amount_minor: int
    spent_on: date
    reference: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as a program names it, by keys and in whole units of the currency.

    ``cycle`` is its name where the initiative was approved in several, ``quarter`` None that of
    the day; ``is_part``: another part of what stands under this reference.
    """

    initiative: str
    cycle: str | None
    fund: str
    amount: Decimal
    currency: str
    paid_on: date
    quarter: Quarter | None
    reference: str
    is_part: bool

    @property
    def minor(self) -> int | None:
        """The amount in the currency's smallest unit; None where it has too many digits."""
        scaled = self.amount.scaleb(CURRENCY_DIGITS[self.currency])
        return int(scaled) if scaled == scaled.to_integral_value() else None


@dataclass(frozen=True, slots=True)
class Account:
    """A commitment as one that pays: ``left_minor`` is released and not yet spent.

    ``funds`` are those it was approved in, name by id; ``start`` and ``last`` its first and last
    quarter with money. ``booked`` sums what stands under each reference, minor units.
    """

    commitment_id: int
    key: str
    title: str
    cycle: str
    currency: str
    is_active: bool
    owner_id: int
    start: Quarter
    last: Quarter
    left_minor: int
    funds: Mapping[int, str] = field(default_factory=dict)
    booked: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> Money:
        return Money(self.left_minor, self.currency)


def actual_faults(actual: Actual, account: Account, *, today: date) -> dict[str, str]:
    """Why a payment can't be booked, a sentence by field; none if it can."""
    faults = {}
    if actual.fund_id not in account.funds:
        names = ", ".join(account.funds.values())
        faults["fund"] = f"{account.key} was not approved in this fund; its money is in {names}."
    if actual.amount_minor <= 0:
        faults["amount"] = "Enter an amount above zero; take a wrong one back by reversing it."
    elif actual.amount_minor > account.left_minor:
        faults["amount"] = (
            f"{account.key} has {account.left} released and not yet spent. Book at most that, or"
            " have its next hurdle decided first."
        )
    if actual.spent_on > today:
        faults["paid_on"] = "This day is still to come; book what is paid."
    elif actual.spent_on < account.start.first_day - TOO_EARLY:
        faults["paid_on"] = (
            f"This is more than a year before {account.key} begins in"
            f" {quarter_words(account.start)}; look at the year."
        )
    if fault := _quarter_fault(actual, account):
        faults["quarter"] = fault
    if not actual.reference:
        faults["reference"] = "Name the invoice or the posting, so that it can be found again."
    elif len(actual.reference) > LONGEST_REFERENCE or not actual.reference.isprintable():
        faults["reference"] = f"Use at most {LONGEST_REFERENCE} plain characters."
    return faults


def _quarter_fault(actual: Actual, account: Account) -> str | None:
    last = max(account.last, Quarter.containing(actual.spent_on))
    if account.start <= actual.quarter <= last:
        return None
    return f"{account.key} has money from {account.start} to {last}; name one of these quarters."


OTHER_PART = "Tick this if it is another part of it."
"""What is said after a note of `repeat_note` to who books by hand."""


def repeat_note(actual: Actual, account: Account) -> str | None:
    """What stands under the same reference already, as a sentence; invoices are paid in parts."""
    minor = account.booked.get(actual.reference)
    if not minor:
        return None
    booked = Money(minor, account.currency)
    return f"{booked} is booked on {account.key} under “{actual.reference}” already."


def owner_bar(account: Account, person_id: int) -> str | None:
    """Why a person can't book or reverse spend of a commitment; None if they can."""
    if account.owner_id != person_id:
        return None
    return f"You own {account.key}; somebody else in Finance books its spend."

"""Pool inputs that come from a baseline: which may, what they are worth, how they move with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from app.journeys.rules.hot_spots import Measured
from app.journeys.rules.words import Lever
from app.values.money import CURRENCY_DIGITS

_DIGITS = 6


class BoundFigure(Enum):
    """What of chosen touchpoints an input may be."""

    CONTACTS = "contacts"
    COST = "cost"
    UNMET = "unmet"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    BoundFigure.CONTACTS: "contacts a year",
    BoundFigure.COST: "mean cost per contact",
    BoundFigure.UNMET: "unmet share",
}

BINDABLE: dict[Lever, dict[str, BoundFigure]] = {
    Lever.SERVE: {"V": BoundFigure.CONTACTS, "u": BoundFigure.COST},
    Lever.CONVERT: {"A": BoundFigure.CONTACTS},
    Lever.FAIL: {"V_f": BoundFigure.CONTACTS, "f": BoundFigure.UNMET},
    Lever.RETAIN: {"N": BoundFigure.CONTACTS},
}
"""The inputs of each lever that a baseline measures; all others are typed."""


@dataclass(frozen=True, slots=True)
class Binding:
    """An input that is a figure of touchpoints, by id."""

    figure: BoundFigure
    touchpoints: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PoolFigure:
    """One input of a pool: the likely value, and P10 and P90 where they are known.

    A bound input has a ``binding``; its value is then the baseline's, whatever was typed.
    """

    symbol: str
    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    source: str = ""
    binding: Binding | None = None


def bound_value(binding: Binding, figures: Mapping[int, Measured], currency: str) -> Decimal | None:
    """What a baseline says a bound input is; None when it does not measure it everywhere.

    Contacts add up; cost (in major units) and unmet share are means weighted by contacts, so
    there is none without contacts.
    """
    places = [figures.get(id_) for id_ in binding.touchpoints]
    found = [one for one in places if one is not None]
    if not found or len(found) < len(places):
        return None
    contacts = sum((one.contacts_per_year for one in found), Decimal(0))
    if binding.figure is BoundFigure.CONTACTS:
        return contacts
    if not contacts:
        return None
    if binding.figure is BoundFigure.COST:
        minor = sum(
            (one.contacts_per_year * one.cost_per_contact_minor for one in found), Decimal(0)
        )
        return round((minor / contacts).scaleb(-CURRENCY_DIGITS[currency]), _DIGITS)
    if any(one.unmet_share is None for one in found):
        return None
    unmet = sum((one.contacts_per_year * (one.unmet_share or 0) for one in found), Decimal(0))
    return round(unmet / contacts, _DIGITS)


def moved(figure: PoolFigure, value: Decimal) -> PoolFigure:
    """A figure with a new likely value; P10 and P90 keep their distance in proportion.

    Those of a share end at 0 and 1, and none crosses the likely value.
    """
    if not figure.value:
        return replace(figure, value=value, low=None, high=None)
    share = value / figure.value
    low, high = (
        None if bound is None else round(bound * share, _DIGITS)
        for bound in (figure.low, figure.high)
    )
    if high is not None and figure.binding and figure.binding.figure is BoundFigure.UNMET:
        high = min(high, Decimal(1))
    return replace(
        figure,
        value=value,
        low=None if low is None else min(low, value),
        high=None if high is None else max(high, value),
    )

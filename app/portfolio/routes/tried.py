"""A what-if in the address of its scenario: read from there, written there, said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from app.portfolio.forms.trying import pins_in_short, read_pins
from app.portfolio.models import Scenario
from app.portfolio.presenters.trying import TrialView, asked_in_words
from app.portfolio.services.trying import Wish, fund_field, fund_totals
from app.values.money import Money, MoneyFormatError, parse_money

PINS = "tried"
IN_VIEW = ("run", "show", "sort", "find")
"""What else of the address says what is in view."""
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """What an address asks for that the scenario does not say already.

    ``left_aside``: parts of the address that can't be read or are of no fund here.
    """

    wish: Wish
    left_aside: Sequence[str]


def read_tried(one: Scenario, args: MultiDict[str, str]) -> Tried:
    """Read the what-if of an address; what can't be read is left aside."""
    budgets, aside = _read_budgets(one, args)
    pins, unread = read_pins(" ".join(args.getlist(PINS)))
    named = [f"“{words[:40]}”" for words in (*aside, *unread)]
    more = [f"{len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    return Tried(Wish(budgets=budgets, pins=pins), [*named[:MOST_NAMED], *more])


def _read_budgets(one: Scenario, args: MultiDict[str, str]) -> tuple[dict[int, int], list[str]]:
    fund_ids = {fund_field(fund.fund_id): fund.fund_id for fund in one.cycle.funds}
    before = fund_totals(one)
    budgets, aside = {}, []
    for name, amount in args.items():
        if not name.startswith("fund-"):
            continue
        minor = _minor(amount, one.cycle.currency)
        if name not in fund_ids or minor is None:
            aside.append(f"{name}={amount}")
        elif before.get(fund_ids[name]) != minor:
            budgets[fund_ids[name]] = minor
    return budgets, aside


def _minor(amount: str, currency: str) -> int | None:
    try:
        minor = parse_money(amount, currency).minor
    except MoneyFormatError:
        return None
    return minor if minor >= 0 else None


def tried_args(one: Scenario, wish: Wish) -> dict[str, list[str]]:
    """The parameters that say the wish: a whole budget per fund, a pin each."""
    currency = one.cycle.currency
    found = {
        fund_field(i): [f"{Money(minor, currency).amount:f}"] for i, minor in wish.budgets.items()
    }
    pins = pins_in_short(wish.pins).split()
    return found | ({PINS: pins} if pins else {})


def address_of(one: Scenario, wish: Wish) -> str:
    """Where the scenario stands with the wish tried, and the list as it is in view."""
    kept: dict[str, Any] = in_view() | tried_args(one, wish)
    return url_for("portfolio.scenario", scenario_id=one.id, **kept)


def in_view() -> dict[str, Any]:
    """What of this request's address says which run and which of its initiatives are in view."""
    return {name: request.args[name][:200] for name in IN_VIEW if request.args.get(name)}


def wish_in_words(one: Scenario, wish: Wish) -> list[str]:
    """What the wish changes, a few words each."""
    names = {fund.fund_id: fund.fund.name for fund in one.cycle.funds}
    before = fund_totals(one)
    totals = {names[i]: (before[i], minor) for i, minor in wish.budgets.items()}
    return asked_in_words(totals, wish.pins, one.cycle.currency)


def trial_context(
    one: Scenario,
    wish: Wish,
    view: TrialView | None = None,
    *,
    problem: str = "",
    is_readable: bool = True,
    left_aside: Sequence[str] = (),
) -> Mapping[str, Any]:
    """What the block of a what-if and its form are rendered from.

    Without ``view`` and ``problem`` it waits to be asked. ``is_readable``: whether all that was
    typed could be read, so that an address says it.
    """
    words = asked_in_words({}, wish.pins, one.cycle.currency)
    is_asked = view is not None or bool(problem)
    return {
        "trial": view,
        "tried": pins_in_short(wish.pins),
        "tried_pins": list(zip(wish.pins, words, strict=True)),
        "tried_args": tried_args(one, wish),
        "trial_problem": problem,
        "trial_waits": wish_in_words(one, wish) if wish and not is_asked else [],
        "trial_aside": left_aside,
        "trial_address": address_of(one, wish),
        "is_readable": is_readable,
    }

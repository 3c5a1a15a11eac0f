"""How sure a case is, as its page shows it: quantiles, the chance of a loss, what matters most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for

from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.presenters.sections import pool_name
from app.initiatives.queries import CaseBasis
from app.initiatives.rules import (
    OptionCase,
    Outlook,
    Spread,
    Swing,
    UncertainOption,
    cost_spread,
    option_outlook,
)
from app.journeys.rules import LEVER_INPUTS, InputKind, Lever
from app.values.money import Money
from app.web.filters import money, money_short, number, percent


@dataclass(frozen=True, slots=True)
class OutlookView:
    """What the page says of the draws; ``kpis`` empty where nothing has a range."""

    kpis: list[dict[str, Any]]
    table: list[list[str]]
    matters: list[dict[str, Any]]
    rows: list[list[dict[str, Any]]]
    note: str


def outlook_view(
    initiative: Initiative, option: Option, case: OptionCase, basis: CaseBasis
) -> OutlookView:
    """The outlook of an option: 10,000 draws as if it were alone."""
    effects = sorted(option.effects, key=lambda one: one.id)
    if any(one.pool_id in basis.discounted.keys() - basis.spreads.keys() for one in effects):
        note = "A pool it acts on has no inputs stored, so how sure they are can’t be told."
        return OutlookView([], [], [], [], note)
    uncertain = UncertainOption(
        initiative=initiative.id,
        claim=case.claim,
        removals=tuple(
            Spread.of(one.removal_share, one.removal_low, one.removal_high) for one in effects
        ),
        cost_minor=case.cost,
        cost_factor=cost_spread(option.cost_low, option.cost_high),
    )
    pools = tuple(basis.spreads[id_] for id_ in sorted(basis.spreads))
    found = option_outlook(uncertain, pools, basis.horizon)
    if not found.ranged:
        return OutlookView([], [], [], [], _note(found))
    named = _Names(initiative, option, effects, basis)
    return OutlookView(
        kpis=_kpis(found, initiative.currency),
        table=_table(found, initiative.currency),
        matters=_bars(found, named, initiative.currency),
        rows=[_row(one, named, initiative.currency) for one in found.matters],
        note=_note(found),
    )


def _kpis(found: Outlook, currency: str) -> list[dict[str, Any]]:
    low, middle, high = (money_short(Money(minor, currency)) for minor in found.net)
    chance = percent(Decimal(str(found.below_zero)))
    tone = "poor" if found.below_zero > 0.5 else "careful" if found.below_zero > 0.1 else None
    return [
        {"label": "Net, P10", "value": low, "note": "one case in ten is worse"},
        {"label": "Net, P50", "value": middle, "note": "half of the cases"},
        {"label": "Net, P90", "value": high, "note": "one case in ten is better"},
        {"label": "Chance of a loss", "value": chance, "note": "net below zero", "tone": tone},
    ]


def _table(found: Outlook, currency: str) -> list[list[str]]:
    return [
        [name, *(money(Money(minor, currency)) for minor in figures)]
        for name, figures in (("Value", found.value), ("Net of cost", found.net))
    ]


def _note(found: Outlook) -> str:
    if not found.inputs:
        return (
            "Nothing here can have a range: the option acts on no pool that counts and costs"
            " nothing; a declared benefit counts as it was stated."
        )
    if not found.ranged:
        return (
            f"None of its {found.inputs} inputs has a range yet. Enter P10 and P90 for pool inputs,"
            " effects and costs to see how sure the value is."
        )
    sure = found.inputs - found.ranged
    rest = f"; the other {sure} count as certain" if sure else ""
    return (
        f"{number(found.draws)} draws with seed {found.seed}, as if alone. {found.ranged} of"
        f" {found.inputs} inputs have a range{rest}."
    )


class _Names:
    """What the inputs of an outlook are called, written in their units, and where they stand."""

    def __init__(
        self, initiative: Initiative, option: Option, effects: list[Effect], basis: CaseBasis
    ) -> None:
        self.initiative, self.option = initiative, option
        self.effects = effects
        self.spreads: Mapping[int, Any] = basis.spreads
        self.pools = {effect.pool_id: effect for effect in effects}

    def of(self, swing: Swing) -> tuple[str, str, str, str]:
        """Name, P10, P90 and address."""
        kind, id_, symbol = swing.key
        if kind == "pool":
            return self._pool_input(id_, symbol)
        if kind == "effect":
            effect = self.effects[id_]
            name = f"Effect on {pool_name(effect)}: {effect.behaviour.measure}"
            ends = percent(effect.removal_low), percent(effect.removal_high)
            return name, *ends, url_for("initiatives.behaviours", key=self.initiative.key)
        ends = percent(self.option.cost_low), percent(self.option.cost_high)
        return "Cost, of what is planned", *ends, url_for(
            "initiatives.options", key=self.initiative.key
        )  # fmt: skip

    def _pool_input(self, pool_id: int, symbol: str) -> tuple[str, str, str, str]:
        effect = self.pools[pool_id]
        lever: Lever = effect.pool.lever
        spec = next(one for one in LEVER_INPUTS[lever] if one.symbol == symbol)
        spread = dict(self.spreads[pool_id].inputs)[symbol]
        low, high = (
            written_input(spec.kind, figure, effect.pool.journey.currency)
            for figure in (spread.low, spread.high)
        )
        where = url_for("journeys.pool", key=effect.pool.journey.key, word=lever.value)
        return f"{spec.label}, {pool_name(effect)}", low, high, where


def written_input(kind: InputKind, figure: float, currency: str) -> str:
    """A figure of a pool in its unit."""
    exact = Decimal(repr(figure))
    if kind is InputKind.SHARE:
        return percent(exact)
    if kind is InputKind.MONEY and exact % 1:
        return f"{currency} {number(exact, max(2, -int(exact.normalize().as_tuple().exponent)))}"
    words = number(exact.normalize() if exact % 1 else exact.to_integral_value())
    return f"{currency} {words}" if kind is InputKind.MONEY else words


def _bars(found: Outlook, named: _Names, currency: str) -> list[dict[str, Any]]:
    largest = max((one.size for one in found.matters), default=0) or 1
    bars = []
    for one in found.matters:
        name, low, high, where = named.of(one)
        bars.append(
            {
                "label": name,
                "value": money_short(Money(one.size, currency)),
                "share": round(100 * one.size / largest, 1),
                "note": f"{low} to {high}",
                "href": where,
            }
        )
    return bars


def _row(one: Swing, named: _Names, currency: str) -> list[dict[str, Any]]:
    name, low, high, where = named.of(one)
    return [
        {"text": name, "href": where},
        {"text": f"{low} to {high}"},
        {"text": money(Money(one.low, currency))},
        {"text": money(Money(one.high, currency))},
        {"text": money(Money(one.size, currency))},
    ]

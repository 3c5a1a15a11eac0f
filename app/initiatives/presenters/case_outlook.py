"""How sure a case is, as its page shows it: quantiles, the chance of a loss, what matters most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.presenters.case_sources import (
    CaseSources,
    Linked,
    formula_place,
    linked,
    pool_page,
)
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
from app.web.filters import counted, money, money_short, number, percent


@dataclass(frozen=True, slots=True)
class OutlookView:
    """What the page says of the draws; ``kpis`` empty where nothing has a range."""

    kpis: list[dict[str, Any]]
    table: list[list[Linked]]
    matters: list[dict[str, Any]]
    rows: list[list[Linked]]
    note: list[Linked]


def outlook_view(
    initiative: Initiative, option: Option, case: OptionCase, basis: CaseBasis
) -> OutlookView:
    """The outlook of an option: 10,000 draws as if it were alone."""
    effects = sorted(option.effects, key=lambda one: one.id)
    sources = CaseSources.of(initiative, option)
    if any(one.pool_id in basis.discounted.keys() - basis.spreads.keys() for one in effects):
        note = "A pool it acts on has no inputs stored, so how sure they are can’t be told."
        return OutlookView([], [], [], [], [linked(note)])
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
        return OutlookView([], [], [], [], _note(found, sources))
    named = _Names(option, effects, basis, sources)
    return OutlookView(
        kpis=_kpis(found, initiative.currency),
        table=_table(found, initiative.currency),
        matters=_bars(found, named, initiative.currency),
        rows=[_row(one, named, initiative.currency) for one in found.matters],
        note=_note(found, sources),
    )


def _kpis(found: Outlook, currency: str) -> list[dict[str, Any]]:
    low, middle, high = (money_short(Money(minor, currency)) for minor in found.net)
    chance = percent(Decimal(str(found.below_zero)))
    tone = "poor" if found.below_zero > 0.5 else "careful" if found.below_zero > 0.1 else None
    drawn = formula_place("outlook")
    return [
        {"label": "Net, P10", "value": low, "note": "one case in ten is worse", "href": drawn},
        {"label": "Net, P50", "value": middle, "note": "half of the cases", "href": drawn},
        {"label": "Net, P90", "value": high, "note": "one case in ten is better", "href": drawn},
        {
            "label": "Chance of a loss", "value": chance, "note": "net below zero", "tone": tone,
            "href": drawn,
        },
    ]  # fmt: skip


def _table(found: Outlook, currency: str) -> list[list[Linked]]:
    return [
        [
            linked(name),
            *(linked(money(Money(minor, currency)), formula_place("outlook")) for minor in figures),
        ]
        for name, figures in (("Value", found.value), ("Net of cost", found.net))
    ]


def _note(found: Outlook, sources: CaseSources) -> list[Linked]:
    """How many inputs have a range and how they were drawn, phrase by phrase."""
    if not found.inputs:
        return [linked(
            "Nothing here can have a range: the option acts on no pool that counts and costs"
            " nothing; a declared benefit counts as it was stated."
        )]  # fmt: skip
    inputs = counted(found.inputs, "input")
    if not found.ranged:
        said = f"None of its {inputs} has a range yet."
        if found.inputs == 1:
            said = "Its one input has no range yet."
        return [
            linked(said, formula_place("outlook")),
            linked(
                " Enter P10 and P90 for pool inputs, effects and costs to see how sure the value"
                " is."
            ),
        ]
    sure = found.inputs - found.ranged
    rest = f"; the other {number(sure)} {'counts' if sure == 1 else 'count'} as certain"
    has = "has" if found.ranged == 1 else "have"
    drawn = f"{number(found.draws)} draws with seed {found.seed}"
    return [
        linked(drawn, formula_place("outlook")),
        linked(", as if alone. "),
        linked(f"{number(found.ranged)} of {inputs} {has} a range", sources.part("outlook")),
        linked(rest if sure else "", sources.part("outlook")),
        linked("."),
    ]


class _Names:
    """What the inputs of an outlook are called, written in their units, and where they stand."""

    def __init__(
        self, option: Option, effects: list[Effect], basis: CaseBasis, sources: CaseSources
    ) -> None:
        self.option, self.sources = option, sources
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
            return name, *ends, self.sources.behaviour(effect)
        ends = percent(self.option.cost_low), percent(self.option.cost_high)
        return "Cost, of what is planned", *ends, self.sources.option

    def _pool_input(self, pool_id: int, symbol: str) -> tuple[str, str, str, str]:
        effect = self.pools[pool_id]
        lever: Lever = effect.pool.lever
        spec = next(one for one in LEVER_INPUTS[lever] if one.symbol == symbol)
        spread = dict(self.spreads[pool_id].inputs)[symbol]
        low, high = (
            written_input(spec.kind, figure, effect.pool.journey.currency)
            for figure in (spread.low, spread.high)
        )
        return f"{spec.label}, {pool_name(effect)}", low, high, pool_page(effect)


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
                "value_href": formula_place("swing"),
            }
        )
    return bars


def _row(one: Swing, named: _Names, currency: str) -> list[Linked]:
    name, low, high, where = named.of(one)
    amounts = (money(Money(minor, currency)) for minor in (one.low, one.high, one.size))
    return [
        linked(name, where),
        linked(f"{low} to {high}", where),
        *(linked(amount, formula_place("swing")) for amount in amounts),
    ]

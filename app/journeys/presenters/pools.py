"""Pools with the formula and its own numbers, so that anybody can check the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.journeys.models import Journey, LeverPool, PoolInput, Touchpoint
from app.journeys.presenters.baselines import place_of
from app.journeys.rules import (
    FORMULAS,
    LEVER_INPUTS,
    Binding,
    BoundFigure,
    InputKind,
    InputSpec,
    Lever,
    Measured,
    PoolState,
    annual_pool_minor,
    bound_value,
    input_unit,
    savable_customers,
)
from app.values.money import Money
from app.web.filters import number, percent


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input as it is read: its symbol, its words and its three values.

    ``former`` is the value before a newer baseline moved it, while Finance has not certified anew.
    """

    sign: str
    label: str
    unit: str
    low: str
    value: str
    high: str
    source: str
    former: str = ""


@dataclass(frozen=True, slots=True)
class PoolView:
    """A lever of a journey: what it is worth a year and how that comes about."""

    lever: Lever
    formula: str
    sum_line: str
    value: Money | None
    pool: LeverPool | None
    inputs: Sequence[InputLine]
    note: str
    former: Money | None = None

    @property
    def is_moved(self) -> bool:
        """Whether a newer baseline changed it since somebody claimed or certified it."""
        return self.former is not None

    @property
    def state(self) -> tuple[str, str]:
        """Tone and word."""
        if self.pool is None:
            return "idle", "Not claimed"
        is_certified = self.pool.state is PoolState.CERTIFIED
        return ("passed" if is_certified else "review"), self.pool.state.word


Names = Mapping[int, str]
"""Touchpoints by id, as bound inputs name them."""


def pool_views(journey: Journey, names: Names | None = None) -> list[PoolView]:
    """All levers of a journey, claimed or not."""
    pools = {pool.lever: pool for pool in journey.pools}
    return [pool_view(journey, lever, pools.get(lever), names) for lever in Lever]


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A claimed pool in one line."""

    lever: Lever
    value: Money
    is_certified: bool

    @property
    def state(self) -> tuple[str, str]:
        """Tone and word."""
        if self.is_certified:
            return "passed", PoolState.CERTIFIED.word
        return "review", PoolState.CLAIMED.word


def pool_lines(journey: Journey) -> list[PoolLine]:
    """The claimed pools of a journey, whose inputs need not be loaded."""
    pools = {pool.lever: pool for pool in journey.pools}
    return [
        PoolLine(
            lever,
            Money(pool.annual_value_minor, journey.currency),
            pool.state is PoolState.CERTIFIED,
        )
        for lever in Lever
        if (pool := pools.get(lever))
    ]


def place_names(touchpoints: Sequence[Touchpoint]) -> dict[int, str]:
    return {one.id: place_of(one) for one in touchpoints}


def bindable_places(
    touchpoints: Sequence[Touchpoint], figures: Mapping[int, Measured], currency: str
) -> dict[BoundFigure, list[tuple[int, str]]]:
    """The touchpoints each figure may be taken from, as (id, words), with what it is there."""
    ordered = sorted(touchpoints, key=lambda one: (one.stage.position, one.channel.value))
    found: dict[BoundFigure, list[tuple[int, str]]] = {figure: [] for figure in BoundFigure}
    for touchpoint in ordered:
        for figure, places in found.items():
            value = bound_value(Binding(figure, (touchpoint.id,)), figures, currency)
            if value is not None:
                words = _written_bound(figure, value, currency)
                places.append((touchpoint.id, f"{place_of(touchpoint)}: {words}"))
    return found


def _written_bound(figure: BoundFigure, value: Decimal, currency: str) -> str:
    if figure is BoundFigure.UNMET:
        return f"{percent(value)} unmet"
    if figure is BoundFigure.COST:
        return f"{currency} {number(value, 2)} per contact"
    return f"{number(value)} {'contact' if value == 1 else 'contacts'} a year"


def pool_view(
    journey: Journey, lever: Lever, pool: LeverPool | None, names: Names | None = None
) -> PoolView:
    """One lever of a journey with its formula, in symbols and in numbers."""
    stored = {one.symbol: one for one in pool.inputs} if pool else {}
    specs = LEVER_INPUTS[lever]
    return PoolView(
        lever=lever,
        formula=FORMULAS[lever],
        sum_line=_sum_line(lever, stored, journey.currency) if stored else "",
        value=Money(pool.annual_value_minor, journey.currency) if pool else None,
        pool=pool,
        inputs=[
            _line(spec, stored[spec.symbol], journey.currency, names or {})
            for spec in specs
            if stored
        ],
        note=_note(lever, stored),
        former=_former(lever, stored, journey.currency),
    )


def _former(lever: Lever, stored: Mapping[str, PoolInput], currency: str) -> Money | None:
    """What the pool was worth a year before a newer baseline moved it."""
    if all(one.former_value is None for one in stored.values()):
        return None
    before = {
        symbol: one.value if one.former_value is None else one.former_value
        for symbol, one in stored.items()
    }
    return Money(annual_pool_minor(lever, before, currency), currency)


def _sum_line(lever: Lever, stored: dict[str, PoolInput], currency: str) -> str:
    """The formula with its numbers: 200,000 × 5.5 × 40 % × 50 %."""
    words = {
        spec.symbol: _written(spec, stored[spec.symbol].value, currency)
        for spec in LEVER_INPUTS[lever]
    }
    if lever is Lever.CONVERT:
        return f"{words['A']} × ({words['r_max']} − {words['r']}) × {words['m_s']}"
    return " × ".join(words.values())


def _line(spec: InputSpec, stored: PoolInput, currency: str, names: Names) -> InputLine:
    return InputLine(
        sign=spec.sign,
        label=spec.label,
        unit="" if spec.kind is InputKind.SHARE else input_unit(spec, currency),
        low="" if stored.low is None else _written(spec, stored.low, currency),
        value=_written(spec, stored.value, currency),
        high="" if stored.high is None else _written(spec, stored.high, currency),
        source=_source(stored, names),
        former="" if stored.former_value is None else _written(spec, stored.former_value, currency),
    )


def _source(stored: PoolInput, names: Names) -> str:
    """Where an input comes from: the baseline it is bound to, or what was typed."""
    if stored.bound_figure is None:
        return stored.source
    places = "; ".join(names.get(id_, "a touchpoint") for id_ in stored.bound_touchpoints or ())
    bound = f"Baseline {stored.bound_number}: {stored.bound_figure.word} of {places}"
    return f"{bound} · {stored.source}" if stored.source else bound


def _written(spec: InputSpec, value: Decimal, currency: str) -> str:
    if spec.kind is InputKind.SHARE:
        return percent(value, 4)
    if spec.kind is InputKind.MONEY:
        digits = None if value == value.to_integral_value() or value != round(value, 2) else 2
        return f"{currency} {number(value, digits)}"
    return number(value)


def _note(lever: Lever, stored: dict[str, PoolInput]) -> str:
    if lever is not Lever.RETAIN or not stored:
        return ""
    kept = round(savable_customers({symbol: one.value for symbol, one in stored.items()}))
    churn = percent(stored["p"].value, 2)
    return (
        f"{number(kept)} customers a year could be kept. Their margin counts for as long as they "
        f"stay: those kept leave with the segment’s churn of {churn} a year."
    )

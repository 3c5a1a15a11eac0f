"""What a lever could yield at most: inputs, formulas and present values of the pools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from math import prod

from app.journeys.rules.words import Lever
from app.values.money import CURRENCY_DIGITS, LARGEST_MINOR, minor_from


class InputKind(Enum):
    """How an input is written and checked."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input of a lever's formula. ``glyph`` is the symbol as the formula prints it."""

    symbol: str
    label: str
    unit: str
    kind: InputKind = InputKind.COUNT
    glyph: str = ""

    @property
    def sign(self) -> str:
        return self.glyph or self.symbol


def input_unit(spec: InputSpec, currency: str) -> str:
    """What an input is measured in, as a form asks for it: %, EUR per contact, a year."""
    if spec.kind is InputKind.SHARE:
        return "%"
    return f"{currency} {spec.unit}" if spec.kind is InputKind.MONEY else spec.unit


def _share(symbol: str, label: str, glyph: str = "") -> InputSpec:
    return InputSpec(symbol, label, "share of 1", InputKind.SHARE, glyph)


def _money(symbol: str, label: str, unit: str, glyph: str = "") -> InputSpec:
    return InputSpec(symbol, label, unit, InputKind.MONEY, glyph)


_ADDRESSABLE = _share("addr", "Addressable within the horizon")

LEVER_INPUTS: dict[Lever, tuple[InputSpec, ...]] = {
    Lever.SERVE: (
        InputSpec("V", "Contacts or runs", "a year"),
        _money("u", "Unit cost of a contact", "per contact"),
        _share("alpha", "Avoidable, cashable share of the cost", "α"),
        _ADDRESSABLE,
    ),
    Lever.CONVERT: (
        InputSpec("A", "Attempts to buy or sign", "a year"),
        _share("r", "Conversion today"),
        _share("r_max", "Conversion ceiling Finance certifies", "r max"),
        _money("m_s", "Margin of a conversion", "per conversion", "mₛ"),
    ),
    Lever.SPEND: (
        InputSpec("N_x", "Customers who could spend more", "customers", glyph="Nₓ"),
        _money("b", "Base spend of a customer", "per customer a year"),
        _share("mu", "Margin rate", "μ"),
        _share("headroom", "Growth headroom Finance certifies"),
    ),
    Lever.FAIL: (
        InputSpec("V_f", "Runs that could fail", "a year", glyph="Vf"),
        _share("f", "Failure rate"),
        _money("k", "Remedy cost of a failure, churn left out", "per failure"),
        _ADDRESSABLE,
    ),
    Lever.RETAIN: (
        InputSpec("N", "Customers passing through", "customers a year"),
        _share("p", "Churn of the segment in a year"),
        _share("s", "Share of that churn this journey causes"),
        _ADDRESSABLE,
        _money("m", "Contribution margin of a customer kept", "per customer a year"),
    ),
    Lever.RISK: (
        _share("prob", "Probability of the loss in a year"),
        _money("loss", "Loss if it happens", "per event"),
        _ADDRESSABLE,
    ),
}  # fmt: skip
"""The inputs of every lever in the order of its formula; money is in major units."""

FORMULAS: dict[Lever, str] = {
    Lever.SERVE: "V × u × α × addr",
    Lever.CONVERT: "A × (r max − r) × mₛ",
    Lever.SPEND: "Nₓ × b × μ × headroom",
    Lever.FAIL: "Vf × f × k × addr",
    Lever.RETAIN: "N × p × s × addr × m",
    Lever.RISK: "prob × loss × addr",
}
"""The annual pool of every lever, as people read it."""


def annual_pool_minor(lever: Lever, inputs: Mapping[str, Decimal], currency: str) -> int:
    """The money a lever could yield at most in a year, in minor units, half-even.

    For retain it is F·m: the customers who could be kept in a year times a year's margin; its
    money over time comes through the stock in ``discounted_pool_minor``. Exact until the one
    rounding at the end. Raises KeyError for a missing input and ValueError when
    ``input_faults`` has any.
    """
    faults = input_faults(lever, inputs)
    if faults:
        raise ValueError("; ".join(faults.values()))
    return minor_from(_annual_minor(lever, inputs, currency))


def _annual_minor(lever: Lever, inputs: Mapping[str, Decimal], currency: str) -> Decimal:
    if lever is Lever.CONVERT:
        major = inputs["A"] * (inputs["r_max"] - inputs["r"]) * inputs["m_s"]
    else:
        major = prod((inputs[spec.symbol] for spec in LEVER_INPUTS[lever]), start=Decimal(1))
    return major.scaleb(CURRENCY_DIGITS[currency])


def savable_customers(inputs: Mapping[str, Decimal]) -> Decimal:
    """The retain flow F = N·p·s·addr, customers a year."""
    return inputs["N"] * inputs["p"] * inputs["s"] * inputs["addr"]


def input_faults(lever: Lever, inputs: Mapping[str, Decimal]) -> dict[str, str]:
    """What is impossible about the inputs, one sentence by symbol; missing inputs are skipped."""
    faults: dict[str, str] = {}
    for spec in LEVER_INPUTS[lever]:
        value = inputs.get(spec.symbol)
        if value is None:
            continue
        if value < 0:
            faults[spec.symbol] = f"{spec.label} cannot be negative."
        elif spec.kind is InputKind.SHARE and value > 1:
            faults[spec.symbol] = f"{spec.label} is a share; enter at most 100 %."
    if faults or any(spec.symbol not in inputs for spec in LEVER_INPUTS[lever]):
        return faults
    if lever is Lever.CONVERT and inputs["r_max"] < inputs["r"]:
        return {"r_max": "The ceiling is below today’s conversion; there is nothing to gain."}
    if _annual_minor(lever, inputs, "EUR") > LARGEST_MINOR:
        money = next(spec for spec in LEVER_INPUTS[lever] if spec.kind is InputKind.MONEY)
        return {money.symbol: "These figures make an absurd pool; check the units."}
    return {}


def discounted_pool_minor(
    lever: Lever,
    annual_value_minor: int,
    *,
    churn: Decimal | None,
    quarters: int,
    discount_rate: Decimal,
) -> tuple[int, ...]:
    """Present value of removing the whole pool in each planning quarter t = 1 … T, minor units.

    With E(t) = 1 − exp(−S(t)), the share that intensities adding up to S(t) remove, the present
    value of the lever over the horizon is Σ value[t]·E(t); nothing counts after it. Mid-quarter
    discounting
    d(t) = (1 + w)^(−(t − ½)/4). Flow levers: A/4·d(t). Retain folds the stock of customers kept,
    R(t) = R(t−1)·(1 − p)^¼ + F/4·E(t) with value (R(t) − ½·inflow)·m/4, into
    A/16·[½·d(t) + Σ_{u>t} (1 − p)^((u−t)/4)·d(u)], A = F·m. Each quarter is rounded half-even
    once. ``churn`` is the segment's churn p in a year; retain needs it, the others ignore it.
    """
    discount = [(1.0 + float(discount_rate)) ** (-(t + 0.5) / 4) for t in range(quarters)]
    if lever is not Lever.RETAIN:
        return tuple(round(annual_value_minor / 4 * factor) for factor in discount)
    if churn is None:
        raise ValueError("The retain lever needs the churn of the segment.")
    kept = (1.0 - float(churn)) ** 0.25
    folded: list[int] = []
    tail = 0.0  # Σ_{u>t} kept^(u−t)·d(u), built from the last quarter backwards
    for factor in reversed(discount):
        folded.append(round(annual_value_minor / 16 * (0.5 * factor + tail)))
        tail = kept * (tail + factor)
    return tuple(reversed(folded))

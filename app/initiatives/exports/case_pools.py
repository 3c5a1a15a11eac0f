"""The pools of a case as rows of its sheet: inputs, worth by quarter, intensity, value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, prod

from app.initiatives.exports.sheets import Sheet, half_even
from app.initiatives.models import Effect, Option
from app.initiatives.queries import CaseBasis
from app.initiatives.rules import OptionCase
from app.initiatives.rules.value import intensities
from app.journeys.rules import FORMULAS, LEVER_INPUTS, Lever, intensity
from app.values.money import CURRENCY_DIGITS


@dataclass(frozen=True, slots=True)
class Sums:
    """The cells with each pool's value, and what they add up to."""

    cells: Sequence[str]
    value: float


Grid = Mapping[str, Sequence[str]]


def pool_rows(
    sheet: Sheet,
    option: Option,
    basis: CaseBasis,
    case: OptionCase,
    grid: Grid,
) -> Sums:
    """Every pool the option acts on and that counts."""
    cells: list[str] = []
    total = 0.0
    for id_ in sorted({one.pool_id for one in option.effects} & basis.discounted.keys()):
        effects = [e for e in sorted(option.effects, key=lambda e: e.id) if e.pool_id == id_]
        block = _Block(sheet, effects, basis, case, grid)
        cell, value = block.write()
        cells.append(cell)
        total += value
    return Sums(cells, total)


@dataclass(frozen=True, slots=True)
class _Block:
    """One pool: ``effects`` are those of the option on it."""

    sheet: Sheet
    effects: Sequence[Effect]
    basis: CaseBasis
    case: OptionCase
    grid: Grid

    def write(self) -> tuple[str, float]:
        pool = self.effects[0].pool
        self.sheet.heading(f"{pool.journey.name}, {pool.lever.value}: {pool.source}")
        if pool.id in self.basis.spreads:
            worth = self._worth(*self._annual())
        else:
            known = self.basis.discounted[pool.id]
            worth = self.sheet.row("V as stored; the pool’s inputs are not", known)
        strength = self._strength()
        claim, size = self.case.claim, self.basis.horizon.quarters
        series = [0.0] * claim.start
        series += [float(a) for a in intensities(claim, pool.id, max(0, size - claim.start))]
        quarters = [
            amount * (1 - exp(-s))
            for amount, s in zip(self.basis.discounted[pool.id], series, strict=False)
        ]
        rho = self.grid["rho"]
        sums = self.sheet.row(
            "S = Σ g·a·ρ, nine digits", [f"=ROUND({strength}*{cell},9)" for cell in rho], series
        )
        value = self.sheet.row(
            "Value = V·(1 − e^(−S))",
            [f"={v}*(1-EXP(-{s}))" for v, s in zip(worth, sums, strict=True)],
            quarters,
        )
        whole = fsum(quarters)
        return self.sheet.fact("Value of the pool", f"=SUM({value[0]}:{value[-1]})", whole), whole

    def _annual(self) -> tuple[str, str | None]:
        """The cells of the pool a year and of the churn of its segment."""
        pool = self.effects[0].pool
        known = {symbol: one.middle for symbol, one in self.basis.spreads[pool.id].inputs}
        cells = {
            spec.symbol: self.sheet.fact(f"{spec.label} ({spec.sign})", known[spec.symbol])
            for spec in LEVER_INPUTS[pool.lever]
        }
        if pool.lever is Lever.CONVERT:
            product = f"{cells['A']}*({cells['r_max']}-{cells['r']})*{cells['m_s']}"
            worth = known["A"] * (known["r_max"] - known["r"]) * known["m_s"]
        else:
            product = "*".join(cells.values())
            worth = prod(known.values())
        scale = 10 ** CURRENCY_DIGITS[pool.journey.currency]
        exact = self.sheet.fact(
            f"{FORMULAS[pool.lever]}, not rounded", f"={product}*{scale}", worth * scale
        )
        annual = self.sheet.fact("A year", f"={half_even(exact)}", pool.annual_value_minor)
        return annual, cells.get("p")

    def _worth(self, annual: str, churn: str | None) -> Sequence[str]:
        """V(t): flow levers A/4·d; retain A/16·(½·d + tail), tail = kept·(tail + d) of the next."""
        pool = self.effects[0].pool
        known = self.basis.discounted[pool.id]
        d = self.grid["d"]
        discount = [self.basis.horizon.discount(t) for t in range(len(d))]
        yearly = pool.annual_value_minor
        if pool.lever is not Lever.RETAIN or churn is None:
            formulas = [f"={annual}/4*{cell}" for cell in d]
            exact = [yearly / 4 * factor for factor in discount]
            return self.sheet.half_even_row("V = pool/4 × d", formulas, exact, known)
        p = next(s.middle for symbol, s in self.basis.spreads[pool.id].inputs if symbol == "p")
        kept_value = (1.0 - p) ** 0.25
        kept = self.sheet.fact("Kept from quarter to quarter", f"=(1-{churn})^0.25", kept_value)
        tails = [0.0] * len(d)
        for t in reversed(range(len(d) - 1)):
            tails[t] = kept_value * (tails[t + 1] + discount[t + 1])
        label = "Worth of those kept in later quarters"
        names = self.sheet.row_cells(len(d))
        tail = self.sheet.row(
            label,
            [
                f"={kept}*({names[t + 1]}+{d[t + 1]})" if t + 1 < len(d) else "=0"
                for t in range(len(d))
            ],
            tails,
        )
        formulas = [f"={annual}/16*(0.5*{a}+{b})" for a, b in zip(d, tail, strict=True)]
        exact = [yearly / 16 * (0.5 * a + b) for a, b in zip(discount, tails, strict=True)]
        return self.sheet.half_even_row("V = pool/16 × (d/2 + tail)", formulas, exact, known)

    def _strength(self) -> str:
        """The cell with Σ g·a of the option's effects on the pool."""
        parts = []
        for one in self.effects:
            name = one.behaviour.description
            removal = self.sheet.fact(f"Removal q: {name}", float(one.removal_share))
            kept = self.sheet.fact(f"Grade {one.grade.value} keeps g", float(one.grade.haircut))
            full = intensity(one.removal_share, one.grade.haircut)
            formula = f"=IF({removal}>0,{kept},1)*-LN(1-{removal})"
            parts.append(self.sheet.fact("Intensity g·a = −g·ln(1 − q)", formula, full))
        whole = self.case.claim.strength(self.effects[0].pool_id)
        return self.sheet.fact("All intensities", f"={'+'.join(parts)}", whole)

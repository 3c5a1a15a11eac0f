"""A business case as a workbook with live formulas: anybody can work it out again without us.

One sheet per option. Every figure that is worked out is a formula on figures that are entered,
in minor units and rounded where the product rounds, so that the value agrees to the cent. Beside
each formula stands its value as we know it, for viewers that work nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from xlsxwriter import Workbook

from app.initiatives.exports.case_pools import Sums, pool_rows
from app.initiatives.exports.sheets import Sheet, half_even
from app.initiatives.models import Initiative, Option
from app.initiatives.queries import CaseBasis, PlanName, PlanValues, case_of, cost_flows
from app.initiatives.rules import Horizon, OptionCase
from app.initiatives.rules.value import declared_exact
from app.journeys.rules import StaleBaseline
from app.values.money import CURRENCY_DIGITS


def case_workbook(
    initiative: Initiative,
    basis: CaseBasis,
    plan: PlanName | None,
    values: PlanValues | None,
    stale: Sequence[StaleBaseline] = (),
) -> bytes:
    """The case of every option, the full one first; the one a plan funds as it starts there.

    ``stale``: the baselines it stands on that are too old; every sheet says so.
    """
    out = BytesIO()
    book = Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    for place, option in enumerate(reversed(initiative.options), start=1):
        own = values if values is not None and values.option == option.key else None
        sheet = Sheet(book, book.add_worksheet(_sheet_name(option.key, place)))
        _Case(sheet, initiative, option, basis, stale).write(plan, own)
    book.close()
    return out.getvalue()


LONGEST_SHEET_NAME = 31


def _sheet_name(key: str, place: int) -> str:
    """The option's key; one too long for a sheet ends in its place, so that none come twice."""
    if len(key) <= LONGEST_SHEET_NAME:
        return key
    return f"{key[: LONGEST_SHEET_NAME - 4]}-{place}"


@dataclass(frozen=True, slots=True)
class _Case:
    sheet: Sheet
    initiative: Initiative
    option: Option
    basis: CaseBasis
    stale: Sequence[StaleBaseline]

    def write(self, plan: PlanName | None, values: PlanValues | None) -> None:
        case = case_of(self.option, self.initiative, self.basis, values)
        sheet = self.sheet
        sheet.title(f"{self.initiative.key} {self.initiative.title}: {self.option.name}")
        scale = 10 ** CURRENCY_DIGITS[self.initiative.currency]
        sheet.note(
            f"Amounts in 1/{scale} {self.initiative.currency} unless it says otherwise. What is "
            "entered stands in plain figures, all else is a formula."
        )
        for mark in self.stale:
            sheet.note(f"This business case stands on a stale baseline: {mark.name}, {mark.words}.")
        terms = self._terms(case)
        grid = _grid(sheet, case, self.basis.horizon, terms)
        sums = pool_rows(sheet, self.option, self.basis, case, grid)
        declared = self._declared(case, terms, grid)
        costs = self._costs(case, grid)
        self._totals(case, sums, declared, costs, scale)
        if plan is not None and values is not None:
            sheet.heading(f"In {plan.words}")
            sheet.fact("Standalone there", values.standalone)
            sheet.fact("Allocated", values.allocated)
            sheet.fact("Marginal, the rest fixed", values.marginal)

    def _terms(self, case: OptionCase) -> Mapping[str, str]:
        """Names of the figures everything depends on → their cells."""
        claim, horizon = case.claim, self.basis.horizon
        self.sheet.heading("Terms")
        half_life = claim.half_life if claim.half_life else 0
        return {
            name: self.sheet.fact(label, figure)
            for name, label, figure in (
                ("w", "Discount rate a year", float(horizon.rate)),
                ("start", f"Start, quarters after {self.basis.first}", claim.start),
                ("live", "Go-live, quarters after the start", claim.go_live),
                ("ramp", "Ramp, quarters", max(claim.ramp, 1)),
                ("half", "Half-life, quarters; 0: it does not fade", half_life),
            )
        }

    def _declared(
        self, case: OptionCase, terms: Mapping[str, str], grid: Mapping[str, Sequence[str]]
    ) -> str | None:
        declared = case.claim.declared
        if declared is None:
            return None
        sheet = self.sheet
        sheet.heading("Declared benefit")
        amount = sheet.fact("Amount", declared.amount_minor)
        kept = sheet.fact(f"Grade {declared.grade.value} keeps", float(declared.grade.haircut))
        first, last = grid["t"][0], grid["t"][-1]
        formula = (
            f"={amount}*{kept}*SUMIF({first}:{last},{terms['start']}+{terms['live']}+1,"
            f"{grid['d'][0]}:{grid['d'][-1]})"
        )
        exact, counts = declared_exact(case.claim, self.basis.horizon), case.standalone.declared
        label = "Counts, discounted at go-live"
        return sheet.half_even_row(label, [formula], [exact], [counts])[0]

    def _costs(self, case: OptionCase, grid: Mapping[str, Sequence[str]]) -> Sequence[str]:
        horizon, start = self.basis.horizon, case.claim.start
        self.sheet.heading("Costs, as spent in each quarter")
        found = []
        discounts = f"{grid['d'][0]}:{grid['d'][-1]}"
        flows = cost_flows(self.option, self.initiative).flows
        for row, (label, flow) in zip(case.costs, flows.items(), strict=True):
            spent = [flow.get(t - start, 0) for t in range(horizon.quarters)]
            cells = self.sheet.row(label, spent)
            formula = f"=ROUND(SUMPRODUCT({cells[0]}:{cells[-1]},{discounts}),0)"
            found.append(self.sheet.fact(f"{label}, discounted", formula, row.discounted_minor))
        return found

    def _totals(
        self,
        case: OptionCase,
        sums: Sums,
        declared: str | None,
        costs: Sequence[str],
        scale: int,
    ) -> None:
        sheet = self.sheet
        sheet.heading("Result")
        pools = "+".join(sums.cells) or "0"
        exact = sheet.fact("Value of the pools, not rounded", f"={pools}", sums.value)
        whole = half_even(exact)
        total = f"={whole}+{declared}" if declared else f"={whole}"
        value = sheet.fact("Standalone value", total, case.standalone.total)
        cost = sheet.fact("Cost, discounted", f"={'+'.join(costs) or '0'}", case.cost)
        net = sheet.fact("Net", f"={value}-{cost}", case.net)
        currency = self.initiative.currency
        for label, cell, minor in (
            ("Standalone value", value, case.standalone.total),
            ("Cost, discounted", cost, case.cost),
            ("Net", net, case.net),
        ):
            sheet.fact(f"{label}, {currency}", f"={cell}/{scale}", minor / scale)


def _grid(
    sheet: Sheet, case: OptionCase, horizon: Horizon, terms: Mapping[str, str]
) -> Mapping[str, Sequence[str]]:
    """Quarters with their discount d(t) and the ramp ρ(t)."""
    quarters = range(horizon.quarters)
    sheet.heading("By quarter")
    t = sheet.row("Quarter t", [n + 1 for n in quarters])
    d = sheet.row(
        "Discount d = (1 + w)^(−(t − ½)/4)",
        [f"=(1+{terms['w']})^(-({cell}-0.5)/4)" for cell in t],
        [horizon.discount(n) for n in quarters],
    )
    lived = [f"({cell}-{terms['start']}-{terms['live']})" for cell in t]
    ramp, half = terms["ramp"], terms["half"]
    rho = sheet.row(
        "Ramp ρ",
        [
            f"=MIN(MAX({age},0)/{ramp},1)*IF({half}=0,1,0.5^(MAX({age}-{ramp},0)/MAX({half},1)))"
            for age in lived
        ],
        case.claim.profile(horizon.quarters),
    )
    return {"t": t, "d": d, "rho": rho}

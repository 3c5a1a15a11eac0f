"""The form of an option with its grids of spend and demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wtforms import Field, SelectField, StringField, TextAreaField

from app.initiatives.forms.base import VersionedForm, needed
from app.initiatives.rules import (
    EvidenceGrade,
    OptionDraft,
    columns_of,
    days_cell,
    option_faults,
    spend_cell,
)
from app.values.money import Money
from app.values.quarter import Quarter
from app.web.fields import CountField, MeasureField, MoneyField, PercentField, QuarterField
from app.web.filters import quarter as written_quarter

GRADES = [("", "No grade"), *((g.value, f"{g.value} – {g.word}") for g in EvidenceGrade)]
RISKS = [(str(n), f"{n} – {w}") for n, w in enumerate(
    ("very low", "low", "medium", "high", "very high"), start=1)]  # fmt: skip


class OptionForm(VersionedForm):
    """One scope of an initiative; its cells are added by `option_form`."""

    funds: Sequence[tuple[int, str]] = ()
    teams: Sequence[tuple[int, str]] = ()
    quarters: Sequence[Quarter] = ()

    key = StringField(
        "Key", needed("Give the option a short key."), description="pilot, lean, full, or your own."
    )
    name = StringField("Name", needed("Give the option a name."))
    scope = TextAreaField("Scope", description="What is in and what is not.")
    go_live_quarters = CountField(
        "Go-live after",
        needed("Say how many quarters after the start it takes effect."),
        description="Quarters from the start until the effect begins.",
        default=1,
    )
    ramp_quarters = CountField(
        "Ramp",
        needed("Say how many quarters the effect takes to grow."),
        description="Quarters until the effect is full.",
        default=3,
    )
    half_life_quarters = CountField(
        "Half-life",
        description="Quarters until the effect has halved: people and processes 8,"
        " digital 12. Empty: it doesn’t fade.",
    )
    earliest_start = QuarterField("Earliest start", description="Empty: any quarter.")
    latest_start = QuarterField("Latest start", description="Empty: any quarter.")
    risk = SelectField("Risk", choices=RISKS, default="2")
    effort_minutes = CountField(
        "Customer minutes saved a year",
        description="Beside the money, never turned into it.",
        default=0,
    )
    declared_benefit = MoneyField(
        "Declared benefit",
        description="Only without effects on a lever: money that arrives once,"
        " at go-live. It joins no pool and carries its grade’s haircut.",
    )
    declared_grade = SelectField("Evidence for it", choices=GRADES, default="")
    declared_source = StringField("Source of it")
    cost_low = PercentField(
        "Cost, P10",
        description="In one of ten cases it costs at most this, in % of what is planned below."
        " Empty: the cost counts as certain.",
    )
    cost_high = PercentField(
        "Cost, P90", description="In nine of ten cases it costs at most this, such as 130 %."
    )

    def rule_faults(self) -> dict[str, str]:
        if self.risk.errors or self.declared_grade.errors:
            return {}
        draft = self.draft()
        if self.go_live_quarters.errors:
            draft = replace(draft, go_live_quarters=0)
        if self.ramp_quarters.errors:
            draft = replace(draft, ramp_quarters=1)
        return option_faults(draft)

    def draft(self) -> OptionDraft:
        benefit = self.declared_benefit.data
        grade = self.declared_grade.data
        return OptionDraft(
            key=(self.key.data or "").strip(),
            name=self.name.data or "",
            scope=(self.scope.data or "").strip(),
            go_live_quarters=self["go_live_quarters"].data,
            ramp_quarters=self["ramp_quarters"].data,
            half_life_quarters=self.half_life_quarters.data,
            earliest_start=self.earliest_start.data,
            latest_start=self.latest_start.data,
            effort_minutes=self.effort_minutes.data or 0,
            risk=int(self.risk.data),
            declared_benefit_minor=benefit.minor if benefit is not None else None,
            declared_grade=EvidenceGrade(grade) if grade else None,
            declared_source=(self.declared_source.data or "").strip() or None,
            cost_low=self.cost_low.data,
            cost_high=self.cost_high.data,
            spend={
                (id_, q): self.cell(spend_cell(id_, q)).data.minor
                for id_, _ in self.funds
                for q in range(len(self.quarters))
                if self.cell(spend_cell(id_, q)).data is not None
            },
            demand={
                (id_, q): self.cell(days_cell(id_, q)).data
                for id_, _ in self.teams
                for q in range(len(self.quarters))
                if self.cell(days_cell(id_, q)).data is not None
            },
        )

    def cell(self, name: str) -> Field:
        return self[name]


def option_form(
    funds: Sequence[tuple[int, str]],
    teams: Sequence[tuple[int, str]],
    quarters: Sequence[Quarter],
    **kwargs: Any,
) -> OptionForm:
    """Build the form with a cell per fund or team, given as (id, name), and quarter."""
    made: dict[str, Any] = {"funds": funds, "teams": teams, "quarters": quarters}
    for place, one in enumerate(quarters):
        for id_, name in funds:
            made[spend_cell(id_, place)] = MoneyField(f"{name}, {written_quarter(one)}")
        for id_, name in teams:
            made[days_cell(id_, place)] = MeasureField(f"{name}, {written_quarter(one)}")
    form: OptionForm = type("OptionGrid", (OptionForm,), made)(**kwargs)
    return form


def option_data(draft: OptionDraft, currency: str) -> Mapping[str, Any]:
    """What the form shows of a stored option."""
    data = columns_of(draft)
    benefit = draft.declared_benefit_minor
    return data | {
        "risk": str(draft.risk),
        "declared_benefit": None if benefit is None else Money(benefit, currency),
        "declared_grade": draft.declared_grade.value if draft.declared_grade else "",
        **{spend_cell(*cell): Money(minor, currency) for cell, minor in draft.spend.items()},
        **{days_cell(*cell): days for cell, days in draft.demand.items()},
    }

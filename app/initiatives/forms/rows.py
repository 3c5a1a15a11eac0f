"""Forms with repeated rows: behaviours with effects, hurdles with criteria, links."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FieldList, FormField, SelectField, StringField, TextAreaField

from app.initiatives.forms.base import CustomerNeedField, VersionedForm, needed
from app.initiatives.rules import (
    BehaviourDraft,
    CriterionDraft,
    DependencyDraft,
    Direction,
    EffectDraft,
    EvidenceGrade,
    ExclusionDraft,
    MilestoneDraft,
    columns_of,
)
from app.initiatives.rules.milestone_kinds import MEASURED_LINKS, ChainLink, HurdleKind
from app.web.fields import ChoiceField, Choices, CountField, DayField, MeasureField, PercentField
from app.web.rows import RowForm, filled

UNBOUND = ("", "Nothing bound")
_GRADES = [("", "Grade …"), *((grade.value, grade.value) for grade in EvidenceGrade)]


class EffectRow(RowForm):
    """What the behaviour removes of a pool under one option; with a minus, what it adds."""

    option_key = SelectField("Option", needed("Choose the option."))
    pool_id = ChoiceField("Lever pool", needed("Choose the pool it works on."))
    removal_share = PercentField("Removes, %", needed("Say which share of the pool it removes."))
    removal_low = PercentField("P10, %")
    removal_high = PercentField("P90, %")
    grade = SelectField("Evidence grade", needed("Grade the evidence."), choices=_GRADES)
    evidence = StringField("Evidence", needed("Say what the evidence is."))


class BehaviourForm(VersionedForm):
    """Who does what differently, how that is measured, and what it does to the levers."""

    description = StringField(
        "Who does what differently",
        needed("Say who does what differently."),
        description="Such as: customers look up their claim instead of calling.",
    )
    measure = StringField("Measure", needed("Say how it is measured."))
    unit = StringField("Unit", description="Such as %, calls, days.")
    baseline = MeasureField("Baseline", needed("Enter what is measured today."))
    target = MeasureField("Target", needed("Enter what it is to be."))
    source = StringField("Source of the baseline", needed("Say where the baseline comes from."))
    measured_on = DayField("Measured on", needed("Say when the baseline was measured."))
    need_id = CustomerNeedField()
    effects = FieldList(FormField(EffectRow), "Effects on lever pools")

    def offer(self, *, options: Choices, pools: Choices, needs: Choices) -> None:
        """Fill the lists to choose from, those of every row too."""
        self.need_id.offer(needs)
        for entry in self.effects.entries:
            entry.form.option_key.choices = [("", "Option …"), *options]
            entry.form.pool_id.offer(pools, "Pool …")

    def draft(self) -> BehaviourDraft:
        names = ("description", "measure", "unit", "baseline", "target", "source", "measured_on")
        return BehaviourDraft(
            **{name: self[name].data for name in names},
            need_id=self.need_id.data,
            effects=tuple(
                EffectDraft(
                    option_key=row.option_key.data,
                    pool_id=row.pool_id.data,
                    removal_share=row.removal_share.data,
                    grade=EvidenceGrade(row.grade.data),
                    evidence=row.evidence.data,
                    removal_low=row.removal_low.data,
                    removal_high=row.removal_high.data,
                )
                for _, row in filled(self.effects)
            ),
        )


def behaviour_data(draft: BehaviourDraft) -> dict[str, Any]:
    """What the form shows of a stored behaviour."""
    rows = [columns_of(row) | {"grade": row.grade.value} for row in draft.effects]
    return columns_of(draft) | {"effects": rows}


class CriterionRow(RowForm):
    """One measurable condition of a hurdle."""

    by_themselves = frozenset({"direction", "is_must_meet", "bound"})

    metric = StringField("Metric", needed("Name what is measured."))
    unit = StringField("Unit")
    baseline = MeasureField("Baseline")
    direction = SelectField(
        "Has to be", choices=[(one.value, one.word) for one in Direction], default="at_least"
    )
    threshold = MeasureField("Threshold", needed("Enter the threshold."))
    minimum_sample = CountField("Sample of at least")
    is_must_meet = BooleanField("Must meet", default=True)
    bound = SelectField("Measures", choices=[UNBOUND])


class MilestoneForm(VersionedForm):
    """A dated point that holds a share of the money until its hurdle is passed."""

    name = StringField("Name", needed("Give the milestone a name."))
    due_on = DayField("Due on", needed("Say when the hurdle is due."))
    tranche_share = PercentField(
        "Tranche",
        needed("Say which share of the money it holds."),
        description="The share of the money this hurdle releases. All of them make 100 %.",
    )
    action_if_missed = TextAreaField(
        "If it is missed", description="What is agreed now for then, such as: hold once, then stop."
    )
    kind = SelectField(
        "Kind",
        choices=[(one.value, one.word) for one in HurdleKind],
        default=HurdleKind.GROW.value,
        description="Learn: passes when the effect is known well enough. Grow: when it pays.",
    )
    target_error = PercentField(
        "Known to ±, %",
        description="For a learn hurdle: the standard error of the share removed, at most.",
    )
    criteria = FieldList(FormField(CriterionRow), "Criteria")

    def offer(self, behaviours: Choices) -> None:
        """Fill what criteria can measure: three links of each behaviour."""
        links = [
            (f"{link.value}:{id_}", f"{link.word} of: {text}")
            for id_, text in behaviours
            for link in MEASURED_LINKS
        ]
        for entry in self.criteria.entries:
            entry.form.bound.choices = [UNBOUND, *links]

    def draft(self) -> MilestoneDraft:
        return MilestoneDraft(
            name=self.name.data,
            due_on=self["due_on"].data,
            tranche_share=self["tranche_share"].data,
            action_if_missed=self.action_if_missed.data or "",
            criteria=tuple(
                CriterionDraft(
                    metric=row.metric.data,
                    unit=row.unit.data or "",
                    direction=Direction(row.direction.data),
                    threshold=row.threshold.data,
                    baseline=row.baseline.data,
                    minimum_sample=row.minimum_sample.data,
                    is_must_meet=bool(row.is_must_meet.data),
                    **_bound(row.bound.data or ""),
                )
                for _, row in filled(self.criteria)
            ),
            kind=HurdleKind(self.kind.data),
            target_error=self["target_error"].data,
        )


def _bound(text: str) -> dict[str, Any]:
    """Link and behaviour of a choice such as ``lever:12``."""
    link, _, id_ = text.partition(":")
    return {"link": ChainLink(link), "behaviour_id": int(id_)} if id_ else {}


def milestone_data(draft: MilestoneDraft) -> dict[str, Any]:
    """What the form shows of a stored milestone."""
    rows = [
        columns_of(row)
        | {
            "direction": row.direction.value,
            "bound": f"{row.link.value}:{row.behaviour_id}" if row.link else "",
        }
        for row in draft.criteria
    ]
    return columns_of(draft) | {"criteria": rows, "kind": draft.kind.value}


class NeedRow(RowForm):
    """Another initiative that has to have started before."""

    key = StringField("Needs", needed("Enter the key of the initiative it needs."))
    lag_quarters = CountField("Started quarters before")
    note = StringField("Why")


class ExclusionRow(RowForm):
    """Another initiative that can't be funded together with this one."""

    key = StringField("Not together with", needed("Enter the key of the other initiative."))
    reason = StringField("Why")


class LinksForm(VersionedForm):
    """What an initiative needs and what it can't be funded with."""

    needs = FieldList(FormField(NeedRow), "Dependencies")
    exclusions = FieldList(FormField(ExclusionRow), "Exclusions")

    def needs_drafts(self) -> list[DependencyDraft]:
        return [
            DependencyDraft(_key(row.key.data), row.lag_quarters.data or 0, row.note.data or "")
            for _, row in filled(self.needs)
        ]

    def exclusion_drafts(self) -> list[ExclusionDraft]:
        return [
            ExclusionDraft(_key(row.key.data), row.reason.data or "")
            for _, row in filled(self.exclusions)
        ]


def _key(text: str) -> str:
    return text.strip().upper() if text.strip().lower().startswith("cx-") else text.strip()

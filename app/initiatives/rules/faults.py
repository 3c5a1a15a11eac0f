"""What is impossible about a draft, a sentence by field, as forms name their fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from math import ceil, prod

from app.initiatives.rules.drafts import (
    BehaviourDraft,
    CriterionDraft,
    EffectDraft,
    MilestoneDraft,
    OptionDraft,
)
from app.initiatives.rules.milestone_kinds import ChainLink, HurdleKind
from app.journeys.rules import LARGEST_REMOVAL
from app.values.money import LARGEST_MINOR
from app.values.quarter import Quarter, QuarterSpan

MOST_QUARTERS = 40
LARGEST_RISK = 5
LARGEST_OVERRUN = 10
LARGEST_COUNT = 2_000_000_000
"""The largest whole number a count may be; PostgreSQL's INTEGER holds little more."""
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

ORDER_OF_OPTIONS = {"pilot": 10, "lean": 20, "full": 30}
"""Usual scopes in their order; the last option is the full one."""


def spend_cell(fund_id: int, quarter: int) -> str:
    """The name of a spend grid's cell, in forms and in messages alike."""
    return f"spend-{fund_id}-{quarter}"


def days_cell(team_id: int, quarter: int) -> str:
    """The name of a demand grid's cell, in forms and in messages alike."""
    return f"days-{team_id}-{quarter}"


def option_faults(draft: OptionDraft) -> dict[str, str]:
    """What is impossible about an option."""
    faults = {}
    if not draft.name.strip():
        faults["name"] = "Give the option a name, such as “Lean, one region”."
    if not _KEY.fullmatch(draft.key) or len(draft.key) > 40:
        faults["key"] = "Use lower-case letters, digits and single hyphens, such as lean."
    faults |= _time_faults(draft) | _grid_faults(draft) | _declared_faults(draft)
    faults |= _cost_faults(draft)
    if not 1 <= draft.risk <= LARGEST_RISK:
        faults["risk"] = f"Risk goes from 1 to {LARGEST_RISK}."
    if not 0 <= draft.effort_minutes <= LARGEST_COUNT:
        faults["effort_minutes"] = f"Enter 0 to {LARGEST_COUNT:,} minutes."
    return faults


def _time_faults(draft: OptionDraft) -> dict[str, str]:
    faults = {}
    if not 0 <= draft.go_live_quarters <= MOST_QUARTERS:
        faults["go_live_quarters"] = f"Go-live lies 0 to {MOST_QUARTERS} quarters after the start."
    if not 1 <= draft.ramp_quarters <= MOST_QUARTERS:
        faults["ramp_quarters"] = f"The ramp takes 1 to {MOST_QUARTERS} quarters."
    if draft.half_life_quarters is not None and not 1 <= draft.half_life_quarters <= 400:
        faults["half_life_quarters"] = "Enter 1 to 400 quarters, or leave it empty for no fading."
    if draft.earliest_start and draft.latest_start and draft.latest_start < draft.earliest_start:
        faults["latest_start"] = "The latest start lies before the earliest."
    return faults


def quarter_fault(quarter: Quarter | None, span: QuarterSpan, cycle_name: str) -> str | None:
    """Why nothing can start in a quarter of this cycle; None where it can or none is named."""
    if quarter is None or quarter in span:
        return None
    return f"{cycle_name} goes from {span.first} to {span.last}; choose a quarter in it."


def window_faults(draft: OptionDraft, span: QuarterSpan, cycle_name: str) -> dict[str, str]:
    """Ends of an option's window of starts that lie outside the cycle."""
    ends = {"earliest_start": draft.earliest_start, "latest_start": draft.latest_start}
    found = {name: quarter_fault(end, span, cycle_name) for name, end in ends.items()}
    return {name: fault for name, fault in found.items() if fault}


def _grid_faults(draft: OptionDraft) -> dict[str, str]:
    faults = {}
    for (fund, quarter), amount in draft.spend.items():
        if amount < 0:
            faults[spend_cell(fund, quarter)] = "Spend can’t be negative; enter 0 or more."
        elif amount > LARGEST_MINOR:
            faults[spend_cell(fund, quarter)] = "The amount is too large."
    for (team, quarter), days in draft.demand.items():
        if days < 0:
            faults[days_cell(team, quarter)] = "Days can’t be negative; enter 0 or more."
        elif days > 1_000_000:
            faults[days_cell(team, quarter)] = "More than a million days; check the figure."
    return faults


def _declared_faults(draft: OptionDraft) -> dict[str, str]:
    faults = {}
    if draft.declared_benefit_minor is None:
        if draft.declared_grade is not None or (draft.declared_source or "").strip():
            faults["declared_benefit"] = "Enter the amount, or clear grade and source."
        return faults
    if draft.declared_benefit_minor < 0:
        faults["declared_benefit"] = "A benefit can’t be negative; enter 0 or more."
    if draft.declared_grade is None:
        faults["declared_grade"] = "Grade the evidence for the declared benefit."
    if not (draft.declared_source or "").strip():
        faults["declared_source"] = "Say where the declared benefit comes from."
    return faults


def _cost_faults(draft: OptionDraft) -> dict[str, str]:
    low, high = draft.cost_low, draft.cost_high
    if (low is None) != (high is None):
        missing = "cost_low" if low is None else "cost_high"
        return {missing: "Give both P10 and P90, or neither."}
    faults = {}
    if low is not None and not 0 <= low <= 1:
        faults["cost_low"] = "P10 is at most 100 % of what is planned."
    if high is not None and not 1 <= high <= LARGEST_OVERRUN:
        faults["cost_high"] = "P90 is 100 % of what is planned or more, up to 1,000 %."
    return faults


def behaviour_faults(draft: BehaviourDraft) -> dict[str, str]:
    """What is impossible about a behaviour and its effects."""
    faults = {}
    for name, words in (
        ("description", "Say who does what differently."),
        ("measure", "Say how it is measured."),
        ("source", "Say where the baseline comes from."),
    ):
        if not str(getattr(draft, name)).strip():
            faults[name] = words
    if draft.baseline == draft.target:
        faults["target"] = "The target equals the baseline, so nothing would change."
    seen: set[tuple[str, int]] = set()
    for row, effect in enumerate(draft.effects):
        if not 0 < abs(effect.removal_share) <= LARGEST_REMOVAL:
            faults[f"effects-{row}-removal_share"] = (
                "Enter at most 95 % that it removes, or at most \u221295 % for what it adds; not 0."
            )
        faults |= _range_faults(f"effects-{row}-", effect)
        if not effect.evidence.strip():
            faults[f"effects-{row}-evidence"] = "Say what the evidence is."
        if (effect.option_key, effect.pool_id) in seen:
            faults[f"effects-{row}-pool_id"] = "This option and pool stand here twice; keep one."
        seen.add((effect.option_key, effect.pool_id))
    return faults


def overclaim_faults(
    draft: BehaviourDraft, others: Mapping[tuple[str, int], Collection[Decimal]]
) -> dict[str, str]:
    """Effects with which an option would remove, or add, more of a pool than one behaviour may.

    ``others``: removals of the initiative's other behaviours by option and pool. Together they
    leave Π(1 − q) of it.
    """
    faults = {}
    for row, effect in enumerate(draft.effects):
        beside = others.get((effect.option_key, effect.pool_id), ())
        removed = 1 - prod((1 - one for one in (*beside, effect.removal_share)), start=Decimal(1))
        if beside and abs(removed) > LARGEST_REMOVAL:
            does = "remove" if removed > 0 else "add"
            faults[f"effects-{row}-removal_share"] = (
                f"With the option’s other behaviours it would {does}"
                f" {ceil(abs(removed) * 100)}\u202f% of the pool; at most 95\u202f% is possible."
            )
    return faults


def _range_faults(prefix: str, effect: EffectDraft) -> dict[str, str]:
    low, high = effect.removal_low, effect.removal_high
    if low is None and high is None:
        return {}
    if low is None or high is None:
        missing = "removal_low" if low is None else "removal_high"
        return {f"{prefix}{missing}": "Give both P10 and P90, or neither."}
    faults = {}
    if not -LARGEST_REMOVAL <= low <= effect.removal_share:
        faults[f"{prefix}removal_low"] = (
            "P10 is the cautious end: from \u221295 % to what is expected."
        )
    if not effect.removal_share <= high <= LARGEST_REMOVAL:
        faults[f"{prefix}removal_high"] = "P90 lies from what is expected to 95 %."
    return faults


def milestone_faults(
    draft: MilestoneDraft,
    other_shares: Decimal,
    other_names: Collection[str] = (),
    *,
    held: Decimal | None = None,
) -> dict[str, str]:
    """What is impossible about a milestone, given what the others hold and are called.

    A hurdle that holds nothing could be missed without consequence, so it is none; and of two of
    one name nobody would know which one evidence and decision are about. ``held`` is the share it
    has so far: what the registry lists without money may stay so.
    """
    faults = {}
    if not draft.name.strip():
        faults["name"] = "Give the milestone a name."
    elif _plain(draft.name) in {_plain(name) for name in other_names}:
        faults["name"] = "Another milestone of this initiative has this name; choose another."
    stays_empty = draft.tranche_share == 0 and held == 0
    if not 0 < draft.tranche_share <= 1 and not stays_empty:
        faults["tranche_share"] = "A hurdle holds money: enter more than 0 % and at most 100 %."
    elif draft.tranche_share + other_shares > 1:
        left = f"{((1 - other_shares) * 100).normalize():f}\u202f%"
        faults["tranche_share"] = (
            f"The tranches would hold more than all the money; at most {left} is left."
        )
    faults |= _kind(draft)
    for row, criterion in enumerate(draft.criteria):
        faults |= {f"criteria-{row}-{name}": text for name, text in _criterion(criterion).items()}
    return faults


def _kind(draft: MilestoneDraft) -> dict[str, str]:
    """A learn hurdle says how well the effect shall be known, and by which behaviour."""
    if draft.kind is not HurdleKind.LEARN:
        return {}
    if draft.target_error is None or not 0 < draft.target_error < 1:
        return {
            "target_error": "Say how well the effect is to be known: more than 0 % and below 100 %."
        }
    if not any(one.link is ChainLink.BEHAVIOUR for one in draft.criteria):
        return {"kind": "A learn hurdle needs a criterion bound to a behaviour."}
    return {}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _criterion(draft: CriterionDraft) -> dict[str, str]:
    faults = {}
    if not draft.metric.strip():
        faults["metric"] = "Name what is measured."
    if draft.minimum_sample is not None and draft.minimum_sample < 1:
        faults["minimum_sample"] = "A sample has at least 1 in it; leave it empty for none."
    elif draft.minimum_sample is not None and draft.minimum_sample > LARGEST_COUNT:
        faults["minimum_sample"] = f"Enter at most {LARGEST_COUNT:,}."
    return faults

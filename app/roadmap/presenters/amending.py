"""Amendments of criteria: old and new beside each other, who asked and agreed, what came before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.roadmap.models import Amendment
from app.roadmap.presenters.words import wanted_words
from app.roadmap.queries import Gate
from app.roadmap.rules import CriterionFacts
from app.roadmap.rules.amending import AmendmentState
from app.roadmap.rules.wanted import Wanted, evidence_words
from app.web.filters import day, number

NO_SAMPLE = "any sample counts"

TONES = {
    AmendmentState.WAITING: "review",
    AmendmentState.AGREED: "ok",
    AmendmentState.DECLINED: "missed",
    AmendmentState.WITHDRAWN: "draft",
    AmendmentState.CLOSED: "draft",
}


def criterion_notes(criterion: CriterionFacts) -> dict[str, Any]:
    """What stands under a criterion: what was approved, who changed it, and what waits.

    ``amended`` is what was approved, then who asked, then who agreed; empty without an amendment.
    """
    return {
        "amended": _amended(criterion),
        "late": _late(criterion),
        "waiting": _waiting(criterion),
    }


def _amended(criterion: CriterionFacts) -> list[str]:
    one = criterion.amended
    if one is None:
        return []
    how = "Loosened" if one.is_looser else "Amended"
    return [
        f"{how} from {wanted_words(criterion, one.approved)}, as approved",
        f"{one.asked_by} asked on {day(one.asked_on)}: “{one.reason}”",
        f"{one.agreed_by} agreed on {day(one.agreed_on)}: “{one.answer}”",
    ]


def agreed_facts(criterion: CriterionFacts) -> list[tuple[str, str]]:
    """What a criterion asks for now, what was approved, and what waits."""
    facts = [
        ("Criterion", criterion.metric), ("Asks for", wanted_words(criterion, criterion.wanted))
    ]  # fmt: skip
    names = ("Before", "Asked", "Agreed")
    facts += zip(names, _amended(criterion), strict=False)
    if late := _late(criterion):
        facts.append(("Then", late))
    if waiting := _waiting(criterion):
        facts.append(("Waits", waiting["words"]))
    return facts


def _late(criterion: CriterionFacts) -> str | None:
    one = criterion.amended
    if one is None or not one.is_looser:
        return None
    late = evidence_words(one.evidence_on)
    return f"{late[0].upper()}{late[1:]}" if late else None


def _waiting(criterion: CriterionFacts) -> dict[str, Any] | None:
    one = criterion.waiting
    if one is None:
        return None
    words = f"{one.asked_by} asks to amend it to {wanted_words(criterion, one.wanted)}"
    return {"id": one.id, "words": words, "late": evidence_words(one.evidence_on) or None}


def change_rows(
    criterion: CriterionFacts, before: Wanted, after: Wanted
) -> list[tuple[str, str, str]]:
    """Field, old and new of an amendment."""
    return [
        (
            "Threshold",
            wanted_words(criterion, Wanted(before.threshold, None)),
            wanted_words(criterion, Wanted(after.threshold, None)),
        ),
        ("Smallest sample", _sample(before), _sample(after)),
    ]


def _sample(wanted: Wanted) -> str:
    return NO_SAMPLE if wanted.minimum_sample is None else number(wanted.minimum_sample)


def sides(amendment: Amendment) -> tuple[Wanted, Wanted]:
    """What an amendment changes, and to what."""
    return (
        Wanted(amendment.from_threshold, amendment.from_sample),
        Wanted(amendment.to_threshold, amendment.to_sample),
    )


def amendment_facts(amendment: Amendment) -> list[tuple[str, str]]:
    """Who asked, who answered, when and why."""
    facts = [
        ("Asked by", f"{amendment.asked_by.name}, {day(amendment.asked_at.date())}"),
        ("Why", amendment.reason),
    ]
    if amendment.ended_by is not None and amendment.ended_at is not None:
        when = day(amendment.ended_at.date())
        facts.append((amendment.state.word, f"{amendment.ended_by.name}, {when}"))
    if amendment.answer:
        facts.append(("Because", amendment.answer))
    return facts


def warning_of(criterion: CriterionFacts, amendment: Amendment) -> str | None:
    """That it is easier to meet and evidence was there when it was asked for."""
    before, after = sides(amendment)
    late = evidence_words(amendment.evidence_on)
    if not after.is_looser_than(before, criterion.direction):
        return f"It is no easier to meet; it was {late}." if late else None
    if late:
        return f"This loosens the criterion, and was {late}: whoever asks may know the figure."
    return "This loosens the criterion; no evidence of it was recorded before."


def happened(gate: Gate) -> list[tuple[datetime, dict[str, Any]]]:
    """Asking for amendments and what came of it, as the history lists it."""
    criteria = {one.id: one for one in gate.facts.criteria}
    found = []
    for one in gate.amendments:
        found += _events(one, criteria[one.criterion_id])
    return found


def _events(one: Amendment, criterion: CriterionFacts) -> list[tuple[datetime, dict[str, Any]]]:
    before, after = sides(one)
    late = evidence_words(one.evidence_on)
    old, new = wanted_words(criterion, before), wanted_words(criterion, after)
    asked = {
        "what": f"Asked to amend {criterion.metric} from {old} to {new}"
        + (f", {late}" if late else ""),
        "who": one.asked_by.name,
        "note": one.reason,
        "tone": "accent",
    }
    found: list[tuple[datetime, dict[str, Any]]] = []
    if one.ended_by is not None and one.ended_at is not None:
        what = _ENDS[one.state].format(metric=criterion.metric, new=new)
        tone = {AmendmentState.AGREED: "warn", AmendmentState.DECLINED: "bad"}.get(one.state)
        ended = {"what": what, "who": one.ended_by.name, "note": one.answer or "", "tone": tone}
        found.append((one.ended_at, ended))
    return [*found, (one.asked_at, asked)]


_ENDS = {
    AmendmentState.AGREED: "Agreed: {metric} is {new} from now on",
    AmendmentState.DECLINED: "Declined to amend {metric}",
    AmendmentState.WITHDRAWN: "Withdrew the amendment of {metric}",
    AmendmentState.CLOSED: "The decision closed the amendment of {metric} that waited",
}


def narrowed_words(gate: Gate) -> str | None:
    """That thresholds were agreed for an option that promised more, where none was amended since.

    None once the hurdle is decided, and where every criterion was asked about after the rescope.
    """
    since = gate.narrowed
    if since is None or not since.promises_less or not gate.facts.is_open:
        return None
    asked = {one.criterion_id for one in gate.amendments if one.asked_at >= since.at}
    left = [one.metric for one in gate.facts.criteria if one.id not in asked]
    if not left:
        return None
    return (
        f"Since {day(since.at.date())} it goes on with {since.to_option}, which promises less. "
        f"These thresholds were agreed for {since.from_option} and stay: {_listed(left)}. "
        "Ask for an amendment where they ask for what is no longer promised."
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

"""The review of one hurdle: criteria with their evidence, what the figures say, who may decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approvals.models import Tranche
from app.approvals.rules import OPEN_TRANCHES, CommitmentState, TrancheState
from app.roadmap.models import Evidence
from app.roadmap.presenters import amending
from app.roadmap.presenters.forecast import loss_words
from app.roadmap.presenters.inspector import Deciders, decider_words
from app.roadmap.presenters.words import (
    agreed_words,
    condition,
    distance_words,
    measure,
    measured_when,
    verdict,
)
from app.roadmap.queries import Gate
from app.roadmap.rules import (
    Decider,
    HurdleAction,
    Measurement,
    Reading,
    Recommendation,
    bar_on_hurdle,
    unusual_words,
)
from app.roadmap.rules.judging import Judged
from app.values.money import Money
from app.web.filters import counted, day, moment, money, number

TONES = {
    HurdleAction.RELEASE: "ok",
    HurdleAction.HOLD: "warn",
    HurdleAction.RESCOPE: "accent",
    HurdleAction.FINISH: "ok",
    HurdleAction.STOP: "bad",
}


@dataclass(frozen=True, slots=True)
class ActionChoice:
    """A way to decide: what it does with the money, and why it is barred, if it is."""

    action: HurdleAction
    label: str
    effect: str
    barred: str | None
    is_recommended: bool


def gate_facts(gate: Gate, deciders: Deciders, today: date) -> list[tuple[str, str]]:
    """Days, people and money of a hurdle."""
    tranche, commitment = gate.tranche, gate.commitment
    due = day(tranche.due_on)
    still = gate.facts.is_open
    facts = [
        ("Due", f"{due}, {distance_words(tranche.due_on, today)}" if still else due),
        ("Agreed", agreed_words(tranche.due_on, tranche.baseline_due_on)),
        ("Holds" if still else "Held", money(Money(tranche.amount_minor, tranche.currency))),
        ("Of", money(Money(commitment.amount_minor, commitment.currency))),
        ("Released", money(Money(gate.balance.released, commitment.currency))),
        ("Owner", gate.initiative.owner.name),
    ]
    if still:
        record = gate.record
        barred = {*record.owners, *record.evidence_by, *record.moved_by, *record.amended_by}
        facts.append(("Decides", decider_words(deciders, barred)))
    elif gate.decisions:
        last = gate.decisions[0]
        who = f"{last.decided_by.name}, {day(last.decided_at.date())}"
        facts.append(("Decided", who))
    if tranche.milestone.action_if_missed:
        facts.append(("If missed", tranche.milestone.action_if_missed))
    return facts


def criteria_rows(gate: Gate) -> list[dict[str, Any]]:
    """The criteria with their latest measurement and the ones before it."""
    baselines = {one.id: one.baseline for one in gate.tranche.milestone.criteria}
    return [
        _criterion_row(
            reading,
            baselines.get(reading.criterion.id),
            [one for one in gate.evidence if one.criterion_id == reading.criterion.id],
        )
        for reading in gate.readings
    ]


def _criterion_row(reading: Reading, baseline: Any, evidence: list[Evidence]) -> dict[str, Any]:
    criterion, latest = reading.criterion, reading.latest
    source = next((one for one in evidence if latest and one.id == latest.number), None)
    tone, word = verdict(reading)
    return {
        "id": criterion.id,
        "metric": criterion.metric,
        "condition": condition(criterion),
        "baseline": measure(baseline, criterion.unit) if baseline is not None else None,
        "measured": measure(latest.value, criterion.unit) if latest else None,
        "measured_note": _measured_note(latest),
        "early": f"Measured {reading.early_words}." if reading.is_early else "",
        "unusual": _unusual(reading, baseline, source),
        "sample": number(latest.sample) if latest and latest.sample is not None else None,
        "source": source.source if source else None,
        "source_note": source.recorded_by.name if source else "",
        "tone": tone,
        "word": word,
        "earlier": [_earlier(one, criterion.unit) for one in evidence if one is not source],
        **amending.criterion_notes(criterion),
    }


def since_hint(gate: Gate) -> str:
    """What the first day of a window is, and from which on one counts."""
    starts_on = gate.facts.starts_on
    said = "The first day, if it took longer than one."
    if starts_on is None:
        return said
    return f"{said} The work starts on {day(starts_on)}; a window from before does not count."


def _measured_note(latest: Measurement | None) -> str:
    """When it was measured, both days of a window."""
    if latest is None:
        return ""
    is_window = latest.since is not None and latest.since != latest.measured_on
    return f"{'from' if is_window else 'on'} {measured_when(latest)}"


def _unusual(reading: Reading, baseline: Any, source: Evidence | None) -> str | None:
    """That the figure is unusual, and who says it is right nevertheless."""
    criterion, latest = reading.criterion, reading.latest
    if latest is None or not unusual_words(
        latest.value, criterion.unit, threshold=criterion.threshold, baseline=baseline
    ):
        return None
    if source is None or not source.is_confirmed:
        return "unusual, confirmed by nobody"
    return f"unusual, confirmed by {source.recorded_by.name}"


def _earlier(one: Evidence, unit: str) -> str:
    sample = f", sample {number(one.sample)}" if one.sample is not None else ""
    return f"{day(one.measured_on)}: {measure(one.value, unit)}{sample} ({one.source})"


def choices_of(gate: Gate, decider: Decider) -> list[ActionChoice]:
    """Every way to decide with what it does and why it is barred."""
    recommended = gate.recommendation.action if gate.recommendation else None
    waits = gate.recommendation is not None and gate.recommendation.waits
    currency = gate.tranche.currency
    held = money(Money(gate.tranche.amount_minor, currency))
    freed = money(Money(gate.freed_by_stop_minor, currency))
    later = len(freed_tranches(gate)) - 1
    rest = f"this and {counted(later, 'later hurdle')}" if later else "this hurdle, the last one"
    effects = {
        HurdleAction.RELEASE: (f"Release {held}", "The initiative can spend it from now on."),
        HurdleAction.HOLD: ("Hold", _HOLDS_EARLY if waits else _HOLDS.format(held=held)),
        HurdleAction.RESCOPE: (
            "Rescope to a smaller option",
            "Frees what that no longer needs; this hurdle stays open.",
        ),
        HurdleAction.FINISH: (
            f"Finish early and free {freed}",
            f"The value is captured and stays; frees {rest}.",
        ),
        HurdleAction.STOP: (f"Stop and free {freed}", f"Ends the initiative and frees {rest}."),
    }
    return [
        ActionChoice(
            action, *effects[action], bar_on_hurdle(action, gate.record, decider),
            action is recommended and not waits,
        )
        for action in HurdleAction
    ]  # fmt: skip


def decision_words(gate: Gate, action: HurdleAction) -> str:
    """What is about to be decided, as a sentence."""
    initiative, currency = gate.initiative, gate.tranche.currency
    held = money(Money(gate.tranche.amount_minor, currency))
    freed = money(Money(gate.freed_by_stop_minor, currency))
    what = f"{initiative.key} {initiative.title}"
    hurdle = f"hurdle “{gate.tranche.milestone.name}”"
    return {
        HurdleAction.RELEASE: f"Release {held} for the {hurdle} of {what}.",
        HurdleAction.HOLD: f"Hold {held} at the {hurdle} of {what}.",
        HurdleAction.RESCOPE: f"Rescope {what} to a smaller option at the {hurdle}.",
        HurdleAction.FINISH: f"Finish {what} early at the {hurdle} and free {freed}.",
        HurdleAction.STOP: f"Stop {what} at the {hurdle} and free {freed}.",
    }[action]


def recorded_words(measured_on: date, last_on: date | None) -> str:
    """That a measurement is recorded, and the one of ``last_on`` counts if that is later."""
    if last_on is None or last_on <= measured_on:
        return "The measurement is recorded."
    return (
        f"The measurement of {day(measured_on)} is recorded. The one of "
        f"{day(last_on)} still counts, as it is the later one."
    )


_HOLDS = "{held} stays reserved. A hurdle can be held once."
_HOLDS_EARLY = "The money stays reserved anyway; this would use up the only hold there is."


def recommended_state(one: Recommendation | None) -> tuple[str, str] | None:
    """Tone and word of what the figures recommend."""
    if one is None:
        return None
    return "idle" if one.waits else TONES[one.action], one.word


def shared_bar(choices: Sequence[ActionChoice]) -> str | None:
    """The reason that bars every way to decide, None if they differ or one is open."""
    reasons = {choice.barred for choice in choices}
    return reasons.pop() if len(reasons) == 1 else None


def freed_tranches(gate: Gate) -> list[Tranche]:
    """What a stop frees: this and every later tranche that is open."""
    return [
        one
        for one in gate.commitment.tranches
        if one.position >= gate.tranche.position and one.state in OPEN_TRANCHES
    ]


def freed_rows(gate: Gate) -> list[tuple[str, str, str]]:
    """Hurdle, due day and money of what a stop frees."""
    return [
        (one.milestone.name, day(one.due_on), money(Money(one.amount_minor, one.currency)))
        for one in freed_tranches(gate)
    ]


def hurdle_rows(gate: Gate) -> list[dict[str, Any]]:
    """All hurdles of the initiative in order, for going from one to the next."""
    return [
        {
            "id": one.id,
            "name": one.milestone.name,
            "due_on": one.due_on,
            "money": Money(one.amount_minor, one.currency),
            "tone": _MONEY[one.state][0],
            "word": _MONEY[one.state][1],
            "is_this": one.id == gate.tranche.id,
        }
        for one in gate.commitment.tranches
    ]


_MONEY = {
    TrancheState.PENDING: ("idle", "Held back"),
    TrancheState.HELD: ("warn", "On hold"),
    TrancheState.RELEASED: ("ok", "Released"),
    TrancheState.FREED: ("idle", "Freed"),
}


def history_items(gate: Gate) -> list[dict[str, Any]]:
    """Evidence, decisions, amendments and moved dates, the latest first."""
    found: list[tuple[Any, dict[str, Any]]] = [*amending.happened(gate)]
    item: dict[str, Any]
    for decision in gate.decisions:
        against = decision.action is not decision.recommended
        said = f", against the figures ({decision.recommended.word.lower()})" if against else ""
        if against and decision.action.ends_hurdle:
            said += f", {loss_words(gate, decision.action, decision.override_minor)}"
        until = f" until {day(decision.hold_until)}" if decision.hold_until else ""
        item = {
            "what": f"{_DECIDED[decision.action]}{until}{said}",
            "who": decision.decided_by.name,
            "note": decision.reason or decision.grounds,
            "tone": TONES[decision.action],
        }
        found.append((decision.decided_at, item))
    for one in gate.evidence:
        value = measure(one.value, one.criterion.unit)
        measured = f"{one.criterion.metric}: {value} on {day(one.measured_on)}"
        item = {"what": measured, "who": one.recorded_by.name, "note": one.note, "tone": None}
        found.append((one.recorded_at, item))
    for move in gate.moves:
        item = {
            "what": f"Due date moved from {day(move.from_on)} to {day(move.to_on)}",
            "who": move.moved_by.name,
            "note": move.reason,
            "tone": "accent",
        }
        found.append((move.moved_at, item))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [{**item, "when": moment(at)} for at, item in found]


_DECIDED = {
    HurdleAction.RELEASE: "Released",
    HurdleAction.HOLD: "Held",
    HurdleAction.RESCOPE: "Rescoped",
    HurdleAction.FINISH: "Finished early",
    HurdleAction.STOP: "Stopped",
}


def seen_mark(gate: Gate) -> str:
    """What a decision is based on: last evidence, due date, other use known, amendments agreed."""
    last = max((one.id for one in gate.evidence), default=0)
    other = gate.judged.forecast_id if isinstance(gate.judged, Judged) else None
    agreed = gate.facts.last_amendment
    return f"{last}:{gate.tranche.due_on.isoformat()}:{other or 0}:{agreed}"


def changes_since(gate: Gate, seen: str) -> list[dict[str, Any]] | None:
    """What changed since ``seen``, as the conflict component takes it; None if nothing did."""
    if seen == seen_mark(gate):
        return None
    last, due, other, agreed = (*seen.split(":"), "", "", "", "")[:4]
    known = int(last) if last.isascii() and last.isdigit() and len(last) < 15 else 0
    rows = []
    for reading in gate.readings:
        unit = reading.criterion.unit
        mine = [e for e in gate.evidence if e.criterion_id == reading.criterion.id]
        before = next((one for one in mine if one.id <= known), None)
        now = mine[0] if mine else None
        rows.append(_changed(reading.criterion.metric, _told(before, unit), _told(now, unit)))
        earlier = [one for one in mine if one.id > known and one is not now]
        name = f"{reading.criterion.metric}, of an earlier day, which does not count"
        rows += [_changed(name, "not recorded", _told(one, unit)) for one in earlier]
    rows.append(_changed("Due", due, gate.tranche.due_on.isoformat()))
    *_, other_now, agreed_now = seen_mark(gate).split(":")
    if other_now != other:
        rows.append(_changed("Best other use", "as it was", "worked out anew"))
    if agreed_now != agreed:
        rows += [
            _changed(one.metric, "as it was", f"{condition(one)}{one.amended_words}")
            for one in gate.facts.criteria
            if one.amended is not None
        ]
    return rows


def _told(one: Evidence | None, unit: str) -> str:
    """A measurement with all that two of them can differ in."""
    if one is None:
        return "not measured"
    sample = f", sample {number(one.sample)}" if one.sample is not None else ""
    return f"{measure(one.value, unit)} on {day(one.measured_on)}{sample}"


def _changed(label: str, yours: str, theirs: str) -> dict[str, Any]:
    return {"label": label, "yours": yours, "theirs": theirs, "same": yours == theirs}


def dependants_words(gate: Gate, action: HurdleAction) -> str:
    """What becomes of initiatives that need this one, once it is stopped or finished early."""
    if action is HurdleAction.FINISH and gate.balance.released:
        return "What it delivered stays. They go on as approved; ask whether that is all they need."
    return (
        "Their money stays committed and they go on, until somebody decides at their own hurdles. "
        f"From then on each of them says that it needs {gate.initiative.key} and what became of it."
    )


def plannable_words(freed: Money, again: Money) -> str:
    """How much of freed money can be planned with again."""
    if again == freed:
        return "all of it in quarters that can still be planned"
    return f"{money(again)} of it in quarters that can still be planned"


def outcome_words(gate: Gate, again: Money | None = None) -> str | None:
    """What the decision did with the money, for the page of a decided hurdle.

    ``again``: what of the freed money can still be planned.
    """
    amount = money(Money(gate.tranche.amount_minor, gate.tranche.currency))
    if gate.tranche.state is TrancheState.RELEASED:
        return f"{amount} is released to the initiative."
    if gate.tranche.state is TrancheState.FREED:
        freed = money(Money(gate.balance.freed, gate.commitment.currency))
        how = "is finished early" if _is_finished(gate) else "is stopped"
        words = f"The initiative {how}: {freed} went back to the budget"
        if again is None:
            return f"{words}."
        return f"{words}, {plannable_words(Money(gate.balance.freed, again.currency), again)}."
    return None


def _is_finished(gate: Gate) -> bool:
    """Whether its commitment was completed with money left, so that what acts goes on acting."""
    return gate.commitment.state is CommitmentState.COMPLETED

"""Record measurements for the criteria of a hurdle."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Decision, Tranche
from app.approvals.rules import OPEN_TRANCHES
from app.approvals.services.ledger import lock_commitment
from app.audit.services import once, record, remember
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Criterion
from app.initiatives.rules.faults import LARGEST_COUNT
from app.roadmap.models import Evidence
from app.roadmap.rules import UNUSUAL, measured_fault, unusual_words

PERMISSION = "evidence.record"
LONGEST_SOURCE = 500
TOO_EARLY = timedelta(days=366)


def record_evidence(
    session: Session,
    tranche: Tranche,
    criterion: Criterion,
    *,
    value: Decimal,
    sample: int | None,
    measured_on: date,
    source: str,
    note: str,
    is_confirmed: bool = False,
    actor: Person,
    now: datetime,
) -> Evidence:
    """Add a measurement; a later one for the same criterion supersedes it.

    Unless ``is_confirmed``, an unusual figure is asked about.

    Raises NotAllowedError, ConflictError once the hurdle is decided, InvalidError by field.
    """
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only a program manager or a CX lead records evidence.")
    commitment, tranches = lock_commitment(session, tranche.commitment_id)
    stored = next(one for one in tranches if one.id == tranche.id)
    if stored.state not in OPEN_TRANCHES:
        raise ConflictError("This hurdle is decided; evidence comes before the decision.")
    faults = _faults(stored, criterion, sample, measured_on, source, today=now.date())
    faults |= _early_fault(measured_on, _begun_on(session, commitment))
    unusual = _judge(criterion, value, faults, is_confirmed=is_confirmed)
    if faults:
        raise InvalidError("This measurement can't be recorded.", fields=faults)
    evidence = Evidence(
        tranche_id=stored.id,
        criterion_id=criterion.id,
        value=value,
        sample=sample,
        measured_on=measured_on,
        source=source.strip(),
        note=note.strip(),
        is_confirmed=unusual is not None,
        recorded_by_id=actor.id,
        recorded_at=now,
    )
    session.add(evidence)
    session.flush()
    record(
        session, actor=actor, action="evidence.recorded", subject=f"tranche:{stored.id}",
        after=_noted(evidence, criterion, unusual), now=now,
    )  # fmt: skip
    return evidence


def _early_fault(measured_on: date, begun_on: date) -> dict[str, str]:
    if measured_on >= begun_on - TOO_EARLY:
        return {}
    return {"measured_on": "This is from more than a year before the start; measure it anew."}


def _noted(evidence: Evidence, criterion: Criterion, unusual: str | None) -> dict[str, Any]:
    noted = {
        "criterion": criterion.metric, "value": evidence.value, "sample": evidence.sample,
        "measured_on": evidence.measured_on, "source": evidence.source,
    }  # fmt: skip
    return noted | ({"confirmed": unusual} if unusual else {})


def _judge(
    criterion: Criterion, value: Decimal, faults: dict[str, str], *, is_confirmed: bool
) -> str | None:
    """What is unusual about the figure; adds to ``faults`` what can't be or has to be asked."""
    unit, threshold, baseline = criterion.unit, criterion.threshold, criterion.baseline
    impossible = measured_fault(value, unit, threshold=threshold, baseline=baseline)
    unusual = unusual_words(value, unit, threshold=threshold, baseline=baseline)
    if impossible:
        faults["value"] = impossible
    elif unusual and not faults and not is_confirmed:
        faults["value"] = UNUSUAL.format(why=unusual)
    return unusual


def _begun_on(session: Session, commitment: Commitment) -> date:
    """The day the initiative was approved or starts, whichever comes first."""
    approved_on = session.get_one(Decision, commitment.decision_id).decided_at.date()
    return min(approved_on, commitment.start.first_day)


def record_evidence_once(
    session: Session,
    tranche: Tranche,
    criterion: Criterion,
    *,
    value: Decimal,
    sample: int | None,
    measured_on: date,
    source: str,
    note: str,
    is_confirmed: bool = False,
    once_key: str,
    actor: Person,
    now: datetime,
) -> Evidence:
    """Record a measurement once per key; the same key again gives the first one.

    Raises as `record_evidence`.
    """
    typed = {
        "tranche": tranche.id, "criterion": criterion.id, "value": value, "sample": sample,
        "measured_on": measured_on, "source": source, "note": note, "confirmed": is_confirmed,
    }  # fmt: skip
    known = once(session, once_key, actor, "evidence.recorded", typed, now=now)
    if known is not None:
        return session.get_one(Evidence, known)
    evidence = record_evidence(
        session, tranche, criterion, value=value, sample=sample, measured_on=measured_on,
        source=source, note=note, is_confirmed=is_confirmed, actor=actor, now=now,
    )  # fmt: skip
    remember(session, once_key, evidence.id)
    return evidence


def _faults(
    tranche: Tranche,
    criterion: Criterion,
    sample: int | None,
    measured_on: date,
    source: str,
    *,
    today: date,
) -> dict[str, str]:
    faults = {}
    if criterion.milestone_id != tranche.milestone_id:
        faults["criterion"] = "This criterion belongs to another hurdle."
    if measured_on > today:
        faults["measured_on"] = "This day has not come yet; enter when it was measured."
    if sample is not None and sample < 1:
        faults["sample"] = "Enter at least 1; a sample of nobody shows nothing."
    elif sample is not None and sample > LARGEST_COUNT:
        faults["sample"] = f"Enter at most {LARGEST_COUNT:,}."
    if sample is None and criterion.minimum_sample is not None:
        faults["sample"] = (
            f"Enter how many were measured; {criterion.minimum_sample:,} were agreed."
        )
    if not source.strip():
        faults["source"] = "Say where the figure comes from."
    elif len(source) > LONGEST_SOURCE:
        faults["source"] = f"Shorten this to {LONGEST_SOURCE} characters."
    return faults

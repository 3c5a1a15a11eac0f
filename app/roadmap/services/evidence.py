"""Record measurements for the criteria of a hurdle."""

from __future__ import annotations

from dataclasses import asdict
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
from app.initiatives.models import Criterion, Option
from app.initiatives.rules.faults import LARGEST_COUNT
from app.initiatives.rules.milestone_kinds import ChainLink
from app.roadmap.models import Evidence
from app.roadmap.queries.amendments import load_wanted
from app.roadmap.queries.works import load_starts
from app.roadmap.rules import UNUSUAL, measured_fault, unusual_words
from app.roadmap.rules.forward import ForwardShape, reached_in
from app.roadmap.rules.measuring import PLAINLY, Measuring, standard_error
from app.roadmap.rules.posterior import Among
from app.roadmap.rules.wanted import Wanted
from app.values.texts import LONGEST_NOTE
from app.values.written import day_words

PERMISSION = "evidence.record"
LONGEST_SOURCE = 500
TOO_EARLY = timedelta(days=366)
UNSURE = "State the standard error: this measurement moves the approved effect."


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
    how: Measuring = PLAINLY,
    is_confirmed: bool = False,
    actor: Person,
    now: datetime,
) -> Evidence:
    """Add a measurement; a later one for the same criterion supersedes it.

    Unless ``is_confirmed``, an unusual figure is asked about. One measured before the work starts
    is kept as a starting point and counts for nothing else, wherever the start is moved later: the
    start as planned now is kept with it. A window counts from the start on; one that begins before
    and ends after it is neither, and refused.

    Raises NotAllowedError, ConflictError once the hurdle is decided, InvalidError by field.
    """
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only a program manager or a CX lead records evidence.")
    commitment, tranches = lock_commitment(session, tranche.commitment_id)
    stored = next(one for one in tranches if one.id == tranche.id)
    if stored.state not in OPEN_TRANCHES:
        raise ConflictError("This hurdle is decided; evidence comes before the decision.")
    starts_on = load_starts(session, [commitment.id])[commitment.id]
    evidence = Evidence(
        tranche_id=stored.id, criterion_id=criterion.id, value=value, sample=sample,
        measured_on=measured_on, starts_on=starts_on, source=source.strip(), note=note.strip(),
        recorded_by_id=actor.id, recorded_at=now, **_columns(how),
    )  # fmt: skip
    wanted = load_wanted(session, stored.id, criterion)
    faults = _all_faults(session, commitment, stored, criterion, wanted, evidence, how, source)
    unusual = _judge(criterion, wanted, value, faults, is_confirmed=is_confirmed)
    if faults:
        raise InvalidError("This measurement can't be recorded.", fields=faults)
    evidence.is_confirmed = unusual is not None
    session.add(evidence)
    session.flush()
    record(
        session, actor=actor, action="evidence.recorded", subject=f"tranche:{stored.id}",
        after=_noted(evidence, criterion, unusual) | _noted_how(how), now=now,
    )  # fmt: skip
    return evidence


def _columns(how: Measuring) -> dict[str, Any]:
    return {
        "standard_error": how.error, "window_from": how.since, "link": how.link.strip(),
        "among": how.among, "design": how.design, "persists": how.persists,
    }  # fmt: skip


def _all_faults(
    session: Session, commitment: Commitment, tranche: Tranche, criterion: Criterion,
    wanted: Wanted, evidence: Evidence, how: Measuring, source: str,
) -> dict[str, str]:  # fmt: skip
    """Everything impossible about a measurement that is not stored yet."""
    measured_on, sample = evidence.measured_on, evidence.sample
    today = evidence.recorded_at.date()
    faults = _faults(tranche, criterion, wanted, sample, measured_on, source, today=today)
    faults |= _early_fault(measured_on, _begun_on(session, commitment))
    faults |= _how_faults(how, measured_on)
    if len(evidence.note) > LONGEST_NOTE:
        faults["note"] = f"Shorten this to {LONGEST_NOTE:,} characters."
    faults |= _straddling_fault(how.since, measured_on, evidence.starts_on)
    is_early = evidence.starts_on is not None and measured_on < evidence.starts_on
    if criterion.link is ChainLink.BEHAVIOUR and not faults and not is_early:
        faults = _bound_faults(
            session, commitment, criterion, evidence.value, sample, measured_on, how
        )
    return faults


def _early_fault(measured_on: date, begun_on: date) -> dict[str, str]:
    if measured_on >= begun_on - TOO_EARLY:
        return {}
    return {"measured_on": "This is from more than a year before the start; measure it anew."}


def _straddling_fault(
    since: date | None, measured_on: date, starts_on: date | None
) -> dict[str, str]:
    if since is None or starts_on is None or not since < starts_on <= measured_on:
        return {}
    return {
        "since": (
            f"The work starts on {day_words(starts_on)}, and this begins before. A window counts "
            "from that day on: measure since then, or end it before as a starting point."
        )
    }


def _noted(evidence: Evidence, criterion: Criterion, unusual: str | None) -> dict[str, Any]:
    noted = {
        "criterion": criterion.metric, "value": evidence.value, "sample": evidence.sample,
        "measured_on": evidence.measured_on, "source": evidence.source,
    }  # fmt: skip
    return noted | ({"confirmed": unusual} if unusual else {})


def _noted_how(how: Measuring) -> dict[str, Any]:
    """What of the measuring is not as plain as can be."""
    plain = asdict(PLAINLY)
    return {name: value for name, value in asdict(how).items() if value != plain[name]}


def _how_faults(how: Measuring, measured_on: date) -> dict[str, str]:
    faults = {}
    if how.error is not None and how.error <= 0:
        faults["standard_error"] = "Enter more than 0; no measurement is without error."
    if how.since is not None and how.since > measured_on:
        faults["since"] = "The window begins after it ends; enter its first day."
    link = how.link.strip()
    if link and not (link.startswith("https://") and len(link) > len("https://")):
        faults["link"] = "Enter an address that begins with https://."
    elif len(link) > LONGEST_SOURCE:
        faults["link"] = f"Shorten this to {LONGEST_SOURCE} characters."
    return faults


def _bound_faults(
    session: Session, commitment: Commitment, criterion: Criterion, value: Decimal,
    sample: int | None, measured_on: date, how: Measuring,
) -> dict[str, str]:  # fmt: skip
    """What the effect of a behaviour can't be worked out without."""
    if standard_error(value, criterion.unit, sample, how.error) is None:
        return {"standard_error": UNSURE}
    if how.among is Among.ALL and not _is_at_work(session, commitment, measured_on, how.since):
        return {
            "among": "Nothing of it reached any customer in that time. Measure among those it "
            "reaches, such as in a pilot."
        }
    return {}


def _is_at_work(
    session: Session, commitment: Commitment, measured_on: date, since: date | None
) -> bool:
    option = session.get_one(Option, commitment.option_id)
    shape = ForwardShape(
        0, option.go_live_quarters, option.ramp_quarters, option.half_life_quarters
    )
    return reached_in(shape, commitment.start, since, measured_on) > 0


def _judge(
    criterion: Criterion,
    wanted: Wanted,
    value: Decimal,
    faults: dict[str, str],
    *,
    is_confirmed: bool,
) -> str | None:
    """What is unusual about the figure; adds to ``faults`` what can't be or has to be asked."""
    unit, threshold, baseline = criterion.unit, wanted.threshold, criterion.baseline
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
    how: Measuring = PLAINLY,
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
        **asdict(how),
    }  # fmt: skip
    known = once(session, once_key, actor, "evidence.recorded", typed, now=now)
    if known is not None:
        return session.get_one(Evidence, known)
    evidence = record_evidence(
        session, tranche, criterion, value=value, sample=sample, measured_on=measured_on,
        source=source, note=note, how=how, is_confirmed=is_confirmed, actor=actor, now=now,
    )  # fmt: skip
    remember(session, once_key, evidence.id)
    return evidence


def _faults(
    tranche: Tranche,
    criterion: Criterion,
    wanted: Wanted,
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
    if sample is None and wanted.minimum_sample is not None:
        faults["sample"] = f"Enter how many were measured; {wanted.minimum_sample:,} were agreed."
    if not source.strip():
        faults["source"] = "Say where the figure comes from."
    elif len(source) > LONGEST_SOURCE:
        faults["source"] = f"Shorten this to {LONGEST_SOURCE} characters."
    return faults

"""Record what customers need, change it, retire what no longer holds, and bring it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.audit.services import record
from app.errors import ConflictError, InvalidError
from app.journeys.models import CustomerNeed, Journey, NeedStatement
from app.journeys.queries import need_draft
from app.journeys.rules import NeedDraft, NeedKind, need_faults
from app.journeys.services.journeys import check_may_edit, check_version
from app.values.written import day_words


def add_need(
    session: Session, journey: Journey, draft: NeedDraft, *, actor: Person, now: datetime
) -> CustomerNeed:
    """Record what a segment needs on a journey. Raises InvalidError by field."""
    check_may_edit(actor)
    _check(session, journey.id, draft, besides=None, now=now)
    need = CustomerNeed(
        journey_id=journey.id,
        segment=draft.segment.strip(),
        channels=[channel.value for channel in draft.channels],
        recorded_by=actor,
        recorded_at=now,
        statements=[],
    )
    session.add(need)
    _take_over(need, draft)
    session.flush()
    record(
        session, actor=actor, action="need.recorded", subject=f"need:{need.id}",
        after=described_need(need), now=now,
    )  # fmt: skip
    return need


def edit_need(
    session: Session,
    need: CustomerNeed,
    draft: NeedDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Change what a segment needs; its statements are loaded.

    Raises InvalidError by field, ConflictError when somebody else saved or retired it.
    """
    check_may_edit(actor)
    _check_live(need)
    before = described_need(need)
    check_version(need.version, expected_version, theirs=before, yours=_described(draft))
    _check(session, need.journey_id, draft, besides=need, now=now)
    need.segment = draft.segment.strip()
    need.channels = [channel.value for channel in draft.channels]
    _take_over(need, draft)
    after = described_need(need)
    if after != before:
        need.recorded_by, need.recorded_at = actor, now
        flag_modified(need, "segment")
        session.flush()
        record(
            session, actor=actor, action="need.changed", subject=f"need:{need.id}",
            before=before, after=after, now=now,
        )  # fmt: skip


def retire_need(
    session: Session,
    need: CustomerNeed,
    *,
    reason: str,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Say that a need no longer holds. Raises InvalidError without a reason, ConflictError."""
    check_may_edit(actor)
    _check_live(need)
    check_version(need.version, expected_version, theirs={}, yours={})
    if not reason.strip():
        raise InvalidError("Say why it no longer holds; it stays on the record.", field="reason")
    need.retired_at, need.retired_because = now, reason.strip()
    session.flush()
    record(
        session, actor=actor, action="need.retired", subject=f"need:{need.id}",
        before=described_need(need), reason=reason.strip(), now=now,
    )  # fmt: skip


def restore_need(
    session: Session,
    need: CustomerNeed,
    *,
    reason: str,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Say that a retired need holds after all; what retired it stays on the record.

    Raises InvalidError without a reason or where its segment has another need by now, and
    ConflictError.
    """
    check_may_edit(actor)
    if need.retired_at is None:
        raise ConflictError("This need was brought back meanwhile and holds.")
    check_version(need.version, expected_version, theirs={}, yours={})
    if not reason.strip():
        raise InvalidError("Say why it holds again; it stays on the record.", field="reason")
    if _live_id(session, need.journey_id, need.segment) is not None:
        raise InvalidError(
            "What this segment needs was recorded anew since; change or retire that first.",
            field="reason",
        )
    was = need.retired_because
    need.retired_at, need.retired_because = None, ""
    session.flush()
    record(
        session, actor=actor, action="need.restored", subject=f"need:{need.id}",
        before={"Retired because": was}, after=described_need(need), reason=reason.strip(), now=now,
    )  # fmt: skip


def described_need(need: CustomerNeed) -> dict[str, str]:
    """A need in words, for the record and for comparing versions."""
    return _described(need_draft(need))


def _described(draft: NeedDraft) -> dict[str, str]:
    words = {"Segment": draft.segment.strip()}
    words[NeedKind.CHANNELS.word] = ", ".join(channel.word for channel in draft.channels)
    for kind, one in draft.statements.items():
        if draft.says(kind):
            note = "" if kind is not NeedKind.CHANNELS else ", note"
            words[f"{kind.word}{note}"] = one.text.strip()
            words[f"{kind.word}, evidence"] = "; ".join(
                part
                for part in (
                    one.source.strip(),
                    f"{day_words(one.observed_on)}" if one.observed_on else "",
                    f"{one.sample_size:,} asked" if one.sample_size else "",
                    one.link,
                )
                if part
            )
    return words


def _check_live(need: CustomerNeed) -> None:
    if need.retired_at is not None:
        raise ConflictError(
            "This need is retired. Bring it back on the page of needs, or record a new one."
        )


def _check(
    session: Session,
    journey_id: int,
    draft: NeedDraft,
    *,
    besides: CustomerNeed | None,
    now: datetime,
) -> None:
    faults = need_faults(draft, today=now.date())
    if "segment" not in faults:
        taken = _live_id(session, journey_id, draft.segment.strip())
        if taken is not None and (besides is None or taken != besides.id):
            faults["segment"] = "What this segment needs is recorded already; change that instead."
    if faults:
        raise InvalidError("Some of this is not possible.", fields=faults)


def _live_id(session: Session, journey_id: int, segment: str) -> int | None:
    """The need of a segment that holds; None: nobody says what it needs."""
    query = select(CustomerNeed.id).where(
        CustomerNeed.journey_id == journey_id,
        CustomerNeed.segment == segment,
        CustomerNeed.retired_at.is_(None),
    )
    return session.scalar(query)


def _take_over(need: CustomerNeed, draft: NeedDraft) -> None:
    stored = {one.kind: one for one in need.statements}
    kept = []
    for kind in NeedKind:
        given = draft.statements.get(kind)
        if given is None or given.observed_on is None or not draft.says(kind):
            continue
        one = stored.get(kind) or NeedStatement(kind=kind)
        one.text, one.source = given.text.strip(), given.source.strip()
        one.observed_on, one.sample_size = given.observed_on, given.sample_size
        one.link = given.link.strip()
        kept.append(one)
    need.statements = kept

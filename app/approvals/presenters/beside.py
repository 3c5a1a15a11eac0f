"""What was asked beside a frozen plan: the answer with its time, what works on it, or neither."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from app.approvals.models import Proposal
from app.approvals.queries import ASKED
from app.approvals.rules import FrozenProposal
from app.jobs.rules import JobState
from app.portfolio.models import Inquiry
from app.portfolio.presenters.inquiries import progress_of
from app.portfolio.presenters.verdicts import job_verdict
from app.portfolio.rules import InquiryKind
from app.values.canonical import digest
from app.web.filters import moment

FORGED = "The stored answer does not match its digest, so its figures are not shown."
TOO_OLD = "This run is older than the ranges of inputs. Run the scenario again to see it."
PARTLY = "Time ran out or somebody stopped it, so this is not everything."


@dataclass(frozen=True, slots=True)
class Beside:
    """One question. ``document`` is the answer about exactly this problem and plan, None without
    one; ``when`` says since when it is known; ``progress`` where it is being computed; ``bar`` why
    nobody can ask. ``failure``: why there is no answer, or not all of it, although it was asked."""

    kind: InquiryKind
    href: str
    document: Mapping[str, Any] | None = None
    when: str = ""
    progress: Mapping[str, Any] | None = None
    failure: str | None = None
    bar: str | None = None
    is_final: bool = False

    @property
    def is_known(self) -> bool:
        return self.document is not None

    @property
    def can_ask(self) -> bool:
        """Whether asking would bring what is not known yet."""
        return self.progress is None and self.bar is None and not self.is_final

    @property
    def state_words(self) -> str:
        """Where it stands, in words."""
        if self.is_known:
            return f"{self.when}. {self.failure}" if self.failure else f"{self.when}."
        if self.progress is not None:
            return "Being computed."
        return self.failure or self.bar or "Not computed yet."

    @property
    def progress_words(self) -> str:
        """How far it has come."""
        noted = self.progress or {}
        return str(noted["facts"][0][1] if noted.get("facts") else noted.get("phase", ""))


def beside_plan(
    proposal: Proposal,
    frozen: FrozenProposal,
    asked: Mapping[InquiryKind, Inquiry],
    kinds: Sequence[InquiryKind] = ASKED,
) -> dict[InquiryKind, Beside]:
    """What is known of every question that is asked beside a plan to be decided."""
    return {kind: _one(proposal, frozen, kind, asked.get(kind)) for kind in kinds}


def _one(
    proposal: Proposal, frozen: FrozenProposal, kind: InquiryKind, inquiry: Inquiry | None
) -> Beside:
    href = url_for("portfolio.answer", run_id=proposal.run_id, word=kind.value)
    if inquiry is None:
        is_old = kind is InquiryKind.OUTLOOK and frozen.inputs.get("ranges") is None
        return Beside(kind, href, bar=TOO_OLD if is_old else None)
    job = inquiry.job
    if not job.state.is_over:
        return Beside(kind, href, progress=progress_of(job.progress))
    if inquiry.content is None:
        return Beside(kind, href, failure=job_verdict(job).sentence)
    if digest(inquiry.content) != inquiry.content_digest:
        return Beside(kind, href, failure=FORGED, is_final=True)
    document = json.loads(inquiry.content)
    return Beside(
        kind,
        href,
        document=document,
        when=known_since(job.finished_at or inquiry.requested_at, proposal),
        failure=None if document["is_complete"] else PARTLY,
        is_final=document["is_complete"] or job.state is JobState.DONE,
    )


def known_since(at: datetime, proposal: Proposal) -> str:
    """When a figure was found, as seen from the submission and the decision."""
    if at <= proposal.submitted_at:
        return "Known when it was submitted"
    decision = proposal.decision
    if decision is not None and at > decision.decided_at:
        return f"Computed {moment(at)}, after the decision"
    return f"Computed {moment(at)}, after it was submitted"

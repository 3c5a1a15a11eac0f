"""Read what was asked beside the frozen plan of a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy.orm import Session

from app.approvals.models import Proposal
from app.approvals.rules.frozen import frozen_of
from app.portfolio.models import Inquiry
from app.portfolio.queries.inquiries import load_asked, question_digest
from app.portfolio.rules import InquiryKind
from app.values.canonical import canonical_json, digest

ASKED = (InquiryKind.OUTLOOK, InquiryKind.ROBUST, InquiryKind.PRICE, InquiryKind.MARGINAL)
"""What whoever decides wants to know besides the plan."""
IN_PACK = (*ASKED, InquiryKind.FRONTIER, InquiryKind.EXPLAIN)
"""What a board reads of it, as far as it was asked."""


def load_beside(session: Session, proposal: Proposal) -> dict[InquiryKind, Inquiry]:
    """The answers to those questions about exactly the frozen problem and plan, or what works on
    them; in one query, by their digests."""
    return load_asked(session, _questions(proposal.snapshot, ASKED))


def load_for_pack(session: Session, proposal: Proposal) -> dict[InquiryKind, Inquiry]:
    """The same for all that a board pack tells, in one query, too."""
    return load_asked(session, _questions(proposal.snapshot, IN_PACK))


def _questions(content: bytes, kinds: Sequence[InquiryKind]) -> dict[str, InquiryKind]:
    run, ranges = frozen_of(content).run, _ranges(content)
    return {
        question_digest(run.digest, run.result_digest, kind, kind.parameters, ranges=ranges): kind
        for kind in kinds
    }


@lru_cache(maxsize=8)
def _ranges(content: bytes) -> str | None:
    """The digest of how sure the frozen inputs were, for the snapshots last looked at."""
    tree = frozen_of(content).inputs.get("ranges")
    return None if tree is None else digest(canonical_json(tree))

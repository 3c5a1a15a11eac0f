"""Submit and decide proposals, and move the money decisions grant."""

from app.approvals.services.conditions import settle_condition
from app.approvals.services.decision import (
    Verdict,
    approve_proposal,
    return_proposal,
    withdraw_proposal,
)
from app.approvals.services.ledger import free_tranches, release_tranche
from app.approvals.services.limits import set_limit
from app.approvals.services.signing import OtherTermsError
from app.approvals.services.submission import (
    approved_bar,
    checked_result,
    drift_of,
    over_starts,
    submit_proposal,
)

__all__ = [
    "OtherTermsError",
    "Verdict",
    "approve_proposal",
    "approved_bar",
    "checked_result",
    "drift_of",
    "free_tranches",
    "over_starts",
    "release_tranche",
    "return_proposal",
    "set_limit",
    "settle_condition",
    "submit_proposal",
    "withdraw_proposal",
]

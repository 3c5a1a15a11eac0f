"""Read proposals, commitments and the ledger."""

from app.approvals.queries.funding import (
    currency_tie,
    fund_budgets,
    list_committed_choices,
    load_committed,
    load_funded,
    load_versions,
    lock_cycle,
)
from app.approvals.queries.ledger import (
    CommitmentBalance,
    CycleBalances,
    CycleMoney,
    FundBalance,
    LedgerFilter,
    list_running_money,
    list_transfers,
    load_balances,
    load_fund_balances,
)
from app.approvals.queries.plans import (
    find_approved_values,
    list_approved_plans,
    load_granted_values,
)
from app.approvals.queries.proposals import (
    find_earlier_round,
    find_open_proposal,
    find_proposal_of_run,
    get_proposal,
    hands_on,
    last_round,
    list_commitments_of,
    list_proposals,
    list_returned,
)
from app.approvals.queries.sources import list_scenario_hands

__all__ = [
    "CommitmentBalance",
    "CycleBalances",
    "CycleMoney",
    "FundBalance",
    "LedgerFilter",
    "currency_tie",
    "find_approved_values",
    "find_earlier_round",
    "find_open_proposal",
    "find_proposal_of_run",
    "fund_budgets",
    "get_proposal",
    "hands_on",
    "last_round",
    "list_approved_plans",
    "list_commitments_of",
    "list_committed_choices",
    "list_proposals",
    "list_returned",
    "list_running_money",
    "list_scenario_hands",
    "list_transfers",
    "load_balances",
    "load_committed",
    "load_fund_balances",
    "load_funded",
    "load_granted_values",
    "load_versions",
    "lock_cycle",
]

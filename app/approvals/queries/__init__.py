"""Read proposals, commitments and the ledger."""

from app.approvals.queries.beside import ASKED, IN_PACK, load_beside, load_for_pack
from app.approvals.queries.conditions import (
    get_condition,
    list_conditions,
    load_condition_hands,
    load_open_conditions,
)
from app.approvals.queries.currencies import MONEY_CURRENCIES
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
from app.approvals.queries.limits import (
    Ground,
    count_unlimited,
    find_signature,
    list_approvers,
    list_currencies,
    list_limit_history,
    load_ground,
    load_limits,
)
from app.approvals.queries.plans import (
    find_approved_values,
    list_approved_plans,
    load_granted_values,
)
from app.approvals.queries.proposals import (
    ItemSums,
    find_open_proposal,
    find_proposal_of_run,
    get_proposal,
    get_with_earlier_round,
    hands_on,
    last_round,
    list_commitments_of,
    list_proposals,
    list_returned,
    load_item_sums,
)
from app.approvals.queries.sources import list_scenario_hands
from app.audit.queries import SUBJECT_CURRENCIES

SUBJECT_CURRENCIES.update(MONEY_CURRENCIES)

__all__ = [
    "ASKED",
    "IN_PACK",
    "CommitmentBalance",
    "CycleBalances",
    "CycleMoney",
    "FundBalance",
    "Ground",
    "ItemSums",
    "LedgerFilter",
    "count_unlimited",
    "currency_tie",
    "find_approved_values",
    "find_open_proposal",
    "find_proposal_of_run",
    "find_signature",
    "fund_budgets",
    "get_condition",
    "get_proposal",
    "get_with_earlier_round",
    "hands_on",
    "last_round",
    "list_approved_plans",
    "list_approvers",
    "list_commitments_of",
    "list_committed_choices",
    "list_conditions",
    "list_currencies",
    "list_limit_history",
    "list_proposals",
    "list_returned",
    "list_running_money",
    "list_scenario_hands",
    "list_transfers",
    "load_balances",
    "load_beside",
    "load_committed",
    "load_condition_hands",
    "load_for_pack",
    "load_fund_balances",
    "load_funded",
    "load_granted_values",
    "load_ground",
    "load_item_sums",
    "load_limits",
    "load_open_conditions",
    "load_versions",
    "lock_cycle",
]

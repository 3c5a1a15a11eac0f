"""Read scenarios, their runs and what a problem is built from."""

from __future__ import annotations

from app.audit.queries import SUBJECT_CURRENCIES
from app.portfolio.queries.candidates import (
    BOUND_MONEY,
    COMMITTED,
    DELIVERED,
    BoundMoney,
    CandidateLine,
    CommittedChoice,
    count_candidates,
    list_candidate_lines,
    list_tags,
    load_committed_options,
)
from app.portfolio.queries.currencies import run_currencies
from app.portfolio.queries.plans import (
    find_run_values,
    list_run_names,
    marginal_content,
    resolved_value,
)
from app.portfolio.queries.runs import (
    find_answered_run,
    find_earlier_run,
    find_run_of_job,
    get_run,
    list_runs_of,
    list_runs_to_compare,
)
from app.portfolio.queries.scenarios import (
    get_scenario,
    latest_runs,
    list_scenarios,
)

SUBJECT_CURRENCIES["run"] = run_currencies

__all__ = [
    "BOUND_MONEY",
    "COMMITTED",
    "DELIVERED",
    "BoundMoney",
    "CandidateLine",
    "CommittedChoice",
    "count_candidates",
    "find_answered_run",
    "find_earlier_run",
    "find_run_of_job",
    "find_run_values",
    "get_run",
    "get_scenario",
    "latest_runs",
    "list_candidate_lines",
    "list_run_names",
    "list_runs_of",
    "list_runs_to_compare",
    "list_scenarios",
    "list_tags",
    "load_committed_options",
    "marginal_content",
    "resolved_value",
]

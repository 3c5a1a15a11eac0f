"""The optimizer: a frozen ``Problem`` in, a frozen ``Plan`` out; no web, no database.

``parse_problem`` reads a problem file, ``solve`` answers it, ``result_json`` writes the answer as a
result file and ``verify`` recounts such a file from its choices alone.
"""

from app.portfolio.engine.documents import problem_document
from app.portfolio.engine.faults import Fault, ProblemError
from app.portfolio.engine.parsing import parse_problem
from app.portfolio.engine.plan import Plan, PlanStatus, Progress
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.results import result_json
from app.portfolio.engine.solving import solve
from app.portfolio.engine.verifying import Difference, verify

__all__ = [
    "Difference",
    "Fault",
    "Plan",
    "PlanStatus",
    "Problem",
    "ProblemError",
    "Progress",
    "parse_problem",
    "problem_document",
    "result_json",
    "solve",
    "verify",
]

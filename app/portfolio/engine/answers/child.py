"""The process that answers questions, with the limits of every solver process."""

from __future__ import annotations

import sys

from app.portfolio.engine.answers.desk_work import answer_questions
from app.portfolio.engine.milp import child


def run(arguments: list[str]) -> int:
    """Be that process until its questions end."""
    return child.main(arguments, answer_questions)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

"""The process that answers questions, with the limits of every solver process."""

from __future__ import annotations

import sys

from app.portfolio.engine.answers.desk_work import answer_questions
from app.portfolio.engine.milp import child

if __name__ == "__main__":
    sys.exit(child.main(sys.argv[1:], answer_questions))

"""Letters beyond A to Z are letters on SQLite too."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_capital_letters_of_any_alphabet_have_small_ones(session: Session) -> None:
    assert session.scalar(select(func.lower("ÄRZTE, ΙΑΤΡΟΙ"))) == "ärzte, ιατροι"
    assert session.scalar(select(func.lower(None))) is None

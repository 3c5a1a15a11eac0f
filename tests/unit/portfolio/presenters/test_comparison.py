"""Two plans are only set side by side where that means something."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.errors import InvalidError
from app.portfolio.presenters.comparison import compare


def answer(cycle: int, name: str, currency: str = "EUR") -> Any:
    return SimpleNamespace(
        result={"currency": currency}, inputs={"cycle": {"id": cycle, "name": name}}
    )


class TestCompare:
    def test_refuses_plans_of_different_cycles_by_name(self) -> None:
        with pytest.raises(InvalidError, match="of different cycles, FY26 and FY27"):
            compare(answer(1, "FY26"), answer(2, "FY27"))

    def test_refuses_different_currencies(self) -> None:
        with pytest.raises(InvalidError, match="different currencies"):
            compare(answer(1, "FY26"), answer(1, "FY26", "USD"))

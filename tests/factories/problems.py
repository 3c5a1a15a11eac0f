"""Small problem files for tests of the optimizer."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def option(key: str = "o", **fields: Any) -> Document:
    """An option; without fields it costs nothing and is worth nothing."""
    return {"key": key, **fields}


def initiative(key: str, *options: Document, **tags: str) -> Document:
    return {"key": key, "tags": tags, "options": list(options) or [option()]}


def simple(key: str, value: int, cost: int = 0, **tags: str) -> Document:
    """An initiative with one option that starts in the first quarter and is paid at once."""
    start = ["2027-Q1"]
    return initiative(key, option(value=value, spend={"money": [cost]}, start=start), **tags)


def problem_file(
    *initiatives: Document,
    quarters: int = 2,
    budget: list[int] | None = None,
    rules: list[Document] | None = None,
    **fields: Any,
) -> Document:
    """A problem with one fund named ``money``; rules get keys R1, R2 … in order."""
    names = [f"{2027 + q // 4}-Q{q % 4 + 1}" for q in range(quarters)]
    return {
        "format": "waymark/problem",
        "version": 1,
        "currency": "EUR",
        "quarters": names,
        "funds": [{"key": "money", "budget": budget or [1000] * quarters}],
        "initiatives": list(initiatives),
        "rules": [{"key": f"R{n}", **rule} for n, rule in enumerate(rules or [], start=1)],
        **fields,
    }

"""From bytes to a JSON tree that hides nothing: no repeated keys, no rounding, no size surprise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.portfolio.engine.faults import Fault, ProblemError, at

MAX_BYTES = 32_000_000
"""Largest problem file read unless the caller sets another size; checked before parsing."""


class _Repeated(dict[str, Any]):
    """A JSON object in which a key stood more than once."""

    keys_repeated: tuple[str, ...] = ()


def read_tree(source: bytes | str, *, max_bytes: int = MAX_BYTES) -> Any:
    """The JSON tree with fractions as exact decimals.

    Raises ProblemError for text that is not JSON, is larger than ``max_bytes``, or repeats a key.
    """
    content = source.encode() if isinstance(source, str) else source
    if len(content) > max_bytes:
        size = f"{len(content) / 1e6:,.1f} MB; at most {max_bytes / 1e6:,.1f} MB is read"
        raise ProblemError([Fault("$", f"is {size}. Split the portfolio or raise the limit.")])
    try:
        tree = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_float=Decimal,
            parse_constant=float,
        )
    except UnicodeDecodeError as error:
        fault = f"is not UTF-8 text (byte {error.start}). Save the file as UTF-8."
        raise ProblemError([Fault("$", fault)]) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ProblemError([Fault("$", f"is not JSON: {error.msg} at {place}.")]) from error
    except (ValueError, RecursionError) as error:
        fault = "holds a number with too many digits or is nested too deeply."
        raise ProblemError([Fault("$", fault)]) from error
    faults = list(_repeated_keys("$", tree))
    if faults:
        raise ProblemError(faults)
    return tree


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    names = [name for name, _ in pairs]
    found = _Repeated(plain)
    found.keys_repeated = tuple(sorted({name for name in names if names.count(name) > 1}))
    return found


def _repeated_keys(path: str, node: Any) -> Iterator[Fault]:
    if isinstance(node, _Repeated):
        for name in node.keys_repeated:
            yield Fault(at(path, name), "stands more than once in one object; keep one of them.")
    if isinstance(node, dict):
        for name, below in node.items():
            yield from _repeated_keys(at(path, name), below)
    elif isinstance(node, list):
        for position, below in enumerate(node):
            if isinstance(below, dict | list):
                yield from _repeated_keys(at(path, position), below)

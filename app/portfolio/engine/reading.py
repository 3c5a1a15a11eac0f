"""From bytes to a JSON tree that hides nothing: no repeated keys, no rounding, no size surprise."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from app.portfolio.engine.faults import Fault, ProblemError, at

MOST_DIGITS, LARGEST_EXPONENT = 40, 30
"""Of numbers with a fraction; anything finer is no measurement and only costs time."""

MOST_KEYS = 40_000
"""In one object; ``incumbent`` has one per initiative."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a problem may be. Bytes, values and objects are counted before parsing.

    The defaults let 20,000 initiatives in; a page allows fewer. Each is a setting (see config).
    """

    bytes: int = 40_000_000
    initiatives: int = 20_000
    rules: int = 20_000

    @property
    def values(self) -> int:
        """Most figures and texts: a file of nothing but small ones takes far more memory."""
        return self.bytes // 8

    @property
    def objects(self) -> int:
        """Most objects, likewise."""
        return self.bytes // 100


DEFAULT_LIMITS = Limits()


class _Repeated(dict[str, Any]):
    """A JSON object in which a key stood more than once."""

    keys_repeated: tuple[str, ...] = ()


class _UnreadableError(ValueError):
    """A number or an object such as no problem holds."""


def read_tree(source: bytes | str, *, limits: Limits = DEFAULT_LIMITS) -> Any:
    """The JSON tree with fractions as exact decimals.

    Raises ProblemError for text that is not JSON, is larger than ``limits``, or repeats a key.
    """
    repeated: list[_Repeated] = []
    try:
        content = source.encode() if isinstance(source, str) else source
        _check_size(content, limits)
        tree = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=partial(_object, repeated),
            parse_float=_fraction,
            parse_constant=float,
        )
        faults = list(_repeated_keys("$", tree)) if repeated else []
    except UnicodeError as error:
        place = getattr(error, "start", 0)
        fault = f"is not UTF-8 text (byte {place}). Save the file as UTF-8."
        raise ProblemError([Fault("$", fault)]) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ProblemError([Fault("$", f"is not JSON: {error.msg} at {place}.")]) from error
    except _UnreadableError as error:
        raise ProblemError([Fault("$", str(error))]) from error
    except (ValueError, RecursionError) as error:
        fault = "holds a number with too many digits or is nested too deeply."
        raise ProblemError([Fault("$", fault)]) from error
    if faults:
        raise ProblemError(faults)
    return tree


def check_byte_count(size: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse a file by its size alone, before it is read. Raises ProblemError."""
    if size > limits.bytes:
        said = f"is {size / 1e6:,.1f} MB; at most {limits.bytes / 1e6:,.1f} MB is read"
        raise _too_large("$", said, "FILE_MEGABYTES")


def _too_large(path: str, said: str, setting: str) -> ProblemError:
    advice = f"Split the portfolio or raise the setting {setting}."
    return ProblemError([Fault(path, f"{said}. {advice}")])


def check_lengths(tree: Any, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse more initiatives or rules than allowed before looking at any. Raises ProblemError."""
    if not isinstance(tree, dict):
        return
    for name, most in (("initiatives", limits.initiatives), ("rules", limits.rules)):
        entries = tree.get(name)
        if isinstance(entries, list) and len(entries) > most:
            said = f"has {len(entries):,} entries; at most {most:,} are read"
            raise _too_large(at("$", name), said, f"FILE_{name.upper()}")


def _check_size(content: bytes, limits: Limits) -> None:
    check_byte_count(len(content), limits)
    counted = (
        ("values", content.count(b",") + content.count(b"["), limits.values),
        ("objects", content.count(b"{"), limits.objects),
    )
    for noun, count, most in counted:
        if count > most:
            said = f"holds about {count:,} {noun}; at most {most:,} are read"
            raise _too_large("$", said, "FILE_MEGABYTES")


def _fraction(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= 4 * MOST_DIGITS else None
    if number is not None and not number:
        return Decimal(0)
    if number is None or len(number.as_tuple().digits) > MOST_DIGITS:
        raise _UnreadableError(f"holds a number of more than {MOST_DIGITS} digits ({text[:12]}…).")
    if abs(number.adjusted()) > LARGEST_EXPONENT:
        raise _UnreadableError(
            f"holds {text[:40]}; write numbers between 1e-{LARGEST_EXPONENT} and "
            f"1e{LARGEST_EXPONENT}, or 0."
        )
    return number


def _object(repeated: list[_Repeated], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_KEYS:
        raise _UnreadableError(f"holds an object of {len(pairs):,} keys; at most {MOST_KEYS:,}.")
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    found = _Repeated(plain)
    counts = Counter(name for name, _ in pairs)
    found.keys_repeated = tuple(sorted(name for name, count in counts.items() if count > 1))
    repeated.append(found)
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

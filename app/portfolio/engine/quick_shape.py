"""A schema as plain Python tests: says at once that a part fits, not what is wrong with it.

Most of a large file is right. Only what fails here is given to the full validator, which takes a
hundred times as long and finds the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from math import isfinite
from typing import Any

Test = Callable[[Any], bool]

ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description"}
LAST = {"items", "properties", "additionalProperties", "uniqueItems"}
"""Keywords that look at everything inside: asked after those about size."""


def is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether it is a finite number; an integer may have any size."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, float) and isfinite(value)


_KINDS: dict[str, Test] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": is_integer,
    "number": is_number,
}


class QuickShapes:
    """The tests of a schema and its definitions, each built when it is first asked for."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._definitions = schema["$defs"]
        self._named: dict[str, Test] = {}
        self._whole = self.test(schema)

    def fits(self, tree: Any) -> bool:
        """Whether the whole tree fits."""
        return self._whole(tree)

    def test(self, schema: Any) -> Test:
        """The test of one schema. Raises ValueError for a keyword it does not know."""
        if schema is True:
            return lambda _value: True
        parts = [
            part
            for keyword, wanted in sorted(schema.items(), key=lambda pair: pair[0] in LAST)
            if keyword not in ANNOTATIONS
            and (part := self._keyword(keyword, wanted, schema)) is not None
        ]
        return reduce(_both, parts) if parts else lambda _value: True

    def _keyword(self, keyword: str, wanted: Any, schema: Mapping[str, Any]) -> Test | None:
        simple = _simple(keyword, wanted)
        if simple is not None:
            return simple
        match keyword:
            case "$ref":
                return self._reference(wanted.removeprefix("#/$defs/"))
            case "items":
                return self._items(wanted)
            case "propertyNames":
                return self._names(wanted)
            case "properties":
                return self._object(wanted, schema.get("additionalProperties", True))
            case "additionalProperties":
                return None if "properties" in schema else self._object({}, wanted)
            case "not":
                other = self.test(wanted)
                return lambda value: not other(value)
            case "allOf":
                branches = [self.test(branch) for branch in wanted]
                return lambda value: all(branch(value) for branch in branches)
            case "if":
                asked, then = self.test(wanted), self.test(schema["then"])
                return lambda value: not asked(value) or then(value)
            case "then":
                return None
        raise ValueError(f"The schema keyword {keyword} has no quick test.")

    def _reference(self, name: str) -> Test:
        def test(value: Any) -> bool:
            found = self._named.get(name)
            if found is None:
                found = self._named[name] = self.test(self._definitions[name])
            return found(value)

        return test

    def _items(self, wanted: Any) -> Test:
        one = self.test(wanted)
        return lambda value: not isinstance(value, list) or all(map(one, value))

    def _names(self, wanted: Any) -> Test:
        one = self.test(wanted)
        return lambda value: not isinstance(value, dict) or all(map(one, value))

    def _object(self, properties: Mapping[str, Any], others: Any) -> Test:
        known = {name: self.test(below) for name, below in properties.items()}
        rest = None if others is False else self.test(others)

        def test(value: Any) -> bool:
            if not isinstance(value, dict):
                return True
            for name, below in value.items():
                part = known.get(name, rest)
                if part is None or not part(below):
                    return False
            return True

        return test


def _both(one: Test, other: Test) -> Test:
    """One after the other, in a fraction of the time that ``all`` takes over a list of them."""
    return lambda value: one(value) and other(value)


def _simple(keyword: str, wanted: Any) -> Test | None:
    """Keywords about a value itself; each lets values of another kind pass."""
    match keyword:
        case "type":
            kinds = [_KINDS[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted)]
            if len(kinds) == 1:
                return kinds[0]
            return lambda value: any(kind(value) for kind in kinds)
        case "const":
            return lambda value: (
                value == wanted and isinstance(value, bool) is isinstance(wanted, bool)
            )
        case "enum":
            return lambda value: value in wanted
        case "minimum":
            return lambda value: not is_number(value) or value >= wanted
        case "maximum":
            return lambda value: not is_number(value) or value <= wanted
        case "minLength":
            return lambda value: not isinstance(value, str) or len(value) >= wanted
        case "maxLength":
            return lambda value: not isinstance(value, str) or len(value) <= wanted
        case "minItems":
            return lambda value: not isinstance(value, list) or len(value) >= wanted
        case "maxItems":
            return lambda value: not isinstance(value, list) or len(value) <= wanted
        case "pattern":
            pattern = re.compile(wanted)
            return lambda value: isinstance(value, str) and pattern.search(value) is not None
        case "uniqueItems":
            return lambda value: not isinstance(value, list) or _are_unique(value)
        case "required":
            return lambda value: not isinstance(value, dict) or value.keys() >= set(wanted)
    return None


def _are_unique(value: list[Any]) -> bool:
    texts = [entry for entry in value if isinstance(entry, str)]
    return len(texts) == len(value) == len(set(texts))

"""The shape of a problem file against its JSON Schema, in sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from app.portfolio.engine.faults import Fault, at

SCHEMA: dict[str, Any] = json.loads(
    Path(__file__).with_name("problem.schema.json").read_text(encoding="utf-8")
)


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_checker: object, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return value.is_finite() if isinstance(value, Decimal) else isfinite(value)


def _items(
    validator: Any, schema: dict[str, Any], instance: Any, parent: dict[str, Any]
) -> Iterator[ValidationError]:
    """The keyword ``items``; lists of good numbers or quarters, most of a large file, pass at
    once."""
    one = schema
    if set(schema) == {"$ref"} and schema["$ref"].startswith("#/$defs/"):
        one = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    if isinstance(instance, list) and all(_is_plainly_good(one, entry) for entry in instance):
        return
    yield from Draft202012Validator.VALIDATORS["items"](validator, schema, instance, parent)


def _is_plainly_good(schema: dict[str, Any], value: object) -> bool:
    """Whether a number in range or a text of the right form; anything else is not decided here."""
    if schema.keys() == {"type", "minimum", "maximum"}:
        is_kind = _is_integer if schema["type"] == "integer" else _is_number
        return is_kind(None, value) and schema["minimum"] <= value <= schema["maximum"]
    if schema.keys() == {"type", "pattern", "maxLength"} and isinstance(value, str):
        return len(value) <= schema["maxLength"] and bool(re.search(schema["pattern"], value))
    return False


_Validator = extend(
    Draft202012Validator,
    validators={"items": _items},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    ),
)
_VALIDATOR = _Validator(SCHEMA)

_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "integer": "a whole number (money in minor units, such as cents)",
    "number": "a finite number",
    "boolean": "true or false",
}
_AT = {"min": "at least", "max": "at most"}
_PATTERNS = {
    "^[0-9]{4}-Q[1-4]$": "must be a quarter such as 2027-Q1",
    "^[A-Z]{3}$": "must be a currency code such as EUR",
}


def shape_faults(tree: Any, *, limit: int = 200) -> list[Fault]:
    """Where the tree departs from the schema; empty when it fits."""
    faults: list[Fault] = []
    for error in _VALIDATOR.iter_errors(tree):
        faults.extend(_faults(error))
        if len(faults) >= limit:
            break
    return sorted(set(faults), key=lambda fault: (fault.path, fault.message))


def _faults(error: ValidationError) -> Iterator[Fault]:
    path = "$"
    for step in error.absolute_path:
        path = at(path, step)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        listed = ", ".join(sorted(known))
        for name in error.instance:
            if name not in known:
                yield Fault(at(path, str(name)), f"is not known here; known are {listed}.")
        return
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield Fault(path, f"lacks “{name}”; add it.")
        return
    yield Fault(path, _sentence(error))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"“{value[:40]}”"
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "an object"
    return str(value)[:40]


def _sentence(error: ValidationError) -> str:
    wanted, got = error.validator_value, _shown(error.instance)
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"must be {' or '.join(_KINDS[kind] for kind in kinds)}, not {got}."
        case "minimum" if wanted == 0:
            return f"must not be negative, but is {got}."
        case "minimum":
            return f"must be at least {wanted:,}, but is {got}."
        case "maximum":
            return f"must be at most {wanted:,}, but is {got}."
        case "enum" | "const":
            choices = wanted if error.validator == "enum" else [wanted]
            return f"must be {' or '.join(str(choice) for choice in choices)}, not {got}."
        case "pattern":
            return f"{_PATTERNS[wanted]}, not {got}."
        case "not":
            return "must not contain control characters, such as line breaks."
        case "minLength" | "maxLength":
            return f"must have {_AT[error.validator[:3]]} {wanted:,} characters."
        case "minItems" | "maxItems":
            return f"must have {_AT[error.validator[:3]]} {wanted:,} entries."
        case "uniqueItems":
            return "names something twice; keep one of them."
    return f"is not acceptable ({error.validator})."

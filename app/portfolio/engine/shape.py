"""The shape of a problem file against its JSON Schema, in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from app.portfolio.engine.faults import Fault, at
from app.portfolio.engine.quick_shape import QuickShapes, is_integer, is_number

SCHEMA: dict[str, Any] = json.loads(
    Path(__file__).with_name("problem.schema.json").read_text(encoding="utf-8")
)


_QUICK = QuickShapes(SCHEMA)


def _items(
    validator: Any, schema: dict[str, Any], instance: Any, parent: dict[str, Any]
) -> Iterator[ValidationError]:
    """The keyword ``items``; entries that plainly fit pass at once."""
    if not isinstance(instance, list) or len(instance) > parent.get("maxItems", len(instance)):
        return  # said by other keywords; nobody reads the rest
    fits = _QUICK.test(schema)
    for position, entry in enumerate(instance):
        if not fits(entry):
            yield from validator.descend(entry, schema, path=position)


def _maximum(
    _validator: Any, most: float, instance: Any, _schema: dict[str, Any]
) -> Iterator[ValidationError]:
    """The keyword ``maximum``, for integers too long to be written as well."""
    if is_number(instance) and instance > most:
        yield ValidationError("is too large")


def _unique_items(
    _validator: Any, wanted: bool, instance: Any, _schema: dict[str, Any]
) -> Iterator[ValidationError]:
    """The keyword ``uniqueItems`` on lists of texts; what else stands there is refused anyway."""
    if wanted and isinstance(instance, list):
        texts = [entry for entry in instance if isinstance(entry, str)]
        if len(set(texts)) < len(texts):
            yield ValidationError("names something twice")


def _ref(
    validator: Any, reference: str, instance: Any, _schema: dict[str, Any]
) -> Iterator[ValidationError]:
    """The keyword ``$ref``: all of ours point at a definition of this one file."""
    yield from validator.descend(instance, SCHEMA["$defs"][reference.removeprefix("#/$defs/")])


_RULE_SHAPES = {
    kind: branch["then"]
    for branch in SCHEMA["$defs"]["rule"]["allOf"]
    for wanted in [branch["if"]["properties"]["type"]]
    for kind in wanted.get("enum", [wanted.get("const")])
}


def _all_of(
    validator: Any, branches: list[Any], instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    """The keyword ``allOf``: a rule is held against the shape of its type and no other."""
    if schema is not SCHEMA["$defs"]["rule"]:
        yield from Draft202012Validator.VALIDATORS["allOf"](validator, branches, instance, schema)
    elif isinstance(instance, dict) and isinstance(instance.get("type"), str):
        shape = _RULE_SHAPES.get(instance["type"])
        if shape is not None:
            yield from validator.descend(instance, shape)


_Validator = extend(
    Draft202012Validator,
    validators={
        "items": _items,
        "maximum": _maximum,
        "uniqueItems": _unique_items,
        "$ref": _ref,
        "allOf": _all_of,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _checker, value: is_integer(value),
            "number": lambda _checker, value: is_number(value),
        }
    ),
)
_VALIDATOR = _Validator(SCHEMA)

HUGE_BITS = 128

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
    if _QUICK.fits(tree):
        return []
    faults: list[Fault] = []
    for error in _VALIDATOR.iter_errors(tree):
        faults.extend(islice(_faults(error), limit - len(faults)))
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
    if isinstance(value, int) and value.bit_length() > HUGE_BITS:
        return "a number of very many digits"
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
            return "must not contain control characters, such as line breaks, or half characters."
        case "minLength" | "maxLength":
            return f"must have {_AT[error.validator[:3]]} {wanted:,} characters."
        case "minItems" | "maxItems":
            return f"must have {_AT[error.validator[:3]]} {wanted:,} entries."
        case "uniqueItems":
            return "names something twice; keep one of them."
    return f"is not acceptable ({error.validator})."

"""JSON mappings as pydantic models, refused with the JSON path of what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from app.interactions.engine.refusals import FileRefusedError
from app.values.money import CURRENCY_DIGITS


class Part(BaseModel):
    """A part of a mapping; it has no other names than its own and does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


ModelT = TypeVar("ModelT", bound=Part)


def parse_parts(content: bytes, model: type[ModelT], *, unsaid: Iterable[str] = ()) -> ModelT:
    """Read a mapping file; raises FileRefusedError naming the JSON paths that are wrong.

    ``unsaid``: names of alternatives, which pydantic puts into its paths and no file has.
    """
    try:
        read = json.loads(content)
    except json.JSONDecodeError as error:
        raise FileRefusedError(
            f"The mapping is not JSON: it cannot be read on from line {error.lineno}, column"
            f" {error.colno}."
        ) from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise FileRefusedError("The mapping is not JSON in UTF-8.") from error
    try:
        return model.model_validate(read)
    except ValidationError as error:
        raise FileRefusedError(_said(error, frozenset(unsaid))) from error


def check_currency(code: str) -> None:
    """Raises FileRefusedError where Waymark knows no such currency."""
    if code not in CURRENCY_DIGITS:
        raise FileRefusedError(
            f"The mapping is wrong at $.currency: “{code[:20]}” is no currency Waymark"
            " knows; write its code, such as EUR."
        )


_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "no mapping has a part of this name",
    "string_type": "this has to be text in quotes",
    "bool_type": "this has to be true or false",
    "bool_parsing": "this has to be true or false",
    "decimal_type": "this has to be a number",
    "decimal_parsing": "this has to be a number",
    "int_type": "this has to be a whole number",
    "int_parsing": "this has to be a whole number",
    "finite_number": "this has to be a number",
    "tuple_type": "this has to be a list of column names in […]",
    "string_pattern_mismatch": "use 2 to 61 lower-case letters, digits and hyphens",
    "string_too_short": "this cannot be empty",
}
_OBJECT_TYPES = frozenset({"model_type", "model_attributes_type", "dict_type"})
_MOST_FAULTS = 3


def _said(error: ValidationError, unsaid: frozenset[str]) -> str:
    """The first faults of a mapping, each with the JSON path of its place, as sentences."""
    faults: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        faults.setdefault(_path(one["loc"], unsaid), _words(one["type"], one.get("ctx") or {}))
    for place in list(faults):  # of two alternatives, the one somebody went into says more
        if any(other.startswith(f"{place}.") for other in faults):
            del faults[place]
    said = [f"The mapping is wrong at {place}: {words}." for place, words in faults.items()]
    more = len(said) - _MOST_FAULTS
    rest = [f"And {more} more."] if more > 0 else []
    return " ".join([*said[:_MOST_FAULTS], *rest])


def _path(places: Sequence[int | str], unsaid: frozenset[str]) -> str:
    """A place such as $.milestone.name[0]; pydantic's own names for alternatives are left out."""
    path = "$"
    for place in places:
        if isinstance(place, int):
            path += f"[{place}]"
        elif not place.startswith("literal[") and place not in unsaid:
            path += f".{place[:40]}"
    return path


def _words(kind: str, context: dict[str, Any]) -> str:
    if kind in _OBJECT_TYPES:
        return "this has to be an object in {…}"
    if kind == "literal_error":
        return "this has to be " + re.sub(r"'(\w+)'", r"“\1”", str(context["expected"]))
    if kind == "greater_than":
        return f"this has to be more than {context['gt']}"
    if kind in ("less_than_equal", "greater_than_equal"):
        most = kind == "less_than_equal"
        return f"this has to be at {'most' if most else 'least'} {context['le' if most else 'ge']}"
    if kind == "value_error":
        return str(context.get("error", "this cannot be read"))
    return _WORDS.get(kind, "this cannot be read")

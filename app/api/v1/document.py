"""The OpenAPI document, written from the table of operations and their schemas."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from app.api.v1.asked import KEY_HEADER
from app.api.v1.operations import BASE, OPERATIONS, Operation
from app.api.v1.schemas import LARGEST_ID, Asked

_PROBLEM = {
    "type": "object",
    "description": "Problem details after RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request": {"type": ["string", "null"], "description": "what the log calls it by"},
        "incident": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_REFUSALS = {
    "400": "What was sent can't be read",
    "401": "No token in force was sent",
    "403": "The person, or the token, may not do this",
    "404": "There is no such thing",
    "409": "Its state bars this now",
    "415": "The body is no JSON",
    "422": "A field can't be accepted; `errors` says which and why",
    "429": "Too many requests; `Retry-After` says how long to wait",
    "503": "Try again later",
}
_PARTS = {
    "id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "key": {"type": "string", "minLength": 1, "maxLength": 40},
}


@cache
def openapi_document() -> dict[str, Any]:
    """The whole document."""
    kinds = [(one.answer, "serialization") for one in OPERATIONS]
    kinds += [(one.body, "validation") for one in OPERATIONS if one.body]  # type: ignore[misc]
    _, schemas = models_json_schema(
        kinds,  # type: ignore[arg-type]
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Waymark",
            "version": "1",
            "description": "What programs may ask and do, with a personal token.",
        },
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas["$defs"], "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    answer = {"schema": {"$ref": f"#/components/schemas/{one.answer.__name__}"}}
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [*_parts(one), *_query(one.query), *_key(one)],
        "responses": {
            str(one.status): {"description": "Done", "content": {"application/json": answer}},
            **{code: _refusal(words) for code, words in _REFUSALS.items()},
        },
    }
    if one.body:
        body = {"$ref": f"#/components/schemas/{one.body.__name__}"}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def _refusal(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


def _parts(one: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in _PARTS.items()
        if f"{{{name}}}" in one.path
    ]


def _query(kind: type[Asked] | None) -> list[dict[str, Any]]:
    if kind is None:
        return []
    schema = kind.model_json_schema()
    defined = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "schema": _plain(one, defined)}
        for name, one in schema["properties"].items()
    ]


def _plain(schema: Any, defined: dict[str, Any]) -> Any:
    """A schema without references, and without null: what is not asked is left out."""
    if isinstance(schema, list):
        return [_plain(one, defined) for one in schema if one != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(defined[schema["$ref"].rpartition("/")[2]], defined)
    return {
        name: _plain(one, defined)
        for name, one in schema.items()
        if not (name == "default" and one is None)
    }


def _key(one: Operation) -> list[dict[str, Any]]:
    if one.body is None:
        return []
    schema = {"type": "string", "pattern": "^[!-~]{8,128}$"}
    words = "A new one for each thing done, the same when it is sent again: it acts once."
    return [
        {
            "name": KEY_HEADER,
            "in": "header",
            "required": True,
            "description": words,
            "schema": schema,
        }
    ]

"""Read what a program sent: checked against the schemas, refused field by field."""

from __future__ import annotations

import json
import re
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

from flask import request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.api.v1.schemas import LARGEST_ID, Asked
from app.errors import InvalidError
from app.web.characters import is_fit

Kind = TypeVar("Kind", bound=Asked)
KEY_HEADER = "Idempotency-Key"
_PLACE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,10}")
_KEY = re.compile(r"[!-~]{8,128}")


def asked_query(kind: type[Kind]) -> Kind:
    """The query as ``kind``; raises InvalidError by field."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise InvalidError("Say each of these once.", fields=dict.fromkeys(twice, "Say it once."))
    return _checked(kind, request.args.to_dict())


def asked_body(kind: type[Kind]) -> Kind:
    """The body as ``kind``; raises InvalidError by field, BadRequest for what is no JSON."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        sent = json.loads(request.get_data(cache=False), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is no JSON that can be read.") from error
    if not isinstance(sent, dict):
        raise InvalidError("Send one JSON object.")
    return _checked(kind, sent)


def request_key(person_id: int) -> str:
    """The key by which a request sent again gets its first answer; each person has their own."""
    key = request.headers.get(KEY_HEADER, "")
    if not _KEY.fullmatch(key):
        raise InvalidError(
            f"Send a header {KEY_HEADER} of 8 to 128 plain characters, a new one for each thing you"
            " do and the same when you send it again.",
            field=KEY_HEADER,
        )
    return "api:" + sha256(f"{person_id}\n{key}".encode()).hexdigest()


def asked_place(cursor: str | None) -> tuple[date, int] | None:
    """The day and id after which a list goes on; raises InvalidError for what was never given."""
    if cursor is None:
        return None
    on, _, id_ = cursor.partition(".")
    try:
        if _PLACE.fullmatch(cursor) and int(id_) <= LARGEST_ID:
            return date.fromisoformat(on), int(id_)
    except ValueError:
        pass
    raise InvalidError("This cursor leads nowhere; begin anew.", field="cursor")


def written_place(place: tuple[date, int] | None) -> str | None:
    """The cursor that `asked_place` reads."""
    return f"{place[0].isoformat()}.{place[1]}" if place else None


def _checked(kind: type[Kind], sent: dict[str, Any]) -> Kind:
    unfit = [name for name, value in sent.items() if isinstance(value, str) and not is_fit(value)]
    if unfit:
        message = "There are invisible characters in this."
        raise InvalidError(message, fields=dict.fromkeys(unfit, message))
    try:
        return kind.model_validate(sent)
    except ValidationError as error:
        fields = {
            ".".join(str(part) for part in one["loc"]) or "body": one["msg"]
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        }
        raise InvalidError("This can't be accepted as it is.", fields=fields) from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number.")

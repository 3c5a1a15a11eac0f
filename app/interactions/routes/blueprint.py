"""What the pages for logs of interactions share."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as Answer

from app.interactions.engine.mapping import Mapping
from app.interactions.services import LogStore
from app.web.errors import page
from app.web.subjects import link_subject

bp = Blueprint("interactions", __name__, url_prefix="/interactions")
link_subject(bp, "interactions", lambda key: url_for("interactions.show", source_id=int(key)))

Page = str | Answer | tuple[str, int]


@bp.url_value_preprocessor
def _allow_logs(endpoint: str | None, values: object) -> None:
    """Logs may be larger than other uploads."""
    if endpoint == "interactions.preview":
        request.max_content_length = current_app.config["INTERACTIONS_MEGABYTES"] * 2**20


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_: RequestEntityTooLarge) -> Answer:
    most = current_app.config["INTERACTIONS_MEGABYTES"]
    return page(
        413,
        f"The file is larger than {most:,} MB, which is the most this page takes; an admin can"
        " raise the setting INTERACTIONS_MEGABYTES. A file of any size comes in on the server by"
        " “flask --app wsgi interactions import FILE --mapping NAME --journey KEY --as ADDRESS”.",
    )


def store() -> LogStore:
    return LogStore.of(current_app.config, seconds=current_app.config["INTERACTIONS_SECONDS"])


def content_of(mapping: Mapping) -> bytes:
    """A mapping as its file."""
    return mapping.model_dump_json(exclude_defaults=True).encode()


def as_file(content: bytes, name: str, kind: str) -> Response:
    """Bytes to be saved under a name that holds only letters, digits, dots and hyphens."""
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer

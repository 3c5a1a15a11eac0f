"""What somebody had typed when their session ended, kept for them until they send it again.

A draft that could not be saved by itself is kept the same way, so that a reload loses nothing.

One file per browser in the instance folder, beside uploads: the newest form sent too late. Only the
same person gets it, in the same browser, on the page they typed it on, and nothing is sent by
itself. Passwords and tokens are never kept (docs/adr/009).
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.extensions import csrf
from app.web.addresses import own_page
from app.web.clock import now

ViewT = TypeVar("ViewT", bound=Callable[..., Any])

KEPT_FOR = timedelta(hours=1)
MOST_BYTES = 256 * 1024
"""Largest form that is kept, as JSON."""

ENDED_PERSON = "ended_person"
"""Where `app.extensions` keeps the function that gives whose session has just ended, or None."""

COOKIE = "typed"
"""The cookie's name for the key of the kept form."""

NOT_KEPT = "is_not_kept"

PROOF = "confirm_"
"""How the fields begin in which somebody proves again who they are (docs/adr/012)."""

PAGE_FIELD = f"{PROOF}page"
"""The page a form stood on that was sent on from another one, such as the one asking for proof."""

_SECRET = re.compile(rf"^{PROOF}|passw|token|secret|credential|api.?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was not saved: whose, the page it stood on, where it is sent, its texts in order.

    ``is_refused``: it was sent in time and could not be saved as it was.
    """

    person_id: int
    page: str
    path: str
    fields: list[tuple[str, str]]
    at: datetime
    is_refused: bool = False

    @property
    def form(self) -> MultiDict[str, str]:
        return MultiDict(self.fields)


def not_kept(view: ViewT) -> ViewT:
    """Declare that what is sent to a view is never kept, as it names a person nobody may know."""
    setattr(view, NOT_KEPT, True)
    return view


def keep_typed() -> Response | None:
    """Keep the form of a request whose session has ended; None where nothing can be kept.

    The answer leads to the sign-in page, and from there to the page of the form. Raises CSRFError
    for a form that is not from a page of ours.
    """
    if getattr(current_app.view_functions[str(request.endpoint)], NOT_KEPT, False):
        return None
    person_id = current_app.extensions[ENDED_PERSON]()
    fields = typed_fields(request.form.items(multi=True))
    if person_id is None or not fields or "HX-Request" in request.headers:
        return None
    csrf.protect()
    page = page_of_form()
    typed = Typed(person_id, page, request.path, fields, now())
    kept = _write(typed)
    return redirect(
        url_for("accounts.sign_in_page", next=page, ended="kept" if kept else "lost"), code=303
    )


def keep_refused(page: str) -> bool:
    """Keep the texts of a draft that was refused for its ``page``, which also takes the form.

    False for one too large to keep.
    """
    fields = typed_fields(request.form.items(multi=True))
    return _write(Typed(current_user.id, page, page, fields, now(), is_refused=True))


def forget_refused(page: str) -> None:
    """Erase what is kept for a page, as its draft is saved now."""
    found = last_typed()
    if found is not None and found.page == page:
        forget_typed()


def typed_fields(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields of a form that may be kept: no passwords, no tokens."""
    return [(name, text) for name, text in fields if not _SECRET.search(name)]


def typed_here() -> Typed | None:
    """What the person looking at this page had typed on it when their session ended."""
    if request.method != "GET" or ENDED_PERSON not in current_app.extensions:
        return None
    if not current_user.is_authenticated:
        return None
    found = _read_once()
    return found if found is not None and found.page == _address() else None


def bring_back(names: Iterable[str]) -> MultiDict[str, str] | None:
    """The kept texts for a form of this page whose fields to see have ``names``.

    Fields of one page have different names, so a form that has one of those typed is the one.
    """
    found = typed_here()
    if found is None or not any(name in found.form for name in names):
        return None
    g.typed_came_back = True
    return found.form


def typed_came_back() -> bool:
    """Whether a form on this page was filled with what had been typed."""
    return bool(g.get("typed_came_back"))


def last_typed() -> Typed | None:
    """What is kept of whoever is signed in here, wherever they typed it; None once it is old."""
    key = session.get(COOKIE)
    if not isinstance(key, str) or not current_user.is_authenticated:
        return None
    try:
        stored: dict[str, Any] = json.loads(_file(key).read_text(encoding="utf-8"))
        fields = [(str(name), str(text)) for name, text in stored.pop("fields")]
        found = Typed(**stored | {"fields": fields, "at": datetime.fromisoformat(stored["at"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_theirs = found.person_id == current_user.id
    return found if is_theirs and timedelta(0) <= now() - found.at < KEPT_FOR else None


def forget_typed() -> None:
    """Erase what is kept in this browser."""
    key = session.pop(COOKIE, None)
    if isinstance(key, str):
        _file(key).unlink(missing_ok=True)


def sweep_typed(*, now: float) -> int:
    """Erase what was kept too long before ``now``, a time in seconds; gives how many forms."""
    gone, before = 0, now - KEPT_FOR.total_seconds()
    for file in _folder().iterdir():
        try:
            if file.stat().st_mtime < before:
                file.unlink()
                gone += 1
        except FileNotFoundError:  # another process erased it
            continue
    return gone


def forget_once_sent(response: Response) -> Response:
    """Erase the kept form when its person sends it again: the new request carries its texts."""
    has_texts = response.status_code < 400 or response.status_code == 422  # a page shows them again
    if request.method == "POST" and has_texts and current_user.is_authenticated:
        found = last_typed()
        if found is not None and found.path == request.path:
            forget_typed()
    return response


def page_of_form() -> str:
    """The page the form stood on, from itself or the browser, else the one its address has."""
    came_from = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    named = request.form.get(PAGE_FIELD)
    return own_page(named) or own_page(came_from) or own_page(request.path) or "/"


def _address() -> str:
    query = request.query_string.decode("ascii", "replace")
    return request.path + (f"?{query}" if query else "")


def _read_once() -> Typed | None:
    """What is kept of the person looking, read once a request."""
    if "typed_before" not in g:
        g.typed_before = last_typed()
    found: Typed | None = g.typed_before
    return found


def _write(typed: Typed) -> bool:
    """Keep a form in place of the one kept before, unless it is too large."""
    content = json.dumps(asdict(typed), default=datetime.isoformat).encode()
    sweep_typed(now=time.time())
    forget_typed()
    if len(content) > MOST_BYTES:
        return False
    session[COOKIE] = secrets.token_urlsafe(32)
    part = _file(session[COOKIE]).with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(content)
    part.replace(part.with_suffix(""))
    return True


def _file(key: str) -> Path:
    return _folder() / sha256(key.encode("utf-8", "replace")).hexdigest()


def _folder() -> Path:
    folder = Path(current_app.instance_path) / "typed"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def init_typed(app: Flask, ended_person: Callable[[], int | None]) -> None:
    """Keep forms sent too late; ``ended_person`` gives whose session has just ended."""
    app.extensions[ENDED_PERSON] = ended_person
    app.after_request(forget_once_sent)
    app.jinja_env.globals |= {"typed_here": typed_here, "typed_came_back": typed_came_back}

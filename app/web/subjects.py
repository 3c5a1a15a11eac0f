"""Pages of the things audit events are about, named by the domains that own them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, current_app
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BuildError

from app.web.guards import may

_KEY = "subject_pages"


def link_subject(
    bp: Blueprint, kind: str, address: Callable[[str], str], *, permission: str | None = None
) -> None:
    """Say which page shows ``kind:reference``; ``address`` gets the reference.

    ``permission``: what opening that page takes, if not everybody may who reads about it.
    """

    def register(state: BlueprintSetupState) -> None:
        state.app.extensions.setdefault(_KEY, {})[kind] = (address, permission)

    bp.record(register)


def subject_page(subject: str) -> str | None:
    """The address of a subject such as ``initiative:12``, if it has a page this person may open."""
    kind, _, reference = subject.partition(":")
    address, permission = current_app.extensions.get(_KEY, {}).get(kind, (None, None))
    if address is None or not reference or (permission and not may(permission)):
        return None
    try:
        return str(address(reference))
    except (BuildError, ValueError):
        return None


def init_subjects(app: Flask) -> None:
    app.jinja_env.globals["subject_page"] = subject_page

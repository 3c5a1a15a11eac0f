"""Addresses of static files that change when the file does, so that browsers may keep them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Flask, current_app, g, url_for
from markupsafe import Markup, escape

_versions: dict[tuple[str, int, int], str] = {}


def asset(path: str) -> str:
    """The address of ``static/path`` with the first digits of its content's digest.

    It is worked out once a page, since every icon asks for the same file.
    """
    known: dict[str, str] = g.setdefault("asset_addresses", {})
    if path not in known:
        known[path] = _address(path)
    return known[path]


def icon(name: str, size: int = 16, css_class: str = "") -> Markup:
    """One glyph of the sprite; the words beside it carry the meaning, so it is hidden from readers.

    A page holds a hundred of them, and a macro would take four times as long.
    """
    words = f" {escape(css_class)}" if css_class else ""
    return Markup(
        f'<svg class="icon{words}" width="{size:d}" height="{size:d}" aria-hidden="true">'
        f'<use href="{escape(asset("icons.svg"))}#{escape(name)}"></use></svg>'
    )


def _address(path: str) -> str:
    file = Path(current_app.static_folder or "") / path
    try:
        stat = file.stat()
    except OSError:
        return url_for("static", filename=path)
    key = (str(file), stat.st_mtime_ns, stat.st_size)
    if key not in _versions:
        _versions[key] = sha256(file.read_bytes()).hexdigest()[:12]
    return url_for("static", filename=path, v=_versions[key])


def has_endpoint(name: str) -> bool:
    """Whether a page of that name exists in this build, so that menus can leave it out."""
    return name in current_app.view_functions


def init_assets(app: Flask) -> None:
    app.jinja_env.globals.update(asset=asset, has_endpoint=has_endpoint, glyph=icon)

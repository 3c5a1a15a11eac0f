"""Addresses of static files that change when the file does, so that browsers may keep them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, current_app, g, url_for
from markupsafe import Markup, escape

_versions: dict[str, tuple[float, str]] = {}
"""The digest of each file and when the file was written, by its path on disk."""


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
    return _glyph(asset("icons.svg"), name, size, css_class)


@lru_cache(maxsize=1024)
def _glyph(sprite: str, name: str, size: int, css_class: str) -> Markup:
    words = f" {escape(css_class)}" if css_class else ""
    return Markup(
        f'<svg class="icon{words}" width="{size:d}" height="{size:d}" aria-hidden="true">'
        f'<use href="{escape(sprite)}#{escape(name)}"></use></svg>'
    )


def _address(path: str) -> str:
    version = _version(f"{current_app.static_folder}/{path}")
    return url_for("static", filename=path, v=version)


def _version(file: str) -> str | None:
    """The first digits of a file's digest, None where there is no such file.

    A server's files are those it was started with; only who works on them has them looked at again.
    """
    known = _versions.get(file)
    if known is not None and current_app.config.get("ENVIRONMENT") != "development":
        return known[1]
    try:
        written = Path(file).stat().st_mtime
    except OSError:
        return None
    if known is None or known[0] != written:
        digits = sha256(Path(file).read_bytes()).hexdigest()[:12]
        known = _versions[file] = (written, digits)
    return known[1]


def has_endpoint(name: str) -> bool:
    """Whether a page of that name exists in this build, so that menus can leave it out."""
    return name in current_app.view_functions


def init_assets(app: Flask) -> None:
    # Menus and rows ask for a page hundreds of times: its own app's list answers them at once.
    is_there = app.view_functions.__contains__
    app.jinja_env.globals.update(asset=asset, has_endpoint=is_there, glyph=icon)

"""The markup of one bar of the roadmap: thousands pass through it, too many for a template."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from markupsafe import Markup


def roadmap_row(row: Mapping[str, Any]) -> Markup:
    """A row of the roadmap component, as its macro describes it."""
    key, title, note = escape(row["key"]), escape(row["title"]), row.get("note")
    words = f'<span class="note">{escape(note)}</span>' if note else ""
    return Markup(
        f'<li class="rm-row{" is-selected" if row.get("selected") else ""}"{_links(row)}>'
        f'<div class="rm-name">'
        f'<span class="rm-key" title="{key}">{escape(row.get("short") or row["key"])}</span>'
        f'<a href="{escape(row["href"])}" title="{key} {title}">{title}</a>{words}</div>'
        f'<svg class="rm-track" width="100%" height="18" role="group" aria-label="{key}">'
        f"{_baseline(row)}{_bar(row, key)}{''.join(map(_diamond, row['diamonds']))}</svg></li>\n"
    )


def _links(row: Mapping[str, Any]) -> str:
    """By which number other bars need this one, and which ones it needs."""
    if not row.get("link"):
        return ""
    needs = f' data-needs="{row["needs"]}"' if row["needs"] else ""
    return f' data-link="{row["link"]}"{needs}'


def _baseline(row: Mapping[str, Any]) -> str:
    if not row.get("base_w"):
        return ""
    return (
        f'<rect class="rm-p" x="{row["base_x"]}%" y="22" width="{row["base_w"]}%" height="3"'
        ' rx="1.5"/>'
    )


def _bar(row: Mapping[str, Any], key: str) -> str:
    x, kind = row["x"], " rm-m" if row.get("moved") else " rm-x" if row.get("stopped") else ""
    bar = f'<rect class="rm-b{kind}" x="{x}%" width="{row["w"]}%" height="18" rx="4"/>'
    if row.get("elapsed_w"):
        bar += f'<rect class="rm-e" x="{x}%" width="{row["elapsed_w"]}%" height="18" rx="4"/>'
    if not row.get("look"):
        return bar
    moves = f' data-bar="{row["work"]}"' if row.get("work") else ""
    name = escape(row.get("name") or key)
    return f'<a class="rm-bar" href="{escape(row["look"])}" aria-label="{name}"{moves}>{bar}</a>'


def _diamond(one: Mapping[str, Any]) -> str:
    gate, x = one.get("gate"), one["x"]
    moves = f' data-gate="{gate}" data-on="{one["on"]}"' if gate else ""
    ring = f'<use href="#d-ring" x="{x}%"/>' if one.get("selected") else ""
    return (
        f'<a href="{escape(one["href"])}" aria-label="{escape(one["title"])}"{moves}>{ring}'
        f'<use href="#d-{one["state"]}" x="{x}%"/></a>'
    )

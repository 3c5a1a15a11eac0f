"""Read a page as a person does: by its heading, its tables' captions and its fields' labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse


def parse(page: Any) -> BeautifulSoup:
    """Return the parsed page; `page` is a response, HTML text or already parsed.

    The quick parser is enough here: that the page needs no mending is checked elsewhere.
    """
    if isinstance(page, BeautifulSoup | Tag):
        return page  # type: ignore[return-value]
    if isinstance(page, ReadableResponse):
        return page.soup
    return BeautifulSoup(page if isinstance(page, str) else page.get_data(as_text=True), "lxml")


class ReadableResponse(TestResponse):
    """A response whose page is parsed once, when somebody reads it."""

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.get_data(as_text=True), "lxml")


def text(node: Any) -> str:
    """Return the words of a page or a part of it, with single spaces."""
    found = parse(node)
    body = found.find("body") if isinstance(found, BeautifulSoup) else None
    return _words(body or found)


def heading(page: Any) -> str:
    """Return the one main heading."""
    found = parse(page).find_all("h1")
    assert len(found) == 1, f"A page has one main heading, this has {[_words(h) for h in found]}."
    return _words(found[0])


@dataclass(frozen=True)
class Table:
    """A table as read: its column names and its rows, each a mapping from column to words."""

    columns: list[str]
    rows: list[dict[str, str]]
    parsed: Tag

    def row(self, name: str) -> dict[str, str]:
        """Return the one row whose first cell reads `name`."""
        found = [row for row in self.rows if next(iter(row.values())) == name]
        assert len(found) == 1, f"{len(found)} rows begin with “{name}”: {self.first_column()}"
        return found[0]

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]

    def first_column(self) -> list[str]:
        return [next(iter(row.values())) for row in self.rows]


def table(page: Any, caption: str) -> Table:
    """Return the table whose caption is, or begins with, `caption`."""
    captions = {}
    for found in parse(page).find_all("table"):
        words = _words(found.caption) if found.caption else ""
        captions[words] = found
    match = captions.get(caption) or next(
        (found for words, found in captions.items() if words.startswith(caption)), None
    )
    assert match is not None, f"No table “{caption}”; there are {sorted(captions)}."
    return _read_table(match)


def _read_table(found: Tag) -> Table:
    head = found.find("thead")
    assert isinstance(head, Tag), "A table names its columns in thead."
    columns = _spread(head.find_all("tr")[-1])
    lines = [
        row for row in found.find_all("tr") if row.parent is not None and row.parent.name != "thead"
    ]
    rows = [dict(zip(columns, _spread(line), strict=False)) for line in lines]
    return Table(columns=columns, rows=rows, parsed=found)


def _spread(row: Tag) -> list[str]:
    cells: list[str] = []
    for cell in row.find_all(["th", "td"], recursive=False):
        cells += [_words(cell)] * int(str(cell.get("colspan", "1")))
    return cells


def field(page: Any, label: str) -> Tag:
    """Return the input, select or textarea labelled `label`."""
    soup = parse(page)
    labels = [found for found in soup.find_all(["label", "legend"]) if _label_words(found) == label]
    assert labels, f"No field “{label}”; there are {[_label_words(x) for x in _labels(soup)]}."
    target = labels[0].get("for")
    found = soup.find(id=target) if target else labels[0].find(["input", "select", "textarea"])
    if found is None and labels[0].name == "legend":
        found = labels[0].parent
    assert isinstance(found, Tag), f"The label “{label}” names no field."
    return found


def value_of(page: Any, label: str) -> str:
    """Return what stands in the field `label`: the text, or the value of the chosen option."""
    found = field(page, label)
    if found.name == "textarea":
        return found.text.removeprefix("\n")
    if found.name == "select":
        chosen = found.find("option", selected=True) or found.find("option")
        return str(chosen.get("value", _words(chosen))) if isinstance(chosen, Tag) else ""
    return str(found.get("value", ""))


def error_on(page: Any, label: str) -> str | None:
    """Return the message that stands at the field `label`, or None."""
    soup = parse(page)
    found = field(soup, label)
    if found.get("aria-invalid") != "true" and found.name != "fieldset":
        return None
    for name in str(found.get("aria-describedby", "")).split():
        described = soup.find(id=name)
        if isinstance(described, Tag) and (
            "error" in name or "error" in " ".join(described.get("class") or [])
        ):
            return _words(described)
    return None


def notice(page: Any) -> str | None:
    """Return what the page reports at its top: a status, a warning or a refusal; or None."""
    found = parse(page).find_all(role=["status", "alert"])
    words = " ".join(_words(item) for item in found).strip()
    return words or None


def buttons(page: Any) -> dict[str, bool]:
    """Return every button's words and whether it can be pressed."""
    found = parse(page).find_all(
        lambda tag: tag.name == "button" or (tag.name == "input" and tag.get("type") == "submit")
    )
    return {_words(b) or str(b.get("value", "")): not b.has_attr("disabled") for b in found}


def links(page: Any) -> dict[str, str]:
    """Return every link's words and where it leads."""
    return {_words(found): str(found["href"]) for found in parse(page).find_all("a", href=True)}


def form_values(page: Any, action: str | None = None) -> dict[str, Any]:
    """Return what a browser would send of the form with `action` (or the page's one form)."""
    forms = [f for f in parse(page).find_all("form") if str(f.get("method")).lower() == "post"]
    chosen = [f for f in forms if action is None or f.get("action") == action]
    assert len(chosen) == 1, f"{len(chosen)} fit of {[f.get('action') for f in forms]}."
    sent: dict[str, Any] = {}
    fields, owner = ["input", "select", "textarea"], chosen[0].get("id")
    elsewhere = parse(page).find_all(fields, attrs={"form": owner}) if owner else []
    for found in [*chosen[0].find_all(fields), *elsewhere]:
        name, kind = found.get("name"), found.get("type", "text")
        if not name or found.has_attr("disabled") or kind in {"submit", "button", "file"}:
            continue
        if kind in {"checkbox", "radio"} and not found.has_attr("checked"):
            continue
        for one in _values(found):
            sent.setdefault(str(name), []).append(one)
    return {name: all_[0] if len(all_) == 1 else all_ for name, all_ in sent.items()}


def _values(found: Tag) -> list[str]:
    if found.name == "textarea":
        return [found.text.removeprefix("\n")]
    if found.name == "select":
        options = found.find_all("option")
        chosen = [o for o in options if o.has_attr("selected")]
        if not chosen and not found.has_attr("multiple"):
            chosen = options[:1]
        return [str(o.get("value", _words(o))) for o in chosen]
    default = "on" if found.get("type") in {"checkbox", "radio"} else ""
    return [str(found.get("value", default))]


def _labels(soup: BeautifulSoup) -> list[Tag]:
    return list(soup.find_all(["label", "legend"]))


def _label_words(label: Tag) -> str:
    """Return a label's words without the marks that say required or optional."""
    return re.sub(r"\s*(\*|\((required|optional)\))$", "", _words(label))


def _words(node: Tag) -> str:
    return " ".join(node.get_text(" ", strip=True).split())

"""Send forms what no person types: 48 values in every field, and look at each answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote_plus, urlsplit

from bs4 import BeautifulSoup, Tag

from tests.support.client import StrictClient

MARK = "zq7x"
"""Stands in every text that could do something, so that it is found where it did."""

TEXTS = (
    f"<{MARK}>", f"<script>{MARK}</script>", f'"on{MARK}="1', f"'on{MARK}='1", f"--><{MARK}>",
    f"</textarea><{MARK}>", f"</title><{MARK}>", f"javascript:{MARK}", f"//{MARK}.test",
    f"https://{MARK}.test/", f"\\\\{MARK}.test", f"/\\{MARK}.test", "{{7*7}}", "{% raw %}",
    "${7*7}",
    f"x\r\nSet-Cookie: {MARK}=1", f"../../{MARK}", "%00", f"=cmd|'/C {MARK}'!A0", f"@SUM({MARK})",
    "\x00", "a\x00b", "\x1b[31m", "\ud800", "\u202egpj.exe", "\u200b", "\ufeff", "e\u0301" * 200,
    "x" * 100_000, "' OR 1=1 --", "1; DROP TABLE people", "%s%n%x",
)  # fmt: skip
NUMBERS = (
    "-1", "-0", "0.005", "1e999", "NaN", "inf", "0x10", "1,2,3", "١٢٣", "9" * 40,
    "9223372036854775808", "2147483648",
)  # fmt: skip
DAYS = ("2027-02-30", "0000-01-01", "10000-01-01", "2027-Q5")
VALUES = (*TEXTS, *NUMBERS, *DAYS)
assert len(VALUES) == 48
LEFT_ALONE = {"/sign-out"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One form with one field changed."""

    address: str
    name: str
    pairs: tuple[tuple[str, str], ...]
    file: str | None = None


def attacks(page: Any, address: str, values: Sequence[str] = VALUES) -> Iterator[Sent]:
    """Every form of a page, each kind of field in turn with each of the values."""
    for form in BeautifulSoup(page.get_data(as_text=True), "lxml").find_all("form"):
        target = str(form.get("action") or address)
        if str(form.get("method")).lower() == "post" and target not in LEFT_ALONE:
            yield from _of_form(form, target, values)


def _of_form(form: Tag, target: str, values: Sequence[str]) -> Iterator[Sent]:
    sound = list(_pairs(form))
    file = next((str(one["name"]) for one in form.select("input[type=file][name]")), None)
    kinds = {re.sub(r"\d+", "#", name): name for name, _ in reversed(sound)}
    for name in sorted(set(kinds.values()) - {"csrf_token"}):
        others = [(key, value) for key, value in sound if key != name]
        for value in values:
            yield Sent(target, name, (*others, (name, value)), file)
        for odd in (others, [*sound, (name, "2")], [*others, (f"{name}[]", "1")]):
            yield Sent(target, name, tuple(odd), file)


def _pairs(form: Tag) -> Iterator[tuple[str, str]]:
    for one in form.select("input[name], select[name], textarea[name], button[name]"):
        kind = one.get("type")
        if kind == "file":
            continue
        options = one.find_all("option")
        chosen = next(
            (o for o in options if o.has_attr("selected")), options[0] if options else one
        )
        text = one.text if one.name == "textarea" else str(chosen.get("value", ""))
        yield str(one["name"]), text


def send(client: StrictClient, sent: Sent) -> list[str]:
    """What is wrong with the answer to a form, and with the page it leads to."""
    if sent.file is not None:
        data: dict[str, Any] = {}
        for name, value in sent.pairs:
            data.setdefault(name, []).append(value.encode("utf-8", "replace").decode())
        data[sent.file] = (BytesIO(b"\x89PNG\0" + MARK.encode()), f"../../<{MARK}>.csv")
        answer = client.post(sent.address, data=data, loose=True)
    else:
        body = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sent.pairs)
        answer = client.post(
            sent.address, data=body.encode(), loose=True,
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
    where = f"{sent.address}, {sent.name} = {dict(sent.pairs).get(sent.name, '')[:30]!r}"
    found = faults(answer)
    if answer.status_code == 303 and not found:
        found = faults(client.get(answer.location, loose=True))
    return [f"{where}: {one}" for one in found]


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


def faults(answer: Any) -> list[str]:
    """An error of ours, a way off this site, or something sent that came alive in the page."""
    found = []
    if answer.status_code >= 500:
        found.append(f"answers {answer.status_code}")
    target = urlsplit(str(answer.headers.get("Location", "")).replace("\\", "/"))
    if target.netloc not in ("", "localhost") or target.scheme not in ("", "http"):
        found.append(f"leads to {answer.headers['Location']}")
    if MARK in str(answer.headers.getlist("Set-Cookie")):
        found.append("sets a cookie that was sent")
    body = answer.get_data(as_text=True)
    if answer.mimetype == "text/html" and MARK in body:
        found += [f"makes {one}" for one in _alive(BeautifulSoup(body, "lxml"))]
    return found


def _alive(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
        if MARK in tag.name or (tag.name == "script" and MARK in tag.text):
            yield f"an element of it: <{tag.name}>"
        for name, value in tag.attrs.items():
            if MARK in name:
                yield f"an attribute of it: {name}"
            leads = name in {"href", "src", "action", "formaction"}
            if leads and re.match(rf"\s*(javascript:|//|\\)[^?]*{MARK}", str(value)):
                yield f"a link of it: {value}"

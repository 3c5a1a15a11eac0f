"""Personal data in texts that should be codes: e-mail addresses, phone numbers, names; pure."""

from __future__ import annotations

import re
from typing import Literal, TypeVar

from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountLine, MomentLine

MASK = "…"
LineT = TypeVar("LineT", CountLine, MomentLine)
_TEXTS = ("journey", "stage", "channel", "reason", "segment", "expected")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.UNICODE)
_DAY = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
_PHONE = re.compile(
    rf"(?<![\w.,-])(?!{_DAY})(?:\+|\(?0)(?:[ ()/.-]?\d|[ ()/.-]{{2}}\d){{6,14}}(?![\w-])"
)
_US_PHONE = re.compile(r"(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])")
_TITLES = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Mme)\.?"
_NAME = re.compile(
    rf"\b{_TITLES} (?:[A-ZÀ-Þ]\. )?[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?"
    r"|(?<=[Mm]y name is )[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?"
    r"|(?<=[Mm]ein Name ist )[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?"
)
_KINDS = (
    ("an e-mail address", _EMAIL),
    ("a phone number", _PHONE),
    ("a phone number", _US_PHONE),
    ("a name", _NAME),
)


def personal_kind(text: str) -> str | None:
    """What personal data a text seems to hold, in words; None: nothing that can be told."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), None)


def masked(text: str) -> str:
    """The text with every piece of personal data replaced by …"""
    for _, pattern in _KINDS:
        text = pattern.sub(MASK, text)
    return text


def without_personal(
    lines: tuple[CountLine, ...],
    moments: tuple[MomentLine, ...],
    setting: Literal["refuse", "mask", "keep"],
) -> tuple[tuple[CountLine, ...], tuple[MomentLine, ...]]:
    """The counts with personal data in their texts masked, as the setting asks.

    Raises FileRefusedError where it asks to refuse them; the data themselves are not repeated.
    """
    if setting == "keep":
        return lines, moments
    texts = {(name, text) for line in lines for name in _TEXTS if (text := getattr(line, name))}
    found = {
        (name, text): kind for name, text in texts if (kind := personal_kind(text)) is not None
    }
    if found and setting == "refuse":
        name = min(name for name, _ in found)
        kinds = [kind for (where, _), kind in found.items() if where == name]
        raise FileRefusedError(
            f"What the mapping reads as {name} seems to hold {min(kinds)} in {len(kinds):,}"
            " different texts. Leave its column out of the mapping, or set PERSONAL_DATA to mask."
        )
    masks = {text: masked(text) for _, text in found}
    return (
        tuple(_masked(line, masks) for line in lines),
        tuple(_masked(moment, masks) for moment in moments),
    )


def _masked(line: LineT, masks: dict[str, str]) -> LineT:
    texts = {name: getattr(line, name, None) for name in _TEXTS}
    changes = {name: masks[text] for name, text in texts.items() if text in masks}
    return line.model_copy(update=changes) if changes else line

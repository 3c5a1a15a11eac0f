"""Personal data in texts that should be codes; pure.

E-mail addresses, phone numbers, IBANs and card numbers by their form and check digits, names behind
a title or “my name is”. A bare name, an address or a date of birth has no form to be told by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

from app.interactions.engine.numbers import account_spans, card_spans
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountLine, MomentLine

MASK = "…"
_Finder = Callable[[str], Iterator[tuple[int, int]]]
LineT = TypeVar("LineT", CountLine, MomentLine)
_TEXTS = ("journey", "stage", "channel", "reason", "segment", "expected")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.UNICODE)
_DAY = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
_PHONE = re.compile(
    rf"(?<![\w.,-])(?!{_DAY})(?:\+|\(?0)(?:[ ()/.-]?\d|[ ()/.-]{{2}}\d){{6,14}}(?![\w-])"
)
_US_PHONE = re.compile(r"(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])")
_KEPT = "(?!(?:Client|Customer|Excel|Google|Kund|Office|Outlook|Teams|Windows|Word))"
"""What stands behind a title and is no person."""
_WORD = r"[A-ZÀ-Þ][\w'’-]+"
_CALLED = (
    r"(?:[A-ZÀ-Þ]\. )?(?:(?:von|van|de|der|den|del|di|da|du|la|le|zu|zur) ){0,3}"
    rf"{_KEPT}{_WORD}(?: {_WORD})?"
)
_TITLE = (
    r"(?:Mr|MR|Mrs|MRS|Ms|Mx|Miss|Sir|Dr|Prof|Herrn?|HERRN?|Frau|FRAU|Mme|Mlle|Madame|Monsieur"
    r"|Señora?|Signora?)"
)
_NAME = re.compile(
    rf"\b(?:{_TITLE}\.? ){{1,3}}{_CALLED}"
    rf"|(?<=[Mm]y name is ){_CALLED}|(?<=[Mm]ein Name ist ){_CALLED}"
    rf"|(?<=[Jj]e m'appelle ){_CALLED}"
)


def _spans(pattern: re.Pattern[str]) -> _Finder:
    return lambda text: (found.span() for found in pattern.finditer(text))


_KINDS: tuple[tuple[str, _Finder], ...] = (
    ("an e-mail address", _spans(_EMAIL)),
    ("an account number", account_spans),
    ("a card number", card_spans),
    ("a phone number", _spans(_PHONE)),
    ("a phone number", _spans(_US_PHONE)),
    ("a name", _spans(_NAME)),
)


def personal_kind(text: str) -> str | None:
    """What personal data a text seems to hold, in words; None: nothing that can be told."""
    return next((kind for kind, spans in _KINDS if any(True for _ in spans(text))), None)


def masked(text: str) -> str:
    """The text with every piece of personal data replaced by …"""
    for _, spans in _KINDS:
        for start, end in reversed(list(spans(text))):
            text = text[:start] + MASK + text[end:]
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

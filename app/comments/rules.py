"""What can be talked about, who is meant in a text, and how long a comment can be changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from unicodedata import normalize

from app.accounts.rules import COSTS, PERMISSIONS, Role, costs_can_be_hidden
from app.mail.rules import Letter

EDIT_FOR = timedelta(minutes=15)
"""How long after writing it somebody may change a comment of their own."""

MOST_WORDS = 5
"""The most words of a name that are looked for after an @."""

MOST_TOLD = 20
"""The most people one comment tells."""


class Thing(Enum):
    """What people talk about."""

    INITIATIVE = "initiative"
    PROPOSAL = "proposal"
    HURDLE = "hurdle"

    @property
    def permission(self) -> str:
        """What it takes to see one."""
        return _PERMISSIONS[self]

    @property
    def is_about_costs(self) -> bool:
        """Whether its page opens only to those who may see money."""
        return self is Thing.PROPOSAL


_PERMISSIONS = {
    Thing.INITIATIVE: "initiatives.view",
    Thing.PROPOSAL: "proposals.view",
    Thing.HURDLE: "roadmap.view",
}


class Source(Enum):
    """Where a decision about a thing is kept; in the order they stand if made at one moment."""

    SUBMISSION = "submission"
    MOVE = "move"
    HANDOVER = "handover"
    SIGNATURE = "signature"
    DECISION = "decision"
    LEFT_OUT = "left_out"
    HURDLE = "hurdle"
    DATE = "date"
    WORK = "work"

    @property
    def is_about_costs(self) -> bool:
        """Whether its reason stands elsewhere only on pages that are shut without sight of money.

        Those are a proposal's, and the history of an initiative.
        """
        return self not in (Source.HURDLE, Source.DATE, Source.WORK)


def permissions_for(thing: Thing) -> frozenset[str]:
    """Everything somebody needs to see such a thing."""
    return frozenset({thing.permission, COSTS} if thing.is_about_costs else {thing.permission})


def could_see(thing: Thing, roles: frozenset[Role], *, costs_hidden: bool) -> bool:
    """Whether somebody with these roles sees it once they are signed in, at any address."""
    if thing.is_about_costs and costs_hidden and costs_can_be_hidden(roles):
        return False
    return all(roles & PERMISSIONS[one] for one in permissions_for(thing))


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who can be mentioned."""

    id: int
    name: str
    email: str

    @property
    def handle(self) -> str:
        """The part of the address before the @."""
        return self.email.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names somebody, half-open; ``ids``: whom it may mean."""

    start: int
    end: int
    words: str
    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: plain, a link, or the name of somebody mentioned."""

    kind: str
    text: str


_LINK = re.compile(r"https?://[^\s<>\"\u201c\u201d]+", re.IGNORECASE)
_AT = re.compile(r"(?<![\w@.+-])@(?=[^\s@])")
_WORD = re.compile(r"[^\s@]+")
_LOOSE = ".,;:!?)]}'\"\u2019\u201d\u2026"


def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _names(people: Iterable[Known]) -> dict[str, set[int]]:
    names: dict[str, set[int]] = {}
    for one in people:
        for name in (" ".join(one.name.split()), one.handle):
            names.setdefault(_folded(name), set()).add(one.id)
    return names


def find_mentions(text: str, people: Iterable[Known]) -> list[Mention]:
    """Every @ with whom it means: a whole name, or an address up to its @.

    The longest that fits counts, in any case. Addresses and links are no mentions; an @ that means
    nobody gives a mention without ids, one that fits several people has them all.
    """
    names, links = _names(people), [found.span() for found in _LINK.finditer(text)]
    return [
        _mention(text, at.start(), names)
        for at in _AT.finditer(text)
        if not any(start <= at.start() < end for start, end in links)
    ]


def _mention(text: str, start: int, names: dict[str, set[int]]) -> Mention:
    ends = _ends(text, start + 1)
    for end in reversed(ends):
        for stop in _stops(text, start + 1, end):
            ids = names.get(_folded(" ".join(text[start + 1 : stop].split())))
            if ids:
                return Mention(start, stop, text[start:stop], frozenset(ids))
    stop = start + 1 + len(text[start + 1 : ends[0]].rstrip(_LOOSE))
    return Mention(start, stop, text[start:stop], frozenset())


def _ends(text: str, start: int) -> list[int]:
    """Where the first words from ``start`` on end, while they stand on one line."""
    ends: list[int] = []
    for word in _WORD.finditer(text, start):
        gap = text[ends[-1] : word.start()] if ends else ""
        if len(ends) == MOST_WORDS or (ends and gap != " "):
            break
        ends.append(word.end())
    return ends


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    """The end itself, then without marks and the ’s of a possessive behind the last word."""
    yield end
    bare = text[start:end].rstrip(_LOOSE)
    yield start + len(bare)
    for ending in ("'s", "\u2019s"):
        if bare.endswith(ending):
            yield start + len(bare) - len(ending)


def mentioned_ids(mentions: Iterable[Mention]) -> list[int]:
    """Whom the mentions surely mean, in the order of the text, at most MOST_TOLD."""
    sure = (next(iter(one.ids)) for one in mentions if len(one.ids) == 1)
    return list(dict.fromkeys(sure))[:MOST_TOLD]


def unsure_words(mentions: Iterable[Mention]) -> list[str]:
    """What stands after an @ and tells nobody: nobody or several have the name."""
    return list(dict.fromkeys(one.words for one in mentions if len(one.ids) != 1))


def pieces_of(text: str, mentioned: Sequence[Known]) -> list[Piece]:
    """A text in the order of its parts; together they are the text."""
    marks = [(one.start, one.end, "mention") for one in find_mentions(text, mentioned) if one.ids]
    for found in _LINK.finditer(text):
        marks.append((found.start(), found.start() + len(_bare_link(found[0])), "link"))
    pieces, at = [], 0
    for start, end, kind in sorted(marks):
        if text[at:start]:
            pieces.append(Piece("plain", text[at:start]))
        pieces.append(Piece(kind, text[start:end]))
        at = end
    return [*pieces, Piece("plain", text[at:])] if text[at:] else pieces


def _bare_link(link: str) -> str:
    """A link without the marks of the sentence around it."""
    bare = link.rstrip(_LOOSE)
    return bare + ")" if link[len(bare) :].startswith(")") and "(" in bare else bare


def edit_bar(
    *, actor_id: int, author_id: int, written_at: datetime, is_deleted: bool, now: datetime
) -> str | None:
    """Why somebody can't change a comment, as a sentence; None if they can."""
    if is_deleted:
        return "This comment is deleted."
    if actor_id != author_id:
        return "Only who wrote a comment changes it."
    if now - written_at > EDIT_FOR:
        return "A comment can be changed for 15 minutes; write another one."
    return None


def delete_bar(*, actor_id: int, author_id: int, moderates: bool, is_deleted: bool) -> str | None:
    """Why somebody can't delete a comment, as a sentence; None if they can."""
    if is_deleted:
        return "This comment is deleted already."
    if actor_id != author_id and not moderates:
        return "Only who wrote a comment, or an admin, deletes it."
    return None


def not_told_words(unsure: Sequence[str], blind: Collection[str]) -> str | None:
    """Who was not told of a comment and why, as a sentence or two; None if everybody was."""
    said = []
    if unsure:
        names = ", ".join(f"“{one}”" for one in unsure[:4])
        said.append(f"{names} is no one person’s name, so nobody was told by it.")
    if blind:
        names = ", ".join(sorted(blind))
        said.append(f"Not told, as they can’t see this: {names}.")
    return " ".join(said) or None


_SIGNED = "\n-- \nWaymark writes this by itself; nobody reads answers to it.\n"


def letter_kind(comment_id: int) -> str:
    """The kind of letters about a comment, by which they are dropped when it is deleted."""
    return f"mention {comment_id}"


def mention_letter(comment_id: int, *, name: str, writer: str, title: str, link: str) -> Letter:
    """What tells somebody that a comment mentions them.

    It does not quote the comment, which may be changed, deleted or about money.
    """
    text = f"""Hello {name},

{writer} mentions you in the discussion of {title}:

{link}

You asked for letters like this on the page of your account, and can end them there.
"""
    return Letter(letter_kind(comment_id), f"{writer} mentions you: {title}", text + _SIGNED)

"""Stages, channels and levers: the fixed words of a journey."""

from __future__ import annotations

from enum import Enum


class StageKind(Enum):
    """The seven stages a customer or prospect goes through, in order."""

    AWARENESS = "awareness"
    DISCOVERY = "discovery"
    INTEREST = "interest"
    CONSIDERATION = "consideration"
    ACTION = "action"
    USE = "use"
    ADVOCACY = "advocacy"

    @property
    def word(self) -> str:
        """The stage's name unless the journey gives it another."""
        return self.value.capitalize()


class Channel(Enum):
    """Where a contact happens."""

    WEB = "web"
    APP = "app"
    CONTACT_CENTRE = "contact_centre"
    BRANCH = "branch"
    MESSAGE = "message"
    LETTER = "letter"
    PARTNER = "partner"

    @property
    def word(self) -> str:
        return _CHANNEL_WORDS[self]

    @property
    def group(self) -> ChannelGroup:
        return _CHANNEL_GROUPS.get(self, ChannelGroup.HUMAN)


class ChannelGroup(Enum):
    """Channels compared with each other: alone in an app, alone on the web, with people, other."""

    APP = "app"
    WEB = "web"
    HUMAN = "human"
    OTHER = "other"

    @property
    def word(self) -> str:
        return {"app": "Mobile app", "web": "Web", "human": "People"}.get(self.value, "Other")

    @property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in Channel if channel.group is self)


_CHANNEL_GROUPS = {
    Channel.APP: ChannelGroup.APP,
    Channel.WEB: ChannelGroup.WEB,
    Channel.MESSAGE: ChannelGroup.OTHER,
    Channel.LETTER: ChannelGroup.OTHER,
}
_CHANNEL_WORDS = {
    Channel.WEB: "Website",
    Channel.APP: "Mobile app",
    Channel.CONTACT_CENTRE: "Contact centre",
    Channel.BRANCH: "Store and branch",
    Channel.MESSAGE: "E-mail and messaging",
    Channel.LETTER: "Letters and bills",
    Channel.PARTNER: "Field and partner",
}


class Lever(Enum):
    """How a journey turns into money."""

    SERVE = "serve"
    CONVERT = "convert"
    SPEND = "spend"
    FAIL = "fail"
    RETAIN = "retain"
    RISK = "risk"

    @property
    def word(self) -> str:
        return self.value.capitalize()

    @property
    def meaning(self) -> str:
        """How the lever turns a better journey into money, in a few words."""
        return _LEVER_MEANINGS[self]


_LEVER_MEANINGS = {
    Lever.SERVE: "Contacts and runs that need not happen cost nothing",
    Lever.CONVERT: "More of those who try succeed, up to a ceiling",
    Lever.SPEND: "Customers buy more, within the growth Finance allows",
    Lever.FAIL: "Failures that do not happen need no remedy",
    Lever.RETAIN: "Customers who would have left stay and go on earning margin",
    Lever.RISK: "Losses become less likely or smaller",
}


class PoolState(Enum):
    """A pool is claimed by its owner until Finance certifies it."""

    CLAIMED = "claimed"
    CERTIFIED = "certified"

    @property
    def word(self) -> str:
        return self.value.capitalize()


class SourceState(Enum):
    """A source of interactions is read in, then counted per month; removed, it counts no more."""

    IMPORTED = "imported"
    COUNTED = "counted"
    REMOVED = "removed"

    @property
    def word(self) -> str:
        return self.value.capitalize()

"""What Waymark writes to people about their accounts."""

from __future__ import annotations

from datetime import datetime

from app.mail.rules import Letter

INVITATION, RESET = "invitation", "reset"
LINK_LETTERS = (INVITATION, RESET)
"""Kinds of letters that hold a link which lets somebody in."""

_SIGNED = "\n-- \nWaymark writes this by itself; nobody reads answers to it.\n"


def invitation_letter(*, name: str, inviter: str, link: str, expires_at: datetime) -> Letter:
    """The invitation of somebody who has no password yet."""
    text = f"""Hello {name},

{inviter} has added you to Waymark. Choose a password here, once, until {_moment(expires_at)}:

{link}

You did not expect this? Then do nothing; the link stops working by itself.
"""
    return Letter(INVITATION, f"{inviter} invites you to Waymark", text + _SIGNED, expires_at)


def reset_letter(*, name: str, link: str, expires_at: datetime) -> Letter:
    """The link to choose a new password by."""
    text = f"""Hello {name},

somebody, probably you, asked for a new password for Waymark. Choose it here, once, until
{_moment(expires_at)}:

{link}

You did not ask? Then do nothing: your password stays as it is. Nobody but you got this link.
"""
    return Letter(RESET, "A new password for Waymark", text + _SIGNED, expires_at)


def reset_notice(*, name: str, site: str, at: datetime) -> Letter:
    """What is said once a new password was chosen by a link."""
    text = f"""Hello {name},

your password for Waymark was changed on {_moment(at)}, by a link sent to this address. All your
sessions and tokens have ended. A second factor, if you have one, is as it was.

Was that not you? Tell an admin at once: somebody can read your mail. {site}
"""
    return Letter("reset_notice", "Your password for Waymark was changed", text + _SIGNED)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"

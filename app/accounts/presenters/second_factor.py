"""A secret as authenticator apps take it: a picture, an address and letters to type."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno

ISSUER = "Waymark"


@dataclass(frozen=True, slots=True)
class SetupView:
    """``picture`` is a QR code as the address of an image, ``letters`` the secret in fours."""

    picture: str
    address: str
    letters: str


def setup_view(secret: str, email: str) -> SetupView:
    """``secret`` is in base 32."""
    values = urlencode({"secret": secret, "issuer": ISSUER})
    address = f"otpauth://totp/{ISSUER}:{quote(email)}?{values}"
    # Light behind it on dark pages, too: apps read dark on light only.
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    letters = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return SetupView(picture, address, letters)

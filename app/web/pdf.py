"""PDFs of our own pages: tagged, and set from nothing but our own static files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fontTools.ttLib import woff2
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.web.paper import with_colours

BASE = "https://paper.invalid/"
"""What addresses in a page are relative to; it is never asked, and nothing could answer there."""

STAND_INS = ("□", "¤")
"""What is printed for a character no font has; our own font has the second, should all others lack
the first."""

UNIVERSAL = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}
"""Tagged, with the language, title and reading order that PDF/UA asks for."""

_TYPES = {".css": "text/css", ".woff2": "font/ttf", ".svg": "image/svg+xml"}


class ForeignFileError(FatalURLFetchingError):
    """A page to be printed asks for something that is not one of our static files."""


class OwnFiles(URLFetcher):
    """Gives files below one folder by their address below one path, and refuses all else."""

    def __init__(self, folder: Path, path: str) -> None:
        super().__init__(allowed_protocols=("https",))
        self._folder = folder.resolve()
        self._path = path

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The file an address names. Raises ForeignFileError."""
        parts = urlsplit(url)
        place = unquote(parts.path)
        if f"{parts.scheme}://{parts.netloc}/" != BASE or not place.startswith(self._path):
            raise ForeignFileError(f"Not one of our own files: {url[:200]}")
        file = (self._folder / place.removeprefix(self._path)).resolve()
        kind = _TYPES.get(file.suffix)
        if kind is None or not file.is_relative_to(self._folder) or not file.is_file():
            raise ForeignFileError(f"Not one of our own files: {url[:200]}")
        is_packed = file.suffix == ".woff2"
        content = _unpacked(file, file.stat().st_mtime_ns) if is_packed else file.read_bytes()
        return URLFetcherResponse(url, content, {"Content-Type": kind})


@lru_cache(maxsize=8)
def _unpacked(font: Path, _changed: int) -> bytes:
    """A font as it is set with; unpacking it takes as long as setting a page or two."""
    content = BytesIO()
    woff2.decompress(font, content)
    return content.getvalue()


def pdf_of(html: str, *, folder: Path, path: str = "/static/") -> bytes:
    """The tagged PDF of a page; ``folder`` holds the static files served below ``path``.

    Characters that no font here has, as many emoji, stand as `STAND_INS`: a glyph that is missing
    makes all the other text of its font unreadable to whoever copies or searches it. Raises
    ForeignFileError where the page asks for anything but those files.
    """
    html = with_colours(html, folder)
    for stand_in in STAND_INS:
        printed, missing = _printed(html, OwnFiles(folder, path))
        if not missing:
            break
        html = html.translate(
            {one: "\u00a0" if chr(one).isspace() else stand_in for one in missing}
        )
    else:
        printed, _ = _printed(html, OwnFiles(folder, path))
    return printed


def _printed(html: str, files: OwnFiles) -> tuple[bytes, frozenset[int]]:
    """The PDF of a page, and the characters that none of the fonts here has."""
    document = HTML(string=html, base_url=BASE, url_fetcher=files).render(**UNIVERSAL)
    printed = document.write_pdf(**UNIVERSAL)
    return bytes(printed), frozenset(
        one for font in document.fonts.values() for one in font.missing
    )

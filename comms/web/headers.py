"""What every answer says to browsers: what a page may do, who may keep it, that nobody may frame it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Response

from comms.model.settings import Settings

_BARRED = "base-uri 'none'; frame-ancestors 'none'"
PAGE = f"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; {_BARRED}"
"""Pages of ours: no script at all (Content Security Policy Level 3)."""

KIT = f"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; {_BARRED}"
"""Spread kits have a script of their own that copies texts."""

DRAWING = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An SVG file is a document when it is opened by itself."""

_LETTER = re.compile(r"brev/[^/]+/(?!index\.html)[^/]+\.html")
_KIT = re.compile(r"sprid/(?:[^/]+/)*[^/]+\.html")

_LONG, _SHORT = "public, max-age=31536000, immutable", "public, max-age=300"
_NAMED_BY_BYTES = re.compile(r"media/[0-9a-f]{16,}\.\w+")
NOT_KEPT = "no-store"
"""Pages with a token or a seal are kept by nobody."""

_ALWAYS = {
    "Content-Security-Policy": PAGE,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cache-Control": NOT_KEPT,
}
_YEAR = "max-age=31536000"


def dress(answer: Response, settings: Settings) -> Response:
    """Say everything that the page itself has not said."""
    for name, value in _ALWAYS.items():
        answer.headers.setdefault(name, value)
    if settings.base_url.startswith("https://"):
        answer.headers["Strict-Transport-Security"] = _YEAR
    if answer.headers["Cache-Control"] == NOT_KEPT:
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers.pop("Set-Cookie", None)
    return answer


def dress_file(answer: Response, name: str, settings: Settings) -> Response:
    """What a file of the archive says: pictures may be shown in letters anywhere, so they are for all."""
    answer.headers["Cache-Control"] = _LONG if _NAMED_BY_BYTES.fullmatch(name) else _SHORT
    answer.headers["Content-Security-Policy"] = _policy(name, settings)
    if name.startswith("media/"):
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _policy(name: str, settings: Settings) -> str:
    if name.endswith(".svg"):
        return DRAWING
    if _LETTER.fullmatch(name):
        return _letter(settings)
    return KIT if _KIT.fullmatch(name) else PAGE


def _letter(settings: Settings) -> str:
    """A letter's copy on the web: styles on its elements, as in mail; nothing runs, and it is nobody's page.

    Its pictures have whole addresses below base_url, but for a logo that lies elsewhere.
    """
    logos = (settings.brand.logo, settings.brand.logo_dark)
    elsewhere = [_origin(logo) for logo in logos if logo.startswith("https://")]
    images = " ".join(dict.fromkeys(["'self'", "data:", _origin(settings.base_url), *elsewhere]))
    sandbox = "sandbox allow-popups allow-popups-to-escape-sandbox"
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src {images}; {_BARRED}; {sandbox}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

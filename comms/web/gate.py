"""What is refused before any page is asked: other hosts, odd paths, forms that somebody else's page sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Request, abort

from comms.model.office import Office
from comms.text.hosts import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 64 * 1024
"""Of a form. The longest that a person can fill in is some two thousand."""

MOST_FIELDS = 100
"""Of a form."""

_DISGUISED = re.compile(r"%(?:2f|5c|00)|\\|//", re.IGNORECASE)
"""A stroke that is no stroke: servers do not agree on what it means, and we have no use for it."""

_WHOLE = re.compile(r"^https?://[^/]*", re.IGNORECASE)
"""What stands before the path in the absolute form of a request (RFC 9112, 3.2.2)."""

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?")


def refuse_host(request: Request, office: Office) -> None:
    """Refuse names that are not ours (421, RFC 9110, 15.5.20): what is made here is for base_url alone.

    This machine's own names are let in: a proxy and a watcher may use them. Aborts with 400 or 421.
    """
    name = request.environ.get("HTTP_HOST", "")
    found = _HOST.fullmatch(name)
    if not found:
        abort(400)
    host = found[1].strip("[]").lower()
    ours = {urlsplit(office.settings.base_url).hostname, office.settings.web and office.settings.web.host}
    if host not in ours and not is_loopback(host):
        abort(421)


def refuse_disguise(request: Request) -> None:
    """Refuse paths that hide strokes or have empty parts: a page has one address. Aborts with 404."""
    raw = str(request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or "")
    asked = _WHOLE.sub("", raw.partition("?")[0])
    read = str(request.environ.get("PATH_INFO", ""))  # servers have taken strokes away from it
    if _DISGUISED.search(asked) or any(odd in read for odd in ("//", "\\", "\0")):
        abort(404)


def refuse_many(request: Request) -> None:
    """Refuse forms with more fields than any of ours. Aborts with 413."""
    fields = sum(len(values) for _, values in request.form.lists())
    if fields + len(request.files) > MOST_FIELDS:
        abort(413)


def refuse_foreign(request: Request, office: Office) -> None:
    """Refuse a form that somebody else's page sends (OWASP, Cross-Site Request Forgery). Aborts with 403.

    Our pages say `Referrer-Policy: no-referrer`, by which browsers send the origin of our own forms as
    `null` (Fetch, 3.2): it proves nothing, so then the form's seal decides. Old browsers tell neither.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)
    origin = request.headers.get("Origin", "null")
    if origin != "null" and origin.lower() not in _origins(request, office):
        abort(403)


def _origins(request: Request, office: Office) -> Iterable[str]:
    """Ours: base_url's; and this machine's own, when that is where the page was asked for."""
    base = urlsplit(office.settings.base_url)
    yield f"{base.scheme}://{base.netloc}".lower()
    host = request.environ.get("HTTP_HOST", "")
    if is_loopback((urlsplit(f"//{host}").hostname or "").lower()):
        yield f"http://{host}".lower()


class Below:
    """Takes the path of base_url off the path of a request, if it is there (PEP 3333, SCRIPT_NAME)."""

    def __init__(self, app: WSGIApplication, base_url: Callable[[], str]) -> None:
        """Stand before `app`; `base_url` is asked each time, for it may change."""
        self._app = app
        self._base_url = base_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request. A proxy in front may have taken the path off already."""
        folder = urlsplit(self._base_url()).path.rstrip("/")
        path = environ.get("PATH_INFO", "")
        if folder and path.startswith(f"{folder}/"):
            environ = {**environ, "SCRIPT_NAME": folder, "PATH_INFO": path[len(folder) :]}
        elif folder and path == folder:
            environ = {**environ, "SCRIPT_NAME": folder, "PATH_INFO": "/"}
        return self._app(environ, start_response)

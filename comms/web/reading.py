"""What is only read: the archive's files, the notices, and whether we are well."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, abort, request, send_file

from comms.app.served import PROOF, proof
from comms.errors import say
from comms.render import public_pages
from comms.render.addresses import SIGNUP_PATH
from comms.web.headers import NOT_KEPT, dress_file
from comms.web.visit import Visit, notice, page

_FOR_A_WHILE = "public, max-age=300"
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml",
    "zip": "application/zip",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}
_FEEDS = {
    "atom.xml": "application/atom+xml",
    "rss.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}
"""What feeds are called is what tells them (RFC 4287, 7; rssboard.org; jsonfeed.org/version/1.1)."""


def archive(visit: Visit, path: str = "") -> Response:
    """A file of the archive; a folder's page when its last stroke is missing; else that there is none."""
    found = visit.shown.find(path)
    if found:
        name, file = found
        answer = send_file(file, mimetype="application/octet-stream", conditional=True, etag=True)
        answer.headers["Content-Type"] = _type(name)  # as it stands: Werkzeug would add charsets
        return dress_file(answer, name, visit.office.settings)
    if visit.shown.has_folder(path):
        return to_folder(visit, path)
    if not path:
        words = say("Här samlas det som vi skickar ut. Ännu är ingenting utskickat.")
        return notice(
            visit,
            200,
            say("Välkommen till {name}", name=visit.office.settings.name),
            words,
            links=[(say("Prenumerera"), SIGNUP_PATH)],
        )
    return missing(visit)


def to_folder(visit: Visit, path: str) -> Response:
    """Lead on to a folder of ours; never anywhere else."""
    headers = {"Location": visit.url(f"{quote(path)}/"), "Cache-Control": _FOR_A_WHILE}
    return Response(status=301, headers=headers)


def missing(visit: Visit) -> Response:
    """The archive's own page of what is not there, or a notice."""
    found = visit.shown.find("404.html")
    if found:
        return page(found[1].read_bytes(), 404)
    words = say("Sidan kan ha flyttat, eller så är adressen felskriven.")
    return notice(visit, 404, say("Sidan finns inte"), words, links=[(say("Till första sidan"), "")])


def privacy(visit: Visit) -> Response:
    """What is known of persons, and what they may ask."""
    return page(public_pages.privacy_page(visit.office), kept=_FOR_A_WHILE)


def accessibility(visit: Visit) -> Response:
    """How accessible the pages are (Lag 2018:1937)."""
    return page(public_pages.accessibility_page(visit.office), kept=_FOR_A_WHILE)


def health(visit: Visit) -> Response:
    """That we answer; asked with `prov`, that it is we who do (comms/app/served.py)."""
    asked = request.args.get("prov")
    if asked is None:
        return Response(
            '{"ok": true}\n', headers={"Cache-Control": NOT_KEPT}, content_type="application/json"
        )
    if not PROOF.fullmatch(asked):
        abort(400)
    said = proof(visit.office.settings, asked)[0]
    return Response(said, headers={"Cache-Control": NOT_KEPT}, content_type="text/plain; charset=utf-8")


def _type(name: str) -> str:
    last = name.rpartition("/")[2]
    return _FEEDS.get(last) or _TYPES.get(last.rpartition(".")[2].lower(), "application/octet-stream")

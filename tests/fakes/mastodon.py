"""A Mastodon server on loopback, written from its documentation: media, statuses, keys, limits, an account.

(https://docs.joinmastodon.org/methods/, HTML as in app/lib/text_formatter.rb.) Its knobs: how many looks a
picture needs, whether keys are heeded, what the server's limits are, which scopes our key has.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.network import Fault, Network, Published, Reply, Request, Routes, error

if TYPE_CHECKING:
    import ssl

__all__ = ["ACCOUNT", "TOKEN", "Fault", "Mastodon"]

TOKEN = "token-as-made-by-hand"
ACCOUNT = "23634"
_SPECIAL = re.compile(r"(https?://(?:www\.)?)(\S+)|#(\w+)|@(\w+)@([\w.-]+)")


@dataclass
class Picture:
    """An uploaded picture; `looks` is how many times it must be asked about before it is ready."""

    content: bytes
    media_type: str
    description: str
    focus: str
    looks: int
    attached: bool = False


class Mastodon(Network):
    """The fake as tests use it."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen, with the limits of a server as it is installed."""
        super().__init__(tls)
        self.pictures: dict[str, Picture] = {}
        self.statuses: list[dict[str, Any]] = []
        self.keys: dict[str, dict[str, Any]] = {}
        self.looks = 0
        self.heeds_keys = True
        self.reads = True
        self.most_on_page = 40
        self.now: Callable[[], datetime] = lambda: datetime(2026, 12, 1, 8, 0, 30, tzinfo=UTC)
        self.limits: dict[str, Any] = {
            "statuses": {
                "max_characters": 500,
                "max_media_attachments": 4,
                "characters_reserved_per_url": 23,
            },
            "media_attachments": {
                "supported_mime_types": ["image/jpeg", "image/png", "image/webp", "video/mp4"],
                "description_limit": 1500,
                "image_size_limit": 16_777_216,
                "image_matrix_limit": 33_177_600,
            },
        }

    def date(self) -> str:
        """By its own clock."""
        return format_datetime(self.now().astimezone(UTC), usegmt=True)

    def routes(self) -> Routes:
        """What of the API we use."""
        return {
            ("GET", "/api/v2/instance"): lambda _: (200, {}, {"title": "x", "configuration": self.limits}),
            ("GET", "/api/v1/accounts/verify_credentials"): self._me,
            ("GET", rf"/api/v1/accounts/{ACCOUNT}/statuses"): self._list,
            ("POST", "/api/v2/media"): self._picture,
            ("GET", r"/api/v1/media/(\w+)"): self._look,
            ("POST", "/api/v1/statuses"): self._status,
        }

    def refusal(self, request: Request) -> Reply | None:
        """A key is wanted of all but those who ask for the limits."""
        ours = request.headers.get("Authorization") == f"Bearer {TOKEN}"
        if ours or request.path == "/api/v2/instance":
            return None
        return error(401, "The access token is invalid")

    def posts(self) -> list[Published]:
        """The account's statuses."""
        return [self._published(status) for status in self.statuses]

    def add(self, text: str, at: datetime, **more: Any) -> str:  # noqa: ANN401 - any field of a status
        """A status that stands there already; gives its id."""
        return str(self._keep({"status": text, "media_ids": [], **more}, at)["id"])

    def _published(self, status: dict[str, Any]) -> Published:
        shown = [self.pictures[number] for number in status["media_ids"]]
        return Published(
            status["status"],
            tuple((picture.content, picture.description) for picture in shown),
            status["id"],
            status.get("in_reply_to_id") or "",
            status,
        )

    def _picture(self, request: Request) -> Reply:
        form = request.form
        file = form["file"]
        if file.media_type not in self.limits["media_attachments"]["supported_mime_types"]:
            return error(422, "Validation failed: File content type is invalid")
        text = form["description"].text if "description" in form else ""
        focus = form["focus"].text if "focus" in form else ""
        if len(text) > self.limits["media_attachments"]["description_limit"]:
            return error(422, "Validation failed: Description is too long")
        number = str(100 + len(self.pictures))
        picture = Picture(file.content, file.media_type, text, focus, self.looks)
        self.pictures[number] = picture
        return (202 if picture.looks else 200), {}, {"id": number, "url": None if picture.looks else "x"}

    def _look(self, request: Request) -> Reply:
        (number,) = request.found
        picture = self.pictures.get(number)
        # Attached pictures are not to be seen here, so this is no way to ask whether a post went out.
        if picture is None or picture.attached:
            return error(404, "Record not found")
        picture.looks -= 1
        ready = picture.looks <= 0
        return (200 if ready else 206), {}, {"id": number, "url": "x" if ready else None}

    def _status(self, request: Request) -> Reply:
        key = request.headers.get("Idempotency-Key", "")
        if self.heeds_keys and key in self.keys:
            return 200, {}, self.keys[key]
        wanted = request.json
        # As Mastodon counts: an address is 23 characters however long it is.
        counted = re.sub(r"https?://\S+", "x" * 23, wanted["status"]) + wanted.get("spoiler_text", "")
        most, pictures = (
            self.limits["statuses"][name] for name in ("max_characters", "max_media_attachments")
        )
        if len(counted) > most or len(wanted["media_ids"]) > pictures:
            return error(422, f"Validation failed: Text character limit of {most} exceeded")
        if any(number not in self.pictures for number in wanted["media_ids"]):
            return error(422, "Validation failed: Media not found")
        parent = wanted.get("in_reply_to_id")
        if parent and all(status["id"] != parent for status in self.statuses):
            return error(404, "Record not found")
        for number in wanted["media_ids"]:
            self.pictures[number].attached = True
        status = self._keep(wanted, self.now())
        if key:
            self.keys[key] = status
        return 200, {}, status

    def _keep(self, wanted: dict[str, Any], at: datetime) -> dict[str, Any]:
        number = str(9000 + len(self.statuses))
        status = {
            "spoiler_text": "",
            "in_reply_to_id": None,
            **wanted,
            "id": number,
            "url": f"https://social.example/@leader/{number}",
            "content": as_html(wanted["status"]),
            "created_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        }
        self.statuses.append(status)
        return status

    def _me(self, _: Request) -> Reply:
        return (200, {}, {"id": ACCOUNT, "username": "leader"}) if self.reads else _out_of_scope()

    def _list(self, request: Request) -> Reply:
        if not self.reads:
            return _out_of_scope()
        before = int(request.query.get("max_id", "999999"))
        newest = [status for status in reversed(self.statuses) if int(status["id"]) < before]
        return 200, {}, newest[: min(int(request.query.get("limit", "20")), self.most_on_page)]


def as_html(text: str) -> str:
    """A text as Mastodon shows it: addresses with their ends hidden, mentions without their server."""
    linked = _SPECIAL.sub(_linked, html.escape(text, quote=False))
    paragraphs = (paragraph.replace("\n", "<br />") for paragraph in re.split(r"\n\n+", linked))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _linked(found: re.Match[str]) -> str:
    start, rest, tag, name, server = found.groups()
    if tag:
        return f'<a href="/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
    if name:
        return f'<span class="h-card"><a href="https://{server}/@{name}">@<span>{name}</span></a></span>'
    return (
        f'<a href="{start}{rest}" rel="nofollow noopener"><span class="invisible">{start}</span>'
        f'<span class="{"ellipsis" if rest[30:] else ""}">{rest[:30]}</span>'
        f'<span class="invisible">{rest[30:]}</span></a>'
    )


def _out_of_scope() -> Reply:
    return error(403, "This action is outside the authorized scopes")

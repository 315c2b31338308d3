"""Facebook's Graph API for one Page on loopback, written from its documentation.

Stricter than the real one, which ignores parameters that it does not know: here they are a fault of ours.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.fakes.network import Network, Published, Reply, Request, Routes

if TYPE_CHECKING:
    import ssl

TOKEN = "sidans-nyckel"
SECRET = "appens-hemlighet"
PAGE = "1060001"
VERSION = "v26.0"

_ALWAYS = {"appsecret_proof"}
_FEED = {"message", "link", "published", "scheduled_publish_time", "unpublished_content_type"}
_PHOTO = {"source", "published", "temporary", "alt_text_custom"}
_LIST = {"fields", "limit", "since", "after"}
_LONGEST = 63_206
_HEAVIEST = 4_000_000


@dataclass
class Photo:
    """An uploaded picture; nobody sees it until a post has it."""

    content: bytes
    media_type: str
    alt: str
    temporary: bool
    attached: bool = False


@dataclass
class Entry:
    """A post or a comment. `at` is when it is published, also when that is still to come."""

    id: str
    message: str
    created: datetime
    at: datetime
    link: str = ""
    photos: list[str] = field(default_factory=list)
    parent: str = ""

    def told(self, wanted: str) -> dict[str, Any]:
        """The fields that were asked for; `id` always comes."""
        known = {
            "message": self.message,
            "created_time": self.created.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{self.id.rpartition('_')[2]}",
        }
        return {"id": self.id, **{name: known[name] for name in wanted.split(",") if name in known}}


class Facebook(Network):
    """The fake. `now` is its clock; with `proofs` every call must prove that it knows the app's secret."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Begin with an empty Page."""
        super().__init__(tls)
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.proofs = False
        self.page = 100
        self.photos: dict[str, Photo] = {}
        self.entries: list[Entry] = []

    def date(self) -> str:
        """By its own clock."""
        return format_datetime(self.now().astimezone(UTC), usegmt=True)

    def routes(self) -> Routes:
        """What it answers to."""
        at = f"/{VERSION}"
        return {
            ("POST", f"{at}/{PAGE}/photos"): self._photo,
            ("POST", f"{at}/{PAGE}/feed"): self._feed,
            ("GET", f"{at}/{PAGE}/published_posts"): lambda asked: self._list(asked, self._published()),
            ("GET", f"{at}/{PAGE}/scheduled_posts"): lambda asked: self._list(asked, self.scheduled()),
            ("POST", rf"{at}/({PAGE}_\d+)/comments"): self._comment,
            ("GET", rf"{at}/({PAGE}_\d+)/comments"): self._comments,
            ("GET", rf"{at}/(\d+_\d+)"): self._show,
        }

    def refusal(self, request: Request) -> Reply | None:
        """A wrong key, a missing proof, or a key where everybody can read it."""
        asked = request.query
        given = {
            **asked,
            **{name: part.text for name, part in self._form(request).items() if name != "source"},
        }
        if "access_token" in given:
            return graph_error(100, "The fake takes no key in an address or a form")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return graph_error(190, "Invalid OAuth access token.")
        proof = hmac.new(SECRET.encode(), TOKEN.encode(), sha256).hexdigest()
        if self.proofs and given.get("appsecret_proof") != proof:
            return graph_error(100, "API calls from the server require an appsecret_proof argument")
        return None

    def posts(self) -> list[Published]:
        """Posts and comments that all can see."""
        seen = [entry for entry in self.entries if entry.at <= self.now()]
        return [
            Published(
                entry.message,
                tuple((self.photos[photo].content, self.photos[photo].alt) for photo in entry.photos),
                entry.id,
                entry.parent,
                {"link": entry.link},
            )
            for entry in seen
        ]

    def scheduled(self) -> list[Entry]:
        """Posts that wait for their time."""
        return [entry for entry in self.entries if not entry.parent and entry.at > self.now()]

    def _published(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.parent and entry.at <= self.now()]

    def _form(self, request: Request) -> Mapping[str, Any]:
        return request.form if request.method == "POST" else {}

    def _photo(self, request: Request) -> Reply:
        form = request.form
        if unknown := set(form) - _PHOTO - _ALWAYS:
            return _unknown(unknown)
        source = form["source"]
        if source.media_type not in {"image/jpeg", "image/png"} or len(source.content) > _HEAVIEST:
            return graph_error(324, "Missing or invalid image file", subcode=1366046)
        if form["published"].text != "false":
            return graph_error(100, "The fake wants pictures unpublished")
        number = str(500 + len(self.photos))
        alt = form["alt_text_custom"].text if "alt_text_custom" in form else ""
        self.photos[number] = Photo(source.content, source.media_type, alt, "temporary" in form)
        return 200, {}, {"id": number}

    def _feed(self, request: Request) -> Reply:
        form = {name: part.text for name, part in request.form.items()}
        media = [name for name in form if name.startswith("attached_media[")]
        if unknown := set(form) - _FEED - _ALWAYS - set(media):
            return _unknown(unknown)
        message, photos = form.get("message", ""), [json.loads(form[name])["media_fbid"] for name in media]
        if media != [f"attached_media[{number}]" for number in range(len(media))]:
            return graph_error(100, "(#100) Param attached_media must be an array")
        if any(photo not in self.photos or self.photos[photo].attached for photo in photos):
            return graph_error(100, "(#100) Media not found", subcode=33)
        if len(message) > _LONGEST or not (message or photos or "link" in form):
            return graph_error(100, "(#100) Missing or invalid message")
        return self._put(Entry("", message, self.now(), self.now(), form.get("link", ""), photos), form)

    def _put(self, entry: Entry, form: Mapping[str, str]) -> Reply:
        at = self._time(form)
        if at is None:
            return graph_error(
                100, "(#100) The specified scheduled publish time is invalid.", subcode=1363047
            )
        latest = self.entries[-1] if self.entries else None
        if latest is not None and not latest.parent and latest.message == entry.message:
            return graph_error(506, "Duplicate status message", user="This status update is identical")
        for photo in entry.photos:
            self.photos[photo].attached = True
        entry.at, entry.id = at, self._number(PAGE)
        self.entries.append(entry)
        return 200, {}, {"id": entry.id}

    def _time(self, form: Mapping[str, str]) -> datetime | None:
        now = self.now()
        if "scheduled_publish_time" not in form:
            return now if form.get("published", "true") == "true" else None
        at = datetime.fromtimestamp(int(form["scheduled_publish_time"]), UTC)
        fits = now + timedelta(minutes=10) <= at <= now + timedelta(days=30)
        told = form.get("published") == "false" and form.get("unpublished_content_type") == "SCHEDULED"
        return at if fits and told else None

    def _comment(self, request: Request) -> Reply:
        (parent,) = request.found
        if unknown := set(request.form) - {"message"} - _ALWAYS:
            return _unknown(unknown)
        if parent not in {entry.id for entry in self._published()}:
            return graph_error(100, "Unsupported post request. Object does not exist", subcode=33)
        entry = Entry(
            self._number(parent.rpartition("_")[2]),
            request.form["message"].text,
            self.now(),
            self.now(),
            parent=parent,
        )
        self.entries.append(entry)
        return 200, {}, {"id": entry.id}

    def _comments(self, request: Request) -> Reply:
        (parent,) = request.found
        return self._list(request, [entry for entry in self.entries if entry.parent == parent])

    def _list(self, request: Request, entries: list[Entry]) -> Reply:
        """Newest first, a page at a time; a page's address has the key in it, as the real one's has."""
        asked = request.query
        if unknown := set(asked) - _LIST - _ALWAYS:
            return _unknown(unknown)
        since = datetime.fromtimestamp(int(asked.get("since", "0")), UTC)
        kept = [entry for entry in reversed(entries) if entry.created >= since]
        start, size = int(asked.get("after", "0")), min(int(asked.get("limit", "25")), self.page)
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + size)}}
        if start + size < len(kept):
            paging["next"] = f"{self.url}{request.path}?access_token={TOKEN}&after={start + size}"
        page = [entry.told(asked.get("fields", "")) for entry in kept[start : start + size]]
        return 200, {}, {"data": page, "paging": paging} if page else {"data": []}

    def _show(self, request: Request) -> Reply:
        found = [entry for entry in self.entries if entry.id == request.found[0]]
        if not found:
            return graph_error(100, "Unsupported get request. Object does not exist", subcode=33)
        return 200, {}, found[0].told(request.query.get("fields", ""))

    def _number(self, owner: str) -> str:
        return f"{owner}_{9000 + len(self.entries)}"


def graph_error(code: int, words: str, *, subcode: int = 0, status: int = 400, user: str = "") -> Reply:
    """A no, as Meta says it (docs/graph-api/guides/error-handling)."""
    error: dict[str, Any] = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "Abc"}
    if subcode:
        error["error_subcode"] = subcode
    if user:
        error["error_user_msg"] = user
    return status, {}, {"error": error}


def _unknown(names: set[str]) -> Reply:
    return graph_error(100, f"The fake knows no parameters {sorted(names)}")

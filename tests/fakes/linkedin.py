"""LinkedIn's API for one page on loopback, written from its documentation: images, posts, comments.

It cuts a text at the first reserved character that is not escaped and answers 201, as the real one does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.fakes.network import Network, Published, Reply, Request, Routes

if TYPE_CHECKING:
    import ssl

TOKEN = "medlemmens-nyckel"
ORGANIZATION = "5515715"
AUTHOR = f"urn:li:organization:{ORGANIZATION}"
VERSIONS = frozenset({"202606", "202607"})

_LONGEST = 3000
_MOST = 20
_PIECE = re.compile(
    r"\\(?P<escaped>.)|\{hashtag\|\\#\|(?P<tag>(?:\\.|[^\\|{}@\[\]()<>#*_~])+)\}"
    r"|(?P<plain>#\w+|[^\\|{}@\[\]()<>#*_~])",
    re.DOTALL,
)
_NEEDED = {"author", "commentary", "visibility", "distribution", "lifecycleState"}
_POST = _NEEDED | {"isReshareDisabledByAuthor", "content"}
_CONTENT = {
    "media": {"id", "altText", "title"},
    "multiImage": {"images", "altText"},
    "article": {"source", "title", "description", "thumbnail", "thumbnailAltText"},
}


@dataclass
class Image:
    """An uploaded picture; `looks` is how many times it must be asked about before it is ready."""

    looks: int
    content: bytes = b""


class LinkedIn(Network):
    """The fake. `now` is its clock; without `may_read` the key may only write."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Begin with an empty page."""
        super().__init__(tls)
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.may_read = True
        self.looks = 1
        self.images: dict[str, Image] = {}
        self.made: list[dict[str, Any]] = []
        self.ghosts: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []

    def date(self) -> str:
        """By its own clock."""
        return format_datetime(self.now().astimezone(UTC), usegmt=True)

    def routes(self) -> Routes:
        """What it answers to."""
        return {
            ("POST", "/rest/images"): self._begin,
            ("PUT", r"/dms-uploads/(\d+)"): self._upload,
            ("GET", r"/rest/images/(urn:li:image:\d+)"): self._image,
            ("POST", "/rest/posts"): self._post,
            ("GET", "/rest/posts"): self._find,
            ("GET", r"/rest/posts/(urn:li:share:\d+)"): self._show,
            ("POST", r"/rest/socialActions/(urn:li:share:\d+)/comments"): self._comment,
            ("GET", r"/rest/socialActions/(urn:li:share:\d+)/comments"): self._comments,
        }

    def refusal(self, request: Request) -> Reply | None:
        """A wrong key, no version, a version that is retired, a URN that is not encoded."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return no(401, "INVALID_ACCESS_TOKEN", "Invalid access token")
        if request.path.startswith("/dms-uploads/"):
            return None
        version = request.headers.get("LinkedIn-Version", "")
        reads = request.method == "GET" and "/images/" not in request.path
        faults = [
            (not version, no(400, "VERSION_MISSING", "A version must be present.")),
            (version not in VERSIONS, no(426, "NONEXISTENT_VERSION", f"Version {version}01 is not active")),
            (
                request.headers.get("X-Restli-Protocol-Version") != "2.0.0",
                no(400, "BAD_REQUEST", "Invalid protocol version"),
            ),
            (
                ":" in urlsplit(request.target).path,
                no(400, "ILLEGAL_ARGUMENT", "Syntax exception in path variables"),
            ),
            (reads and not self.may_read, no(403, "ACCESS_DENIED", "Not enough permissions: posts.GET")),
        ]
        return next((reply for wrong, reply in faults if wrong), None)

    def posts(self) -> list[Published]:
        """Posts and comments, as readers see them."""
        return [
            *(Published(shown(post["commentary"]), self._pictures(post), post["id"]) for post in self.made),
            *(
                Published(each["message"]["text"], (), each["commentUrn"], each["object"])
                for each in self.comments
            ),
        ]

    def delete(self, urn: str) -> None:
        """Take a post away: the same text stays refused for a while, and nobody can see why."""
        self.ghosts += [post for post in self.made if post["id"] == urn]
        self.made = [post for post in self.made if post["id"] != urn]

    def _pictures(self, post: Mapping[str, Any]) -> tuple[tuple[bytes, str], ...]:
        content = post.get("content", {})
        shown = content.get("multiImage", {}).get("images", [content["media"]] if "media" in content else [])
        return tuple((self.images[each["id"]].content, each.get("altText", "")) for each in shown)

    def _begin(self, request: Request) -> Reply:
        if request.query != {"action": "initializeUpload"}:
            return no(400, "ILLEGAL_ARGUMENT", "Unknown action")
        if request.json != {"initializeUploadRequest": {"owner": AUTHOR}}:
            return no(403, "ACCESS_DENIED", "Not the owner")
        number = str(700 + len(self.images))
        self.images[f"urn:li:image:{number}"] = Image(self.looks)
        url = f"{self.url}/dms-uploads/{number}?token=x"
        return 200, {}, {"value": {"uploadUrl": url, "image": f"urn:li:image:{number}"}}

    def _upload(self, request: Request) -> Reply:
        self.images[f"urn:li:image:{request.found[0]}"].content = request.body
        return 201, {}, b""

    def _image(self, request: Request) -> Reply:
        image = self.images[request.found[0]]
        if not image.content:
            return 200, {}, {"status": "WAITING_UPLOAD", "id": request.found[0]}
        image.looks -= 1
        return 200, {}, {"status": "PROCESSING" if image.looks > 0 else "AVAILABLE", "id": request.found[0]}

    def _post(self, request: Request) -> Reply:
        wanted = request.json
        told = self._fault(wanted)
        if told:
            return no(400, "ILLEGAL_ARGUMENT", told)
        if wanted["author"] != AUTHOR:
            return no(403, "ACCESS_DENIED", "Field Value validation failed in REQUEST_BODY: author")
        kept = read(wanted["commentary"])
        twin = next((old for old in (*self.made, *self.ghosts) if old["commentary"] == kept), None)
        if twin is not None:
            return duplicate(twin["id"])
        at = int(self.now().timestamp() * 1000)
        urn = f"urn:li:share:{9000 + len(self.made) + len(self.ghosts)}"
        dated = {"createdAt": at, "publishedAt": at, "lastModifiedAt": at}
        self.made.append({**wanted, "commentary": kept, "id": urn, **dated})
        return 201, {"x-restli-id": urn}, b""

    def _fault(self, wanted: dict[str, Any]) -> str:
        if set(wanted) - _POST or _NEEDED - set(wanted):
            return f"unpermitted or missing fields {sorted(set(wanted) ^ _NEEDED)}"
        if len(wanted["commentary"].encode("utf-16-le")) // 2 > _LONGEST:
            return "commentary is too long"
        return self._content_fault(wanted.get("content"))

    def _content_fault(self, content: dict[str, Any] | None) -> str:
        if content is None:
            return ""
        kinds = list(content)
        if len(kinds) != 1 or kinds[0] not in _CONTENT or set(content[kinds[0]]) - _CONTENT[kinds[0]]:
            return f"content {content}"
        inside = content[kinds[0]]
        images = inside.get("images", [inside] if kinds[0] == "media" else [])
        if kinds[0] == "multiImage" and not 2 <= len(images) <= _MOST:
            return "multiImage wants 2 to 20 images"
        used = [each["id"] for each in images] + ([inside["thumbnail"]] if "thumbnail" in inside else [])
        ready = all(urn in self.images and self.images[urn].looks <= 0 for urn in used)
        return "" if ready else "an image is not AVAILABLE"

    def _find(self, request: Request) -> Reply:
        if request.headers.get("X-RestLi-Method") != "FINDER":
            return no(400, "ILLEGAL_ARGUMENT", "X-RestLi-Method: FINDER is wanted")
        asked = request.query
        known = {"q", "author", "count", "start", "sortBy"}
        if set(asked) - known or asked.get("q") != "author" or asked.get("author") != AUTHOR:
            return no(400, "ILLEGAL_ARGUMENT", f"Query {asked}")
        found = list(reversed(self.made))
        return self._page(request, found)

    def _page(self, request: Request, found: list[dict[str, Any]]) -> Reply:
        start, count = int(request.query.get("start", "0")), int(request.query.get("count", "10"))
        page = found[start : start + min(count, 100)]
        return 200, {}, {"paging": {"start": start, "count": count, "links": []}, "elements": page}

    def _show(self, request: Request) -> Reply:
        found = [post for post in self.made if post["id"] == request.found[0]]
        return (200, {}, found[0]) if found else no(404, "NOT_FOUND", "Entity not found")

    def _comment(self, request: Request) -> Reply:
        wanted, (parent,) = request.json, request.found
        if set(wanted) != {"actor", "object", "message"} or set(wanted["message"]) != {"text"}:
            return no(400, "ILLEGAL_ARGUMENT", "Unpermitted fields")
        if wanted["actor"] != AUTHOR or wanted["object"] != parent:
            return no(403, "ACCESS_DENIED", "actor or object")
        if parent not in {post["id"] for post in self.made}:
            return no(404, "NOT_FOUND", "No such post")
        number = str(300 + len(self.comments))
        made = {
            **wanted,
            "id": number,
            "commentUrn": f"urn:li:comment:({parent},{number})",
            "created": {"actor": AUTHOR, "time": int(self.now().timestamp() * 1000)},
        }
        self.comments.append(made)
        return 201, {"x-restli-id": number}, made

    def _comments(self, request: Request) -> Reply:
        return self._page(request, [each for each in self.comments if each["object"] == request.found[0]])


def read(commentary: str) -> str:
    """What LinkedIn keeps of a text: all of it until a reserved character that is not escaped."""
    at = 0
    while found := _PIECE.match(commentary, at):
        at = found.end()
    return commentary[:at]


def shown(commentary: str) -> str:
    """A text as readers see it."""
    parts = []
    for found in _PIECE.finditer(commentary):
        tag = found["tag"]
        parts.append("#" + re.sub(r"\\(.)", r"\1", tag) if tag else found["escaped"] or found["plain"])
    return "".join(parts)


def no(status: int, code: str, words: str) -> Reply:
    """A no, as LinkedIn says it."""
    return status, {}, {"status": status, "code": code, "message": words}


def duplicate(urn: str) -> Reply:
    """The answer to a text that is there already; it names the post that has it."""
    return (
        422,
        {},
        {
            "status": 422,
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": f"BadRequestResponseException: Content is a duplicate of {urn}",
            "errorDetails": {
                "inputErrors": [
                    {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
                ]
            },
        },
    )

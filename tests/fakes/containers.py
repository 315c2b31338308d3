"""What the fakes of Instagram and Threads share: containers that are made, get ready, are published, expire.

Written from Meta's documentation. Where that is silent the fake does the worst: a container that is
published twice becomes two posts.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from urllib.error import URLError
from urllib.request import urlopen

from tests.fakes.network import Network, Published, Reply, Request, Routes

ACCOUNT = "17841400000000001"
TOKEN = "EAAB-nyckel-som-ingen-far-se"


@dataclass
class Container:
    """A container. `looks`: how many times it must be asked about before it is ready."""

    fields: Mapping[str, str]
    looks: int
    pictures: tuple[tuple[bytes, str], ...] = ()
    state: str = "IN_PROGRESS"
    why: str = ""


@dataclass
class Post:
    """A post of the account's."""

    id: str
    text: str
    pictures: tuple[tuple[bytes, str], ...]
    fields: Mapping[str, str]
    parent: str
    at: datetime

    @property
    def stamp(self) -> str:
        """When it was published, as Meta writes it."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%S+0000")


class Containers(Network):
    """The fake. `looks` is what new containers get; `broken` becomes of them instead of being ready."""

    version: str
    make: str
    publish: str
    state: str
    why: str
    text: str
    longest: int
    site: str

    def __init__(self) -> None:
        """Begin with an empty account."""
        super().__init__()
        self.containers: dict[str, Container] = {}
        self.published: list[Post] = []
        self.keys = {TOKEN}
        self.looks = 0
        self.broken = ""
        self.hidden = False  # the list of posts lags behind
        self.page = 25  # entries of a list, at most
        self.now: Callable[[], datetime] = lambda: datetime(2026, 12, 1, 8, 0, 5, tzinfo=UTC)
        self._number = count(18_000_000_000_000_001)

    @abstractmethod
    def unfit(self, fields: Mapping[str, str], pictures: tuple[tuple[bytes, str], ...]) -> Reply | None:
        """Why the network would not make a container."""

    def routes(self) -> Routes:
        """Containers, publishing, the account's posts, and each thing by its id."""
        base = f"/{self.version}"
        return {
            ("POST", f"{base}/{ACCOUNT}/{self.make}"): self._make,
            ("POST", f"{base}/{ACCOUNT}/{self.publish}"): self._publish,
            ("GET", f"{base}/{ACCOUNT}/{self.make}"): self._list,
            ("GET", rf"{base}/(\d+)"): self._show,
        }

    def refusal(self, request: Request) -> Reply | None:
        """No key, a wrong key, or one where it may be logged."""
        if "access_token" in request.query:
            return graph_error(400, 100, words="a key in an address")
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return None if given in self.keys else graph_error(400, 190, 463, "Session has expired")

    def posts(self) -> list[Published]:
        """What stands on the account."""
        return [
            Published(post.text, post.pictures, post.id, post.parent, dict(post.fields))
            for post in self.published
        ]

    def row(self, post: Post) -> dict[str, object]:
        """A post as it is told of."""
        row: dict[str, object] = {"id": post.id, "timestamp": post.stamp}
        row[self.text] = post.text
        row["permalink"] = f"{self.site}/{post.id}/"
        if post.parent:
            row["replied_to"] = {"id": post.parent}
        return row

    def number(self) -> str:
        """An id that nothing has."""
        return str(next(self._number))

    def _make(self, request: Request) -> Reply:
        fields = {name: field.text for name, field in request.form.items()}
        pictures: tuple[tuple[bytes, str], ...] = ()
        if "image_url" in fields:
            content = _fetched(fields["image_url"])
            if content is None:
                return graph_error(400, 9004, 2207052, "The media could not be fetched from this URI")
            pictures = ((content, fields.get("alt_text", "")),)
        if fields.get("media_type") == "CAROUSEL":
            children = [self.containers.get(number) for number in fields["children"].split(",")]
            if not 2 <= len(children) <= 10 or not all(
                child and child.state == "FINISHED" and child.fields.get("is_carousel_item") == "true"
                for child in children
            ):
                return graph_error(400, 100, 2207027, "A child is not ready")
            pictures = tuple(child.pictures[0] for child in children if child)
        refused = self.unfit(fields, pictures)
        if refused is not None:
            return refused
        if len(fields.get(self.text, "")) > self.longest:
            return graph_error(400, 36004, 2207010, "The text was too long")
        number = self.number()
        self.containers[number] = Container(fields, self.looks, pictures)
        return 200, {}, {"id": number}

    def _show(self, request: Request) -> Reply:
        number = request.found[0]
        container = self.containers.get(number)
        if container is not None:
            return 200, {}, self._stands(number, container)
        post = next((post for post in self.published if post.id == number), None)
        if post is None:
            return graph_error(400, 100, 33, "Unsupported get request. Object does not exist")
        return 200, {}, self.row(post)

    def _stands(self, number: str, container: Container) -> dict[str, object]:
        if container.state == "IN_PROGRESS":
            container.looks -= 1
            if container.looks < 0:
                container.state = "ERROR" if self.broken else "FINISHED"
                container.why = self.broken
        return {self.state: container.state, self.why: container.why, "id": number}

    def _publish(self, request: Request) -> Reply:
        number = request.form["creation_id"].text
        container = self.containers.get(number)
        if container is None or container.state in {"EXPIRED", "ERROR"}:
            return graph_error(400, 24, 2207008, "The media builder does not exist or has expired")
        if container.state == "IN_PROGRESS":
            return graph_error(400, 9007, 2207027, "The media is not ready for publishing")
        container.state = "PUBLISHED"
        fields = container.fields
        text, parent = fields.get(self.text, ""), fields.get("reply_to_id", "")
        post = Post(self.number(), text, container.pictures, fields, parent, self.now())
        self.published.append(post)
        return 200, {}, {"id": post.id}

    def _list(self, request: Request) -> Reply:
        return self.paged(request, self.rows(parents=False))

    def paged(self, request: Request, rows: list[dict[str, object]]) -> Reply:
        """A page of a list; the address of the next has the key in it, as the real one's has."""
        start = int(request.query.get("after", "0"))
        end = start + min(int(request.query.get("limit", "25")), self.page)
        paging: dict[str, object] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(rows):
            paging["next"] = f"{self.url}{request.path}?access_token={TOKEN}&after={end}"
        return 200, {}, {"data": rows[start:end], "paging": paging}

    def rows(self, *, parents: bool) -> list[dict[str, object]]:
        """Posts, or replies, the newest first."""
        seen = [] if self.hidden else [post for post in self.published if bool(post.parent) is parents]
        return [self.row(post) for post in reversed(seen)]


def graph_error(status: int, code: int, subcode: int = 0, words: str = "") -> Reply:
    """A no, as Meta says it."""
    error: dict[str, object] = {"message": words, "type": "OAuthException", "code": code}
    if subcode:
        error["error_subcode"] = subcode
    return status, {}, {"error": error}


def _fetched(url: str) -> bytes | None:
    """The bytes at an address, as Meta's crawler would have them."""
    assert url.startswith("http://127.0.0.1:")
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - on loopback, as asserted
            content: bytes = answer.read()
            return content
    except URLError:
        return None

"""Instagram's content publishing on loopback, written from its documentation; see `containers`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.containers import ACCOUNT, TOKEN, Containers, Post, graph_error
from tests.fakes.network import Published, Reply, Request, Routes

__all__ = ["ACCOUNT", "TOKEN", "Instagram"]

_JPEG = b"\xff\xd8\xff"


class Instagram(Containers):
    """The fake. `quota` is how many posts were published today, of `most`."""

    version = "v26.0"
    make, publish = "media", "media_publish"
    state, why, text = "status_code", "status", "caption"
    longest = 2200
    site = "https://www.instagram.example/p"

    def __init__(self) -> None:
        """Begin with an empty account."""
        super().__init__()
        self.quota, self.most = 0, 50
        self.comments: list[Post] = []

    def routes(self) -> Routes:
        """Also the quota and comments."""
        base = f"/{self.version}"
        return {
            ("GET", f"{base}/{ACCOUNT}/content_publishing_limit"): self._limit,
            ("POST", rf"{base}/(\d+)/comments"): self._comment,
            ("GET", rf"{base}/(\d+)/comments"): self._comments,
            **super().routes(),
        }

    def posts(self) -> list[Published]:
        """Posts, and comments after them."""
        below = [Published(comment.text, (), comment.id, comment.parent) for comment in self.comments]
        return super().posts() + below

    def unfit(self, fields: Mapping[str, str], pictures: tuple[tuple[bytes, str], ...]) -> Reply | None:
        """Instagram takes no text alone, and JPEG alone."""
        del fields
        if not pictures:
            return graph_error(400, 100, 2207023, "The media type is unknown")
        for content, alt in pictures:
            if not content.startswith(_JPEG):
                return graph_error(400, 36001, 2207005, "The image format is not supported")
            if len(alt) > 1000:
                return graph_error(400, 100, words="alt_text is too long")
        return None

    def _limit(self, request: Request) -> Reply:
        del request
        config = {"quota_total": self.most, "quota_duration": 86400}
        return 200, {}, {"data": [{"quota_usage": self.quota, "config": config}]}

    def _comment(self, request: Request) -> Reply:
        parent = request.found[0]
        if not any(post.id == parent for post in self.published):
            return graph_error(400, 100, 33, "Unsupported post request. Object does not exist")
        comment = Post(self.number(), request.form["message"].text, (), {}, parent, self.now())
        self.comments.append(comment)
        return 200, {}, {"id": comment.id}

    def _comments(self, request: Request) -> Reply:
        below = [comment for comment in self.comments if comment.parent == request.found[0]]
        rows: list[dict[str, object]] = [
            {"id": one.id, "text": one.text, "timestamp": one.stamp} for one in reversed(below)
        ]
        return self.paged(request, [] if self.hidden else rows)

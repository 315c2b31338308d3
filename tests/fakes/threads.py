"""Threads' publishing on loopback, written from its documentation; see `containers`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.fakes.containers import ACCOUNT, TOKEN, Containers, graph_error
from tests.fakes.network import Reply, Request, Routes

__all__ = ["ACCOUNT", "TOKEN", "Threads"]

RENEWED = "THAA-fornyad-nyckel-som-ingen-far-se"
_RENEWAL = "/refresh_access_token"


class Threads(Containers):
    """The fake.

    `needs_query`: keys are renewed only as documented, with the key in the query. `keeps_old`: an old key
    goes on to work; whether it does is not documented.
    """

    version = "v1.0"
    make, publish = "threads", "threads_publish"
    state, why, text = "status", "error_message", "text"
    longest = 500
    site = "https://www.threads.example/@leader/post"

    def __init__(self) -> None:
        """Begin with an empty account."""
        super().__init__()
        self.needs_query = self.keeps_old = False
        self.renewed = 0

    def routes(self) -> Routes:
        """Also replies and the renewal of keys."""
        return {
            ("GET", f"/{self.version}/{ACCOUNT}/replies"): self._replies,
            ("GET", _RENEWAL): self._renew,
            **super().routes(),
        }

    def refusal(self, request: Request) -> Reply | None:
        """A renewal looks at its key itself."""
        return None if request.path == _RENEWAL else super().refusal(request)

    def unfit(self, fields: Mapping[str, str], pictures: tuple[tuple[bytes, str], ...]) -> Reply | None:
        """A text of its own must have words, and at most five links."""
        del pictures
        if len(set(re.findall(r"https?://\S+", fields.get("text", "")))) > 5:
            return graph_error(400, 100, words="THREADS_API__LINK_LIMIT_EXCEEDED")
        if fields["media_type"] == "TEXT" and not fields.get("text"):
            return graph_error(400, 100, words="text is required")
        parent = fields.get("reply_to_id")
        if parent and not any(post.id == parent for post in self.published):
            return graph_error(400, 100, words="reply_to_id does not exist")
        return None

    def _replies(self, request: Request) -> Reply:
        return self.paged(request, self.rows(parents=True))

    def _renew(self, request: Request) -> Reply:
        given = request.query.get("access_token", "")
        if not self.needs_query:
            given = given or request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not given:
            return graph_error(400, 104, words="An access token is required to request this resource.")
        if given not in self.keys:
            return graph_error(400, 190, 463, "Session has expired")
        self.renewed += 1
        renewed = f"{RENEWED}-{self.renewed}"
        self.keys = {*(self.keys if self.keeps_old else ()), renewed}
        return 200, {}, {"access_token": renewed, "token_type": "bearer", "expires_in": 5_184_000}

"""What Instagram and Threads share: a container is made unseen, gets ready, and is published by one call.

The container is remembered before it is published, so that a later try asks for its state instead of making
another: the network then says itself whether it is out. Pictures are fetched by the network from a public
address (`media_host`). Sources, 2026-11-26:
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-container
https://developers.facebook.com/docs/threads/troubleshooting
That a network refuses to publish one container twice is not established, so it is never asked to.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import requests

from comms.channels.dialect import Account, Dialect, State, Surroundings, broken, is_ours, not_ready, untold
from comms.channels.likeness import moment
from comms.channels.meta import bearer, code, entries, graph_failure, proved
from comms.channels.posting import Poster, until_ready
from comms.channels.web import Answer, Web
from comms.errors import ChannelError, OutcomeUnknown, PermanentFailure
from comms.model.ledger import Absent, CannotTell, Found, Publication, Receipt
from comms.model.network import Network
from comms.model.settings import Secret

_LIFE = timedelta(hours=24)
_REMEMBERED = timedelta(days=7)
"""Longer than a container lives: one that has expired tells for certain that it was not published."""

_LISTED = 50
_NOT_FOUND = 24  # Instagram's error-codes: the requested resource does not exist
_TRIES = 2  # a connection that was kept may have been closed in the meantime
_DEAD = frozenset({State.ERROR, State.EXPIRED})
_NEVER_OUT = _DEAD | {State.FINISHED}
_READY = frozenset({State.FINISHED, State.PUBLISHED})


class ContainerPoster(Poster[str]):
    """A channel to one account on a network that publishes containers."""

    def __init__(
        self, slug: str, network: Network, account: Account, dialect: Dialect, around: Surroundings
    ) -> None:
        """Remember; the network is not touched."""
        secrets = (account.token, account.app_secret)
        web = Web(network.name, account.address, secrets=secrets, timeouts=account.timeouts, now=around.now)
        super().__init__(slug, network, web)
        self.account = account
        self.around = around
        self._dialect = dialect

    @abstractmethod
    def container(self, publication: Publication) -> Mapping[str, str]:
        """The fields of the container that is published, but for its pictures."""

    @abstractmethod
    def picture(self, url: str, alt: str) -> Mapping[str, str]:
        """The fields of a picture."""

    def key(self) -> Secret:
        """The key to use just now."""
        return self.account.token

    def prepare(self, publication: Publication) -> str:
        """Make the container, or find the one that was made before, and wait until it can be published."""
        container, made_at = self._kept(publication)
        state, now = self._state(container)[0] if container else State.EXPIRED, self.around.now()
        # One that is not shown and is too old to be published is given up, unless the post is seen.
        is_lost = state is State.UNREAD and (made_at is None or made_at + _LIFE < now)
        if is_lost and self.published(publication):
            return container
        if is_lost or state in _DEAD:
            container = self._made(publication)
            value = f"{container} {now.isoformat()}"
            self.around.memory.keep(_name(publication), value, until=now + _REMEMBERED)
        self._wait(container)
        return container

    def publish(self, publication: Publication, prepared: str) -> Receipt:
        """Publish the container, unless it is out already."""
        state, words = self._state(prepared)
        if state is State.PUBLISHED:
            return self._out(publication)
        if state is not State.FINISHED:
            raise not_ready(self.network.name, words)
        path = f"/{self.account.id}/{self._dialect.publish}"
        answer = self.post(path, {"creation_id": prepared}, publishing=True)
        number = answer.text("id")
        if answer.is_yes and number:
            return Receipt(number, self.permalink(number))
        failure = self.failure(answer, publishing=True)
        if isinstance(failure, PermanentFailure):
            return self._refused(publication, prepared, failure)
        raise failure

    def look(self, publication: Publication) -> Found:
        """Look among the account's own posts, and at the container."""
        found = self.published(publication)
        if found is not None:
            return found
        kept, _ = self._kept(publication)
        state = self._state(kept)[0] if kept else State.UNREAD
        if state in _NEVER_OUT:
            return Absent()
        return CannotTell(untold(self.network.name, state))

    def close(self) -> None:
        """Let go of connections."""
        super().close()
        self.around.shelf.close()

    def failure(self, answer: Answer, *, publishing: bool = False) -> ChannelError:
        """What an answer that is not a clear yes says."""
        return graph_failure(self.web, answer, publishing=publishing)

    def get(self, path: str, asked: Mapping[str, str | int]) -> Answer:
        """Ask the network once, with the key in the header."""
        key = self.key()
        params = {**asked, **proved(self.web, self.account.app_secret, key)}
        return self.web.call("GET", path, params=params, headers=bearer(key))

    def post(self, path: str, form: Mapping[str, str], *, publishing: bool = False) -> Answer:
        """Tell the network once, with the key in the header."""
        key = self.key()
        data = {**form, **proved(self.web, self.account.app_secret, key)}
        return self.web.call("POST", path, publishing=publishing, data=data, headers=bearer(key))

    def permalink(self, number: str) -> str:
        """The public address of a post, "" when the network does not say: the post is out all the same."""
        try:
            answer = self.get(f"/{number}", {"fields": "permalink"})
        except ChannelError:
            return ""
        return answer.text("permalink") if answer.is_yes else ""

    def published(self, publication: Publication) -> Receipt | None:
        """The post as the account's own list has it."""
        reply = bool(publication.parent)
        edge = self._dialect.replies if reply else self._dialect.make
        text = self._dialect.text
        fields = f"id,{text},permalink,timestamp" + (",replied_to" if reply else "")
        for row in self.rows(f"/{self.account.id}/{edge}", fields):
            if reply and row.text("replied_to", "id") != publication.parent:
                continue
            if is_ours(publication, row, text):
                return Receipt(row.text("id"), row.text("permalink"))
        return None

    def rows(self, path: str, fields: str) -> Iterator[Answer]:
        """What a list has, the newest first, each read as an answer; as much of it as the network tells.

        Raises TemporaryFailure or ChannelDown when it cannot be asked just now.
        """
        for entry in entries(self.web, partial(self.get, path), {"fields": fields, "limit": _LISTED}):
            if not isinstance(entry, CannotTell):
                yield Answer(requests.codes.ok, {}, entry)

    def _kept(self, publication: Publication) -> tuple[str, datetime | None]:
        """The container that was made before, and when."""
        number, _, made_at = self.around.memory.recall(_name(publication)).partition(" ")
        return number, moment(made_at)

    def _made(self, publication: Publication) -> str:
        """Make the container, with those of its pictures before it when there are several."""
        pictures: list[Mapping[str, str]] = []
        if publication.part == 0:
            pairs = zip(publication.post.media, publication.pictures, strict=True)
            laid = [(self.around.shelf.put(content, media.media_type), media.alt) for media, content in pairs]
            pictures = [self.picture(url, alt) for url, alt in laid]
        whole = dict(self.container(publication))
        if len(pictures) == 1:
            return self._make({**whole, **pictures[0]})
        if pictures:
            children = [self._make({**picture, "is_carousel_item": "true"}) for picture in pictures]
            for child in children:
                self._wait(child)
            whole |= {"media_type": "CAROUSEL", "children": ",".join(children)}
        return self._make(whole)

    def _make(self, fields: Mapping[str, str]) -> str:
        answer = self.post(f"/{self.account.id}/{self._dialect.make}", fields)
        number = answer.text("id")
        if not answer.is_yes or not number:
            raise self.failure(answer)
        return number

    def _state(self, container: str) -> tuple[State, str]:
        """Where a container stands, and the network's words about it."""
        fields = f"{self._dialect.state},{self._dialect.why}"
        answer = self.get(f"/{container}", {"fields": fields})
        told = answer.text(self._dialect.state)
        if answer.is_yes and told in set(State):
            return State(told), self.web.mask(answer.text(self._dialect.why))
        failure = self.failure(answer)
        if not isinstance(failure, PermanentFailure) and code(answer) != _NOT_FOUND:
            raise failure
        return State.UNREAD, answer.words

    def _refused(self, publication: Publication, container: str, failure: PermanentFailure) -> Receipt:
        """Believe a no when the container agrees: Meta has said no to what it had done."""
        state = State.UNREAD
        for _ in range(_TRIES):
            with suppress(ChannelError):
                state = self._state(container)[0]
                break
        if state is State.PUBLISHED:
            return self._out(publication)
        if state is State.UNREAD:
            raise OutcomeUnknown(untold(self.network.name, state))
        raise failure

    def _out(self, publication: Publication) -> Receipt:
        with suppress(ChannelError):
            if found := self.published(publication):
                return found
        raise OutcomeUnknown(untold(self.network.name, State.PUBLISHED))

    def _wait(self, container: str) -> None:
        """Wait until a container can be published. Raises ChannelError when it cannot, or not just now."""
        words = ""

        def settled() -> State | None:
            nonlocal words
            state, words = self._state(container)
            if state in _DEAD:
                raise broken(self.network.name, self._dialect, words or state.value)
            return state if state in _READY else None

        waits, account = self.around.sleep, self.account
        if not until_ready(settled, polls=account.polls, poll_every=account.poll_every, sleep=waits):
            raise not_ready(self.network.name, words)


def _name(publication: Publication) -> str:
    return f"container {publication.key} {publication.part}"

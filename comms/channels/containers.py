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
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from comms.channels.dialect import Account, Dialect, State, World, is_ours
from comms.channels.meta import graph_failure, proof
from comms.channels.posting import Poster, Ready
from comms.channels.web import Answer, Web
from comms.errors import ChannelError, OutcomeUnknown, PermanentFailure, TemporaryFailure, Text, say
from comms.model.ledger import Absent, CannotTell, Found, Publication, Receipt
from comms.model.network import Network
from comms.model.settings import Secret

_REMEMBERED = timedelta(days=7)
"""Longer than a container lives (24 h): one that has expired tells for certain that it was not published."""

_LISTED = 50
_TRIES = 2  # a connection that was kept may have been closed in the meantime
_DEAD = frozenset({State.ERROR, State.EXPIRED})
_NEVER_OUT = _DEAD | {State.FINISHED}


class ContainerPoster(Poster):
    """A channel to one account on a network that publishes containers."""

    def __init__(self, slug: str, network: Network, account: Account, dialect: Dialect, world: World) -> None:
        """Remember; the network is not touched."""
        secrets = (account.token, account.app_secret)
        web = Web(network.name, account.address, secrets=secrets, timeouts=account.timeouts)
        super().__init__(slug, network, web)
        self.account = account
        self.world = world
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

    def prepare(self, publication: Publication) -> Ready:
        """Make the container, or find the one that was made before, and wait until it can be published."""
        kept = self.world.memory.recall(_name(publication))
        if kept and self._state(kept)[0] not in _DEAD:
            self._wait(kept, publication)
            return Ready(container=kept)
        made = self._made(publication)
        self.world.memory.keep(_name(publication), made, until=self.world.now() + _REMEMBERED)
        self._wait(made, publication)
        return Ready(container=made)

    def publish(self, publication: Publication, ready: Ready) -> Receipt:
        """Publish the container, unless it is out already."""
        state, words = self._state(ready.container)
        if state is State.PUBLISHED:
            return self._out(publication)
        if state is not State.FINISHED:
            raise self._not_ready(words)
        data = {"creation_id": ready.container}
        path = f"/{self.account.id}/{self._dialect.publish}"
        answer = self.call("POST", path, publishing=True, data=data)
        number = answer.text("id")
        if answer.is_yes and number:
            return Receipt(number, self.permalink(number))
        failure = self.failure(answer, publishing=True)
        if isinstance(failure, PermanentFailure):
            return self._refused(publication, ready.container, failure)
        raise failure

    def look(self, publication: Publication) -> Found:
        """Look among the account's own posts, and at the container."""
        found = self.listed(publication)
        if found is not None:
            return found
        kept = self.world.memory.recall(_name(publication))
        state = self._state(kept)[0] if kept else State.UNREAD
        if state in _NEVER_OUT:
            return Absent()
        return CannotTell(self._why_not_told(state))

    def close(self) -> None:
        """Let go of connections."""
        super().close()
        self.world.host.close()

    def failure(self, answer: Answer, *, publishing: bool = False) -> ChannelError:
        """What an answer that is not a clear yes says."""
        return graph_failure(self.web, answer, publishing=publishing)

    def call(
        self,
        method: str,
        path: str,
        *,
        publishing: bool = False,
        params: Mapping[str, str | int] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask the network once, with the key in the header."""
        key = self.key()
        proved: dict[str, str] = {}
        if self.account.app_secret:
            proved = {"appsecret_proof": proof(self.account.app_secret, key)}
        return self.web.call(
            method,
            path,
            publishing=publishing,
            params=params if data is not None else {**(params or {}), **proved},
            data=None if data is None else {**data, **proved},
            headers={"Authorization": f"Bearer {key.value}"},
        )

    def permalink(self, number: str) -> str:
        """The public address of a post, "" when the network does not say: the post is out all the same."""
        try:
            answer = self.call("GET", f"/{number}", params={"fields": "permalink"})
        except ChannelError:
            return ""
        return answer.text("permalink") if answer.is_yes else ""

    def listed(self, publication: Publication) -> Receipt | None:
        """The post as the account's own list has it."""
        reply = bool(publication.parent)
        edge = self._dialect.replies if reply else self._dialect.make
        text = self._dialect.text
        fields = f"id,{text},permalink,timestamp" + (",replied_to" if reply else "")
        for row in self.rows(f"/{self.account.id}/{edge}", fields):
            if reply and row.text("replied_to", "id") != publication.parent:
                continue
            if is_ours(publication, row.text(text), row.text("timestamp")):
                return Receipt(row.text("id"), row.text("permalink"))
        return None

    def rows(self, path: str, fields: str) -> list[Answer]:
        """The newest entries of a list, each read as an answer. Raises ChannelError when it is not told."""
        answer = self.call("GET", path, params={"fields": fields, "limit": _LISTED})
        entries = answer.get("data")
        if not answer.is_yes or not isinstance(entries, list):
            raise self.failure(answer)
        return [replace(answer, data=entry) for entry in entries]

    def _made(self, publication: Publication) -> str:
        """Make the container, with those of its pictures before it when there are several."""
        pictures: list[Mapping[str, str]] = []
        if publication.part == 0:
            pairs = zip(publication.post.media, publication.pictures, strict=True)
            laid = [(self.world.host.put(content, media.media_type), media.alt) for media, content in pairs]
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
        answer = self.call("POST", f"/{self.account.id}/{self._dialect.make}", data=fields)
        number = answer.text("id")
        if not answer.is_yes or not number:
            raise self.failure(answer)
        return number

    def _state(self, container: str) -> tuple[State, str]:
        """Where a container stands, and the network's words about it."""
        fields = f"{self._dialect.state},{self._dialect.why}"
        answer = self.call("GET", f"/{container}", params={"fields": fields})
        told = answer.text(self._dialect.state)
        if answer.is_yes and told in set(State):
            return State(told), self.web.mask(answer.text(self._dialect.why))
        failure = self.failure(answer)
        if not isinstance(failure, PermanentFailure):
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
            raise OutcomeUnknown(self._why_not_told(state))
        raise failure

    def _out(self, publication: Publication) -> Receipt:
        found = self.listed(publication)
        if found is None:
            raise OutcomeUnknown(self._why_not_told(State.PUBLISHED))
        return found

    def _wait(self, container: str, publication: Publication | None = None) -> None:
        """Wait until a container can be published. Raises ChannelError when it cannot, or not just now."""
        words = ""
        for _ in range(self.account.polls):
            state, words = self._state(container)
            if state in {State.FINISHED, State.PUBLISHED}:
                return
            if state in _DEAD:
                if publication is not None:
                    self.world.memory.forget(_name(publication))
                raise self._broken(words or state.value)
            self.world.sleep(self.account.poll_every)
        raise self._not_ready(words)

    def _broken(self, words: str) -> ChannelError:
        told = say("{name} kunde inte göra inlägget: {words}.", name=self.network.name, words=words)
        is_final = any(sign in words for sign in self._dialect.broken)
        return PermanentFailure(told) if is_final else TemporaryFailure(told)

    def _not_ready(self, words: str) -> ChannelError:
        name = self.network.name
        return TemporaryFailure(
            say("{name} hinner inte göra inlägget färdigt just nu ({words}).", name=name, words=words or "–")
        )

    def _why_not_told(self, state: State) -> Text:
        name = self.network.name
        if state is State.PUBLISHED:
            return say("{name} säger att inlägget är ute, men det syns inte bland era inlägg än.", name=name)
        return say("{name} kan inte svara på om inlägget är ute. Titta på kontot.", name=name)


def _name(publication: Publication) -> str:
    return f"container {publication.key} {publication.part}"

"""Posts to Bluesky (https://docs.bsky.app/docs/advanced-guides/posts, verified 2026-11-26).

A post is a record under a name that we choose, put only if nothing stands there (`swapRecord: null`): the
same once more changes nothing, another one is refused as InvalidSwap, and whether it is there can always be
asked (packages/pds/src/api/com/atproto/repo/putRecord.ts). So a post that may have gone out is not in doubt
for long. Pictures are blobs, which nobody sees until a record names them. Cannot: warn with one's own words
before a post is opened, show pictures and a card at once, schedule on the server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests

from comms.channels.base import Memory
from comms.channels.bluesky_record import (
    COLLECTION,
    external,
    feature,
    images,
    is_handle,
    record,
    record_key,
)
from comms.channels.bluesky_session import Account, Session, Sessions, is_stale
from comms.channels.posting import Poster
from comms.channels.web import Answer, Web, safe_address, usable_key
from comms.errors import (
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Absent, CannotTell, Found, Publication, Receipt
from comms.model.network import SegmentKind
from comms.model.settings import ChannelSettings
from comms.text.facets import facets
from comms.text.networks import NETWORKS

NETWORK = NETWORKS["bluesky"]
BASE_URL = "https://bsky.social"

_PUT = "/xrpc/com.atproto.repo.putRecord"
_RECORD = "/xrpc/com.atproto.repo.getRecord"
_UPLOAD = "/xrpc/com.atproto.repo.uploadBlob"
_WHO = "/xrpc/com.atproto.identity.resolveHandle"
_TAKEN = "InvalidSwap"
_MISSING = "RecordNotFound"
_PARTS_OF_A_PLACE = 3


def open_channel(
    settings: ChannelSettings, *, out: str, memory: Memory, now: Callable[[], datetime]
) -> BlueskyChannel:
    """Make the channel. Raises ConfigError for an unprotected address, no account or no usable password."""
    del out, now
    address = safe_address(settings.slug, settings.base_url or BASE_URL)
    name = settings.account.strip().removeprefix("@")
    if not name:
        raise ConfigError(say("Kanalen {channel} saknar kontots namn (account).", channel=settings.slug))
    password = usable_key(settings.slug, NETWORK.name, settings.token)
    return BlueskyChannel(settings.slug, Account(address, name, password), memory)


class BlueskyChannel(Poster[dict[str, Any]]):
    """Publishes as one account."""

    def __init__(self, slug: str, account: Account, memory: Memory) -> None:
        """Remember the account; `memory` keeps its session."""
        web = Web(NETWORK.name, account.base_url, secrets=[account.password], timeouts=account.timeouts)
        super().__init__(slug, NETWORK, web)
        self._sessions = Sessions(slug, account, web, memory)

    def prepare(self, publication: Publication) -> dict[str, Any]:
        """See that we are let in, upload pictures, look up who is mentioned and what is answered."""
        if publication.part and not all(_is_place(each) for each in (publication.root, publication.parent)):
            raise PermanentFailure(say("Posten som den här hör ihop med har inte gått ut."))
        self._sessions.working()
        return record(
            publication, self._features(publication), self._embed(publication), self._reply(publication)
        )

    def publish(self, publication: Publication, prepared: dict[str, Any]) -> Receipt:
        """Put the record, if nothing has its name."""
        session, key = self._sessions.current(), record_key(publication)
        answer = self.web.call(
            "POST",
            session.server + _PUT,
            publishing=True,
            json={
                "repo": session.did,
                "collection": COLLECTION,
                "rkey": key,
                "record": prepared,
                "swapRecord": None,
            },
            headers=session.headers,
        )
        if answer.status == requests.codes.ok and answer.text("uri") == _place(session, key):
            return _receipt(session, key)
        if answer.text("error") == _TAKEN:
            return self._already(publication)
        if answer.status == requests.codes.bad_request and is_stale(answer):
            # It was good a moment ago; the next attempt renews it.
            raise TemporaryFailure(
                say("Inloggningen hos Bluesky gick ut precis nu: {words}.", words=answer.words)
            )
        raise self.web.refusal(answer, publishing=True)

    def look(self, publication: Publication) -> Found:
        """Ask for the record by its name: the account's own server knows for certain."""
        session, key = self._sessions.current(), record_key(publication)
        answer = self._stored(_place(session, key))
        if answer.status == requests.codes.ok and answer.text("uri"):
            return _receipt(session, key)
        if answer.text("error") == _MISSING:
            return Absent()
        refused = self.web.refusal(answer, publishing=False)
        if not isinstance(refused, PermanentFailure):
            raise refused
        return CannotTell(say("Bluesky kan inte svara på om posten finns: {words}.", words=answer.words))

    def _already(self, publication: Publication) -> Receipt:
        """Something of ours has the name already: an earlier attempt, whose answer was lost."""
        try:
            found = self.look(publication)
        except ChannelError:
            found = None
        if isinstance(found, Receipt):
            return found
        raise OutcomeUnknown(say("Bluesky säger att posten redan finns, men visar den inte."))

    def _features(self, publication: Publication) -> list[dict[str, Any]]:
        found = facets(publication.what.segments)
        named = {one.value for one in found if one.kind is SegmentKind.MENTION and is_handle(one.value)}
        people = {handle: self._who(handle) for handle in sorted(named)}
        return [made for one in found if (made := feature(one, people)) is not None]

    def _who(self, handle: str) -> str:
        """The DID behind a handle, "" when nobody has it: then it stays text."""
        answer = self._sessions.ask("GET", _WHO, params={"handle": handle})
        if answer.status == requests.codes.bad_request:
            return ""
        if answer.status != requests.codes.ok:
            raise self.web.refusal(answer, publishing=False)
        return answer.text("did")

    def _embed(self, publication: Publication) -> dict[str, Any] | None:
        """Pictures or a card: the network shows one of them."""
        post = publication.post
        if publication.part:
            return None
        if post.media:
            pairs = zip(post.media, publication.pictures, strict=True)
            return images(post.media, [self._upload(content, one.media_type) for one, content in pairs])
        if post.card is None:
            return None
        thumb = post.card.picture
        return external(
            post.card,
            self._upload(publication.thumb, thumb.media_type) if thumb and publication.thumb else None,
        )

    def _upload(self, content: bytes, media_type: str) -> object:
        """The network's name for some bytes, as the record repeats it."""
        answer = self._sessions.ask("POST", _UPLOAD, data=content, headers={"Content-Type": media_type})
        blob: object = answer.get("blob")
        if answer.status != requests.codes.ok or not answer.text("blob", "ref", "$link"):
            raise self.web.refusal(answer, publishing=False)
        return blob

    def _reply(self, publication: Publication) -> dict[str, Any] | None:
        if not publication.part:
            return None
        root = self._reference(publication.root)
        same = publication.parent == publication.root
        return {"root": root, "parent": root if same else self._reference(publication.parent)}

    def _reference(self, place: str) -> dict[str, str]:
        """A record that is answered, with the hash of what it says now."""
        answer = self._stored(place)
        if answer.status == requests.codes.ok and answer.text("cid"):
            return {"uri": place, "cid": answer.text("cid")}
        if answer.text("error") == _MISSING:
            raise PermanentFailure(say("Posten som den här hör ihop med finns inte kvar på Bluesky."))
        raise self.web.refusal(answer, publishing=False)

    def _stored(self, place: str) -> Answer:
        repo, collection, key = place.removeprefix("at://").split("/")
        return self._sessions.ask(
            "GET", _RECORD, params={"repo": repo, "collection": collection, "rkey": key}
        )


def _is_place(text: str) -> bool:
    return text.startswith("at://") and len(text.removeprefix("at://").split("/")) == _PARTS_OF_A_PLACE


def _place(session: Session, key: str) -> str:
    return f"at://{session.did}/{COLLECTION}/{key}"


def _receipt(session: Session, key: str) -> Receipt:
    return Receipt(_place(session, key), f"{session.profile}/post/{key}")

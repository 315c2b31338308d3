"""A Bluesky server (PDS) on loopback, written from its source: sessions that expire, blobs, records, swaps.

What it does is what the real one does (tests/contract/test_bluesky.py asks both); it has no Merkle tree and
no signatures, and its clock is the test's. Source: packages/pds in github.com/bluesky-social/atproto.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import regex

from tests.fakes.network import Network, Published, Reply, Request, Routes

if TYPE_CHECKING:
    import ssl

HANDLE = "leader.example"
PASSWORD = "abcd-efgh-ijkl-mnop"
DID = "did:plc:leaderexampleleaderexamp"
ANNA = "did:plc:annaobergannaobergannaob"

_ACCESS_LIFE = 120 * 60
_RENEWAL_LIFE = 90 * 24 * 3600
_GRACE = 2 * 3600
_LOGINS, _LOGINS_PERIOD = 30, 300
_LARGEST_BLOB = 5 * 1024 * 1024
_OPEN = frozenset({"server.createSession", "identity.resolveHandle", "repo.getRecord"})
_CID = regex.compile("b[a-z2-7]{58}")
_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass
class Key:
    """An access key, or one that renews it: until when it is good; `next` replaced it."""

    ends: float
    renews: bool
    next: str = ""


class Bluesky(Network):
    """The fake as tests use it. `now` is its clock, in seconds; `sits_at` is told as the account's server."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Begin with one account and somebody to mention."""
        super().__init__(tls)
        self.now = 0.0
        self.password = PASSWORD
        self.sits_at = ""
        self.people = {HANDLE: DID, "anna.example": ANNA}
        self.keys: dict[str, Key] = {}
        self.logins: list[float] = []
        self.blobs: dict[str, tuple[bytes, str]] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.commits = 0

    def routes(self) -> Routes:
        """As much of com.atproto as one needs to post."""
        named = {
            ("POST", "server.createSession"): self._log_in,
            ("POST", "server.refreshSession"): self._renew,
            ("GET", "server.getSession"): lambda _: (200, {}, {"did": DID, "handle": HANDLE, "active": True}),
            ("GET", r"identity.resolveHandle"): self._resolve,
            ("POST", "repo.uploadBlob"): self._upload,
            ("POST", "repo.putRecord"): self._put,
            ("GET", "repo.getRecord"): self._get,
        }
        return {(method, f"/xrpc/com[.]atproto[.]{name}"): work for (method, name), work in named.items()}

    def refusal(self, request: Request) -> Reply | None:
        """Why a key is not good (packages/pds/src/auth-verifier.ts)."""
        method = request.path.removeprefix("/xrpc/com.atproto.")
        if method in _OPEN:
            return None
        scheme, _, name = (request.headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer":
            return no(401, "AuthMissing", "Authentication Required")
        key = self.keys.get(name)
        if key is None or key.renews is not (method == "server.refreshSession"):
            return no(400, "InvalidToken", "Token could not be verified")
        return no(400, "ExpiredToken", "Token has expired") if key.ends <= self.now else None

    def posts(self) -> list[Published]:
        """The records, in the order in which they came."""
        return [_published(place, record, self.blobs) for place, record in self.records.items()]

    def _log_in(self, request: Request) -> Reply:
        self.logins = [at for at in self.logins if at > self.now - _LOGINS_PERIOD]
        if len(self.logins) >= _LOGINS:
            ends = int(time.time() + self.logins[0] + _LOGINS_PERIOD - self.now)
            headers = {
                "ratelimit-limit": f"{_LOGINS}",
                "ratelimit-remaining": "0",
                "ratelimit-reset": f"{ends}",
            }
            return 429, headers, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
        self.logins.append(self.now)
        asked = request.json
        if asked["identifier"].lower() != HANDLE or asked["password"] != self.password:
            return no(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session(f"renewal-{len(self.keys)}")

    def _renew(self, request: Request) -> Reply:
        """A key that was replaced is good for two hours more, and always gives the same next one."""
        old = self.keys[request.headers["Authorization"].removeprefix("Bearer ")]
        old.ends = min(old.ends, self.now + _GRACE)
        old.next = old.next or f"renewal-{len(self.keys)}"
        return self._session(old.next)

    def _session(self, renewal: str) -> Reply:
        access = f"access-{len(self.keys)}"
        self.keys[access] = Key(self.now + _ACCESS_LIFE, renews=False)
        self.keys.setdefault(renewal, Key(self.now + _RENEWAL_LIFE, renews=True))
        told: dict[str, Any] = {"did": DID, "handle": HANDLE, "accessJwt": access, "refreshJwt": renewal}
        if self.sits_at:
            told["didDoc"] = {"service": [{"id": "#atproto_pds", "serviceEndpoint": self.sits_at}]}
        return 200, {}, told

    def _resolve(self, request: Request) -> Reply:
        did = self.people.get(request.query["handle"].lower())
        if did is None:
            return no(400, "InvalidRequest", "Unable to resolve handle")
        return 200, {}, {"did": did}

    def _upload(self, request: Request) -> Reply:
        """The type that the bytes show goes before the one that is told (blob/transactor.ts)."""
        if len(request.body) > _LARGEST_BLOB:
            return no(413, "PayloadTooLarge", "request entity too large")
        shown = next((kind for magic, kind in _MAGIC.items() if request.body.startswith(magic)), "")
        name = _cid(request.body, 0x55)
        self.blobs[name] = (request.body, shown or request.headers["Content-Type"])
        return 200, {}, {"blob": _blob(name, *self.blobs[name])}

    def _put(self, request: Request) -> Reply:
        """The same is no change; another one, where nothing should be, is refused (repo/putRecord.ts)."""
        asked = request.json
        if asked["repo"] not in {DID, HANDLE}:
            return no(401, "AuthenticationRequired", "Authentication Required")
        record = asked["record"]
        wrong = lexicon_faults(record) + self._blob_faults(record)
        if wrong:
            return no(400, "InvalidRequest", f"Invalid app.bsky.feed.post record: {wrong[0]}")
        place = f"at://{DID}/{asked['collection']}/{asked['rkey']}"
        there = self.records.get(place)
        if there == record:
            return 200, {}, {"uri": place, "cid": _cid_of(record), "validationStatus": "valid"}
        now = _cid_of(there) if there else None
        if "swapRecord" in asked and asked["swapRecord"] != now:
            return no(400, "InvalidSwap", f"Record was at {now}")
        self.records[place] = record
        self.commits += 1
        return 200, {}, {"uri": place, "cid": _cid_of(record), "validationStatus": "valid"}

    def _get(self, request: Request) -> Reply:
        asked = request.query
        did = DID if asked["repo"] == HANDLE else asked["repo"]
        place = f"at://{did}/{asked['collection']}/{asked['rkey']}"
        record = self.records.get(place)
        if record is None:
            return no(400, "RecordNotFound", f"Could not locate record: {place}")
        return 200, {}, {"uri": place, "cid": _cid_of(record), "value": record}

    def _blob_faults(self, record: Mapping[str, Any]) -> list[str]:
        named = [image["image"] for image in record.get("embed", {}).get("images", [])]
        named += [found for found in [record.get("embed", {}).get("external", {}).get("thumb")] if found]
        kept = {name: _blob(name, *blob) for name, blob in self.blobs.items()}
        return [f"Could not find blob: {blob}" for blob in named if blob != kept.get(blob["ref"]["$link"])]


def no(status: int, name: str, words: str) -> Reply:
    """A no, as an XRPC server says it (https://atproto.com/specs/xrpc)."""
    return status, {}, {"error": name, "message": words}


def lexicon_faults(record: Mapping[str, Any]) -> list[str]:
    """Where a record breaks app.bsky.feed.post and what it names, as of @atproto/pds 0.5.35.

    Limits: lexicons/app/bsky/feed/post.json, embed/images.json, embed/external.json, richtext/facet.json.
    """
    embed = record.get("embed", {})
    images = embed.get("images", [])
    external = embed.get("external", {})
    features = [each for facet in record.get("facets", []) for each in facet["features"]]
    weights = [("image", image["image"]["size"], 2_000_000) for image in images]
    weights += [("thumb", external["thumb"]["size"], 1_000_000)] if "thumb" in external else []
    counts = [("images", len(images), 4), ("langs", len(record.get("langs", [])), 3)]
    counts += [
        ("text graphemes", _graphemes(record["text"]), 300),
        ("text", len(record["text"].encode()), 3000),
    ]
    for tag in (each["tag"] for each in features if "tag" in each):
        counts += [("tag graphemes", _graphemes(tag), 64), ("tag", len(tag.encode()), 640)]
    found = [
        f"{what} too big ({size}, maximum {most})" for what, size, most in weights + counts if size > most
    ]
    missing = [("alt", image) for image in images]
    missing += [(name, external) for name in ("uri", "title", "description") if external]
    missing += [(name, record["reply"]) for name in ("root", "parent") if "reply" in record]
    missing += [("createdAt", record), ("text", record)]
    answered = [each.get("cid", "") for each in record.get("reply", {}).values()]
    found += [f'Invalid CID string (got "{cid}")' for cid in answered if not _CID.fullmatch(cid)]
    found += [f'Missing required key "{name}"' for name, where in missing if name not in where]
    sides = [
        image["aspectRatio"][side]
        for image in images
        if "aspectRatio" in image
        for side in ("width", "height")
    ]
    return found + [f"aspectRatio {side} too small (minimum 1)" for side in sides if side < 1]


def _graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


def _published(place: str, record: dict[str, Any], blobs: Mapping[str, tuple[bytes, str]]) -> Published:
    shown = record.get("embed", {}).get("images", [])
    pictures = tuple((blobs[each["image"]["ref"]["$link"]][0], str(each["alt"])) for each in shown)
    parent = record.get("reply", {}).get("parent", {}).get("uri", "")
    return Published(record["text"], pictures, place, parent, record)


def _blob(name: str, content: bytes, media_type: str) -> dict[str, Any]:
    return {"$type": "blob", "ref": {"$link": name}, "mimeType": media_type, "size": len(content)}


def _cid_of(record: Mapping[str, Any]) -> str:
    return _cid(json.dumps(record, sort_keys=True).encode(), 0x71)


def _cid(content: bytes, codec: int) -> str:
    """A CID of version 1 with SHA-256 (https://github.com/multiformats/cid)."""
    whole = bytes((1, codec, 0x12, 0x20)) + sha256(content).digest()
    return "b" + base64.b32encode(whole).decode().lower().rstrip("=")

"""Who we are to Bluesky: one session, kept from run to run, renewed when it has expired.

Logins are few (30 in five minutes, 300 a day for an account), so one is made only when there is no session
or it can no longer be renewed. An access key lives two hours, the one that renews it 90 days, and that one
is replaced each time; the replaced one works two hours more, so a lost answer loses nothing.
Sources: packages/pds/src/api/com/atproto/server/createSession.ts, account-manager.ts (rotateRefreshToken),
packages/lex/lex-password-session (https://github.com/bluesky-social/atproto, verified 2026-11-26).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from comms.channels.base import Memory
from comms.channels.web import TIMEOUTS, Answer, Timeouts, Web, safe_address
from comms.errors import ChannelDown, ChannelError, ConfigError, TemporaryFailure, say
from comms.model.settings import Secret
from comms.text.hosts import is_loopback

_KEPT = "session"
_FIELDS = ("did", "handle", "server", "access", "renewal")
_CREATE = "/xrpc/com.atproto.server.createSession"
_REFRESH = "/xrpc/com.atproto.server.refreshSession"
_GET = "/xrpc/com.atproto.server.getSession"
_STALE = frozenset({"ExpiredToken", "InvalidToken"})
_NO_HANDLE = "handle.invalid"
_SERVICE = "#atproto_pds"


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom posts are published; `password` is an app password."""

    base_url: str
    name: str
    password: Secret
    timeouts: Timeouts = TIMEOUTS


@dataclass(frozen=True, slots=True)
class Session:
    """`server` has the account's records; it need not be where one logs in. `did` is who the account is."""

    did: str
    handle: str
    server: str
    access: Secret
    renewal: Secret

    @property
    def headers(self) -> dict[str, str]:
        """What a request as the account bears."""
        return {"Authorization": f"Bearer {self.access.value}"}

    @property
    def profile(self) -> str:
        """The account's page for people."""
        shown = self.did if self.handle in {"", _NO_HANDLE} else self.handle
        return f"https://bsky.app/profile/{shown}"


def is_stale(answer: Answer) -> bool:
    """Whether the session is over; certainly nothing was done."""
    if answer.status == requests.codes.unauthorized:
        return True
    return answer.status == requests.codes.bad_request and answer.text("error") in _STALE


class Sessions:
    """The account's session, whatever it takes to have one."""

    def __init__(self, slug: str, account: Account, web: Web, memory: Memory) -> None:
        """Remember; the network is not touched."""
        self._slug = slug
        self._account = account
        self._web = web
        self._memory = memory
        self._now: Session | None = None

    def current(self) -> Session:
        """The session at hand, kept or new; it may have expired. Raises ChannelError."""
        if self._now is None:
            self._now = self._recalled() or self._login()
        return self._now

    def working(self) -> Session:
        """A session that the network has just said is good. Raises ChannelError."""
        answer = self.ask("GET", _GET)
        if answer.status != requests.codes.ok:
            raise self._refusal(answer)
        return self.current()

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask the account's own server what may be asked twice; a session that is over is renewed first."""

        def asked(session: Session) -> Answer:
            return self._web.call(
                method,
                session.server + path,
                params=params,
                data=data,
                headers={**(headers or {}), **session.headers},
            )

        answer = asked(self.current())
        if is_stale(answer):
            answer = asked(self._renewed(self.current()))
            if is_stale(answer):
                raise self._refusal(answer)
        return answer

    def _renewed(self, old: Session) -> Session:
        answer = self._web.call("POST", _REFRESH, headers={"Authorization": f"Bearer {old.renewal.value}"})
        new = self._read(answer, old.server)
        refused = None if new else self._refusal(answer)
        if refused is not None and not isinstance(refused, ChannelDown):
            raise refused
        self._now = self._kept(new) if new else self._login()
        return self._now

    def _login(self) -> Session:
        account = self._account
        wanted = {"identifier": account.name, "password": account.password.value}
        answer = self._web.call("POST", _CREATE, json=wanted)
        new = self._read(answer, self._web.address)
        if new is not None:
            return self._kept(new)
        raise self._refusal(answer)

    def _refusal(self, answer: Answer) -> ChannelError:
        """What a no to us, and not to a post, means."""
        refused = self._web.refusal(answer, publishing=False)
        if isinstance(refused, TemporaryFailure) or answer.status < requests.codes.bad_request:
            return refused
        return ChannelDown(
            say(
                "Bluesky släpper inte in {account}: {words}. Se efter kontots namn, och skapa ett nytt"
                " applösenord.",
                account=self._account.name,
                words=answer.words,
            )
        )

    def _read(self, answer: Answer, server: str) -> Session | None:
        """The session that an answer gives; `server` unless it names another."""
        if answer.status != requests.codes.ok:
            return None
        services = answer.get("didDoc", "service")
        for service in services if isinstance(services, list) else ():
            if isinstance(service, dict) and str(service.get("id")).endswith(_SERVICE):
                with suppress(ConfigError):  # an unprotected address gets no key
                    named = safe_address(self._slug, str(service.get("serviceEndpoint")))
                    server = named if _is_local(self._web.address) or not _is_local(named) else server
        return self._usable(
            Session(
                answer.text("did"),
                answer.text("handle"),
                server,
                Secret(answer.text("accessJwt")),
                Secret(answer.text("refreshJwt")),
            )
        )

    def _usable(self, session: Session) -> Session | None:
        if not (session.did and session.server and session.access and session.renewal):
            return None
        self._web.hide(session.access)
        self._web.hide(session.renewal)
        return session

    def _kept(self, session: Session) -> Session:
        """Remember it for the next run. Where there is no key to lock it with, this run has it alone."""
        keys = (session.access.value, session.renewal.value)
        kept = dict(zip(_FIELDS, (session.did, session.handle, session.server, *keys), strict=True))
        kept |= {"account": self._account.name, "address": self._web.address}
        self._memory.keep(_KEPT, json.dumps(kept), secret=True)
        return session

    def _recalled(self) -> Session | None:
        try:
            kept = json.loads(self._memory.recall(_KEPT))
            ours = (kept["account"], kept["address"]) == (self._account.name, self._web.address)
            did, handle, server, access, renewal = (str(kept[name]) for name in _FIELDS)
        except (ValueError, KeyError, TypeError):
            return None
        session = Session(did, handle, server, Secret(access), Secret(renewal))
        return self._usable(session) if ours else None


def _is_local(address: str) -> bool:
    """Whether an address is on this machine: a server out there has no say over what listens here."""
    return is_loopback(urlsplit(address).hostname or "")

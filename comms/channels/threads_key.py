"""The key to Threads, renewed while it lives: it dies after 60 days, and a dead one cannot be renewed.

https://developers.facebook.com/docs/threads/get-started/long-lived-tokens (2026-11-26): a key that is at
least 24 hours old and alive is exchanged for one that lives 60 days from then. How old the office's key is
nobody says, so it is renewed a day after it was first seen, then once a week. What is remembered belongs to
the office's key by its hash: a new key from the office is a new beginning. The office's own key is in
settings and is never lost; without a place that may keep secrets nothing is renewed.

Documented is the key in the query; the header Authorization, which Meta's own Postman collection uses, is
tried first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

from comms.channels.base import RENEWED, KeyStatus, Memory
from comms.channels.likeness import moment
from comms.channels.meta import bearer, graph_failure
from comms.channels.web import Answer, Web, usable_key
from comms.errors import ChannelError, ConfigError, Text, say
from comms.model.settings import Secret

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_LONGEST_LIFE = 3650 * 86_400  # seconds; more is no answer
_STORY = "renewal"
_TRIAL = "renewal-trial"
_NO_LOCK = "no lock"


class RenewedKey:
    """The office's key and those that came of it."""

    def __init__(
        self, web: Web, address: str, given: Secret, memory: Memory, now: Callable[[], datetime]
    ) -> None:
        """Remember; nothing is asked. `address` is where keys are renewed."""
        self._web = web
        self._address = address
        self._given = given
        self._memory = memory
        self._now = now
        self._mark = sha256(given.value.encode()).hexdigest()[:16]
        self._newest = given

    def current(self) -> Secret:
        """The newest key."""
        kept = self._kept(RENEWED).get("key", "")
        if not kept:
            return self._given
        if kept != self._newest.value:
            self._newest = Secret(kept)
            self._web.hide(self._newest)
        return self._newest

    def keep_fresh(self) -> None:
        """Renew the key if it is time. What went wrong is remembered, told by `status`, tried tomorrow."""
        now, story = self._now(), self._kept(_STORY)
        if not story:
            if not self._kept(RENEWED):
                self._memory.forget(RENEWED)  # it belonged to another key of the office's
            self._keep(_STORY, {"next": (now + _DAY).isoformat()})
            return
        if now < (moment(story.get("next")) or now):
            return
        trouble = self._renew(now) if self._can_keep_secrets() else _NO_LOCK
        told = {"trouble": trouble} if trouble else {}
        self._keep(_STORY, {"next": (now + (_DAY if trouble else _WEEK)).isoformat(), **told})

    def status(self) -> KeyStatus:
        """How it is with the key, as far as is remembered."""
        until = moment(self._kept(RENEWED).get("until"))
        return KeyStatus(until, _trouble(self._kept(_STORY).get("trouble", "")))

    def _renew(self, now: datetime) -> str:
        """Renew the key; the network's words when it will not."""
        renewed, seconds, trouble = self._renewed(self.current())
        if renewed:
            until = now + timedelta(seconds=seconds)
            self._keep(RENEWED, {"key": renewed.value, "until": until.isoformat()}, until=until)
        return trouble

    def _can_keep_secrets(self) -> bool:
        """Whether a new key would be remembered: the old one may die when there is a new one."""
        kept = self._memory.keep(_TRIAL, "", secret=True)
        self._memory.forget(_TRIAL)
        return kept

    def _renewed(self, key: Secret) -> tuple[Secret, int, str]:
        """A new key, the seconds that it lives, and the network's words when there is none."""
        params = {"grant_type": "th_refresh_token"}
        try:
            answer = self._web.call("GET", self._address, params=params, headers=bearer(key))
            if 400 <= answer.status < 500:  # noqa: PLR2004 - RFC 9110, 15.5
                answer = self._web.call("GET", self._address, params={**params, "access_token": key.value})
        except ChannelError as error:
            return Secret(""), 0, str(error)
        return self._read(answer)

    def _read(self, answer: Answer) -> tuple[Secret, int, str]:
        seconds = answer.get("expires_in")
        with suppress(ConfigError):
            if answer.is_yes and isinstance(seconds, int) and 0 < seconds <= _LONGEST_LIFE:
                renewed = usable_key("", self._web.name, Secret(answer.text("access_token")))
                self._web.hide(renewed)
                return renewed, seconds, ""
        return Secret(""), 0, str(graph_failure(self._web, answer, publishing=False))

    def _kept(self, name: str) -> Mapping[str, str]:
        """What is remembered of the office's key as it is now."""
        found: object = None
        with suppress(ValueError):
            found = json.loads(self._memory.recall(name))
        if not isinstance(found, dict) or found.get("of") != self._mark:
            return {}
        return {field: str(value) for field, value in found.items()}

    def _keep(self, name: str, values: Mapping[str, str], *, until: datetime | None = None) -> None:
        value = json.dumps({"of": self._mark, **values}, ensure_ascii=False)
        self._memory.keep(name, value, secret=name == RENEWED, until=until)


def _trouble(words: str) -> Text | None:
    if words == _NO_LOCK:
        return say("Nyckeln till Threads förnyas inte: gör en minnesnyckel med comms doctor --new-key.")
    return say("Nyckeln till Threads kunde inte förnyas: {words}", words=words) if words else None

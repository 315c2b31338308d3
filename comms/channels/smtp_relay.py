"""One relay as the channel knows it: sessions that wait for letters, whether it refused us, its rest."""

from __future__ import annotations

import ssl
from collections import deque
from dataclasses import replace
from threading import Lock
from time import monotonic

from comms.channels.smtp_session import Parcel, Session, Slept, Waits, open_session
from comms.errors import SenderRefused
from comms.model.settings import RelaySettings


class Relay:
    """Sessions with one relay, for several threads at once. There are never more than there are threads."""

    def __init__(self, settings: RelaySettings, trust: ssl.SSLContext, waits: Waits) -> None:
        """Remember where the relay is; `trust` says which certificates are good."""
        self._settings = settings
        self._trust = trust
        self._waits = waits
        self._waiting: deque[Session] = deque()
        self._logging_in = Lock()
        self._refused: SenderRefused | None = None
        self._rests_until = float("-inf")

    @property
    def host(self) -> str:
        """Its name, for people."""
        return self._settings.host

    @property
    def is_awake(self) -> bool:
        """Whether it has not failed lately."""
        return monotonic() >= self._rests_until

    def rest(self) -> None:
        """Leave it alone for a while."""
        self._rests_until = monotonic() + self._waits.rest

    def session(self, until: float) -> Session:
        """A session that waits, else a new one by the instant `until`."""
        try:
            return self._waiting.pop()
        except IndexError:
            return self._opened(until)

    def given(self, parcel: Parcel) -> Session:
        """A session that has all of a letter but its dot.

        A relay may hang up on a session that waited between letters; that says nothing of the next
        letter, so such a session is replaced once, by a new one.
        """
        session = self.session(parcel.until)
        try:
            return self._give(session, parcel)
        except Slept:
            return self._give(self._opened(parcel.until), parcel)

    def take_back(self, session: Session) -> None:
        """Keep a session for the next letter, if it is fit for one."""
        if session.is_ready:
            session.has_waited = True
            self._waiting.append(session)
        else:
            session.drop()

    def close(self) -> None:
        """Say goodbye on every session that waits."""
        while self._waiting:
            self._waiting.pop().quit()

    def _give(self, session: Session, parcel: Parcel) -> Session:
        try:
            session.give(parcel)
        except BaseException:
            self.take_back(session)
            raise
        return session

    def _opened(self, until: float) -> Session:
        self._check_log_in()
        return open_session(self._settings, self._trust, self._waits, until, self._log_in)

    def _log_in(self, session: Session) -> None:
        """Log in, one session at a time, until one is refused: repeated tries lock accounts."""
        with self._logging_in:
            self._check_log_in()
            try:
                session.log_in(self._settings)
            except SenderRefused as refused:
                self._refused = replace(refused)
                raise

    def _check_log_in(self) -> None:
        if self._refused is not None:
            # A new one each time: an exception keeps what it passed through, with letters and all.
            raise replace(self._refused)

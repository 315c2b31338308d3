"""What came of fetching somebody else's address: always a value, never an error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from comms.errors import Text


class Outcome(StrEnum):
    """How a fetch ended.

    `refused`: the address, or one that it leads on to, is none that we ask. `gone`: 410, never ask again.
    `busy`: 429 or 503, ask later. `http`: another answer than a good one. `timeout`: the time for all of it
    ran out. `too-big`: more bytes than allowed, unpacked. `untrusted`: no certificate that holds.
    `no-host`: there is no such name. `unreachable`: nobody answers, or the name cannot be looked up now.
    `broken`: an answer that cannot be read, or that leads on without end.
    """

    OK = "ok"
    NOT_MODIFIED = "not-modified"
    GONE = "gone"
    BUSY = "busy"
    HTTP = "http"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TOO_BIG = "too-big"
    UNTRUSTED = "untrusted"
    NO_HOST = "no-host"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may take: bytes after unpacking, seconds in all, redirects."""

    size: int
    seconds: float = 20.0
    redirects: int = 5


FEED = Limits(5_000_000)
PICTURE = Limits(10_000_000)
LINK = Limits(512_000)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is where it came from after redirects, `body` unpacked; `why` a sentence for people.

    `status` is 0 when there was no answer. `moved`: every redirect on the way said that it is for good
    (301, 308), so the new address is the one to keep. The body is never in `why`.
    """

    outcome: Outcome
    url: str
    status: int = 0
    body: bytes = b""
    media_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    retry_after: timedelta | None = None
    moved: bool = False
    why: Text | None = None

    @property
    def is_good(self) -> bool:
        """Whether there is something to read."""
        return self.outcome is Outcome.OK

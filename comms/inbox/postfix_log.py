"""Postfix's log as evidence: which letters the relay has taken, and what became of them.

`cleanup` logs the Message-ID while the body comes in, before the final dot: that line stands there for
letters that were cut off too. What proves that a letter was taken is `qmgr`'s "queue active". Cannot: tell
of letters that are held or thrown away by the relay's own rules; those are logged before the dot.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from comms.errors import ConfigError, say
from comms.inbox.reading import harmless, opened
from comms.model.ledger import Evidence, Verdict

_LINE = re.compile(
    rb"(?P<stamp>\d{4}-\d\d-\d\dT\S+|[A-Za-z]{3} [ \d]\d \d\d:\d\d:\d\d) "
    rb"(?P<relay>(?:[^\s/]+ )?[^\s/\[]+)/(?:[^\s/\[]+/)*(?P<service>\w+)\[\d+\]: (?P<words>.*)",
    re.DOTALL,
)
"""Anchored: a client's words stand later in a line, and may look like one."""

_REFUSAL = re.compile(
    rb"(?:milter-)?reject: (?:END-OF-MESSAGE from \S+: |(?:\w+ )?(?:header|body) .*: )"
    rb"(?:\d{3} )?(?P<why>5\.\d+\.\d+ .*)"
)
_FATE = re.compile(rb"(?:to=<(?P<recipient>[^>]*)>.*?, dsn=[\d.]+|from=<[^>]*>), status=(?P<fate>[a-z].*)")
_MESSAGE_ID = b"message-id="
_TAKEN = b"(queue active)"
_BEGINNINGS = (b"client=", b"uid=")
"""A letter's first words: the number is now another letter's, for Postfix uses short ones again."""

_LONGEST_LINE = 65536
_MOST_FATES = 20


@dataclass(slots=True)
class _Trace:
    """What the log has said so far of one Message-ID; `taken` is where and when it says so."""

    taken: bytes = b""
    at: datetime | None = None
    refused: bytes = b""
    fates: dict[bytes, bytes] = field(default_factory=dict)

    def follow(self, found: re.Match[bytes], number: bytes, words: bytes) -> None:
        """Take in one more line about it."""
        refusal, fate = _REFUSAL.match(words), _FATE.match(words)
        if self.taken:
            if fate and len(self.fates) < _MOST_FATES:
                self.fates[fate["recipient"] or b""] = fate["fate"]
        elif found["service"].endswith(b"qmgr") and words.endswith(_TAKEN):
            self.taken, self.at = b"%b %b" % (found["stamp"], number), _aware(found["stamp"])
        elif refusal:
            self.refused = b"%b %b: %b" % (found["stamp"], number, refusal["why"])
            self.at = _aware(found["stamp"])

    def evidence(self, message_id: str, source: str) -> Iterator[Evidence]:
        """What it proves; nothing when the letter was cut off."""
        if self.taken:
            # In the order of the alphabet: bounced comes before deferred, and both before sent.
            became = b"; ".join(sorted(set(self.fates.values()))) or b"queue active"
            detail = harmless(self.taken + b": " + became)
            yield Evidence(message_id, Verdict.ACCEPTED, source, detail, self.at)
        elif self.refused:
            yield Evidence(message_id, Verdict.REJECTED, source, harmless(self.refused), self.at)


def read_logs(paths: Sequence[Path], wanted: Collection[str]) -> Iterator[Evidence]:
    """Evidence from a log and its rotated parts, in any order. Raises ConfigError.

    A file that is nothing of Postfix's must not pass for a log in which nothing was found.
    """
    source = harmless(f"postfix: {', '.join(map(str, paths))}")
    lines = chain.from_iterable(map(open_log, sorted(paths, key=_begun)))
    yield from read_postfix_log(_postfix_at_all(lines, source), wanted, source)


def read_postfix_log(lines: Iterable[bytes], wanted: Collection[str], source: str) -> Iterator[Evidence]:
    """Evidence from lines in the order of time, at most one for each Message-ID, when all are read.

    A refusal is of the last attempt that the log knows; being taken beats it. `at` is left out when the
    log does not give year and zone.
    """
    traces: dict[str, _Trace] = {}
    numbers: dict[tuple[bytes, bytes], _Trace] = {}
    sought = {identity.encode(): identity for identity in wanted}
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        number, _, words = found["words"].rstrip().partition(b": ")
        place = (found["relay"], number)
        if words.startswith(_MESSAGE_ID):
            numbers.pop(place, None)
            identity = sought.get(words.removeprefix(_MESSAGE_ID))
            if identity is not None:
                numbers[place] = traces.setdefault(identity, _Trace())
                numbers[place].refused = b""
        elif place in numbers:
            if words.startswith(_BEGINNINGS):
                del numbers[place]
            else:
                numbers[place].follow(found, number, words)
    for identity, trace in traces.items():
        yield from trace.evidence(identity, source)


def open_log(path: Path) -> Iterator[bytes]:
    """The lines of a log, unpacked if need be; only the start of what is too long. Raises ConfigError."""
    with opened(path) as file:
        at_start = True
        while piece := file.readline(_LONGEST_LINE):
            if at_start:
                yield piece
            at_start = piece.endswith(b"\n")


def _postfix_at_all(lines: Iterable[bytes], source: str) -> Iterator[bytes]:
    seen = False
    for line in lines:
        seen = seen or _LINE.match(line) is not None
        yield line
    if not seen:
        raise ConfigError(
            say(
                "Här finns inga rader från Postfix ({source}). "
                "Ange loggen där Postfix skriver, ofta /var/log/mail.log, och dess äldre delar.",
                source=source,
            )
        )


def _begun(path: Path) -> datetime:
    """When a log begins, to sort by; a pipe, which cannot be read twice, last."""
    last = datetime.max.replace(tzinfo=UTC)
    if not path.is_file():
        return last
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    starts = (_LINE.match(line) for line in open_log(path))
    first = next((found["stamp"] for found in starts if found), b"")
    return _aware(first) or _in_the_year_before(written, first) or last


def _aware(stamp: bytes) -> datetime | None:
    with suppress(ValueError):
        instant = datetime.fromisoformat(stamp.decode("ascii", "replace"))
        return instant if instant.tzinfo else None
    return None


def _in_the_year_before(written: datetime, stamp: bytes) -> datetime | None:
    """`Nov 25 17:31:00`, or as journalctl writes in Swedish, in the year before the file was written."""
    for year in (written.year, written.year - 1):
        with suppress(ValueError):
            text = (
                f"{year} {stamp.decode('ascii', 'replace').replace('maj', 'may').replace('okt', 'oct')} +0000"
            )
            instant = datetime.strptime(text, "%Y %b %d %H:%M:%S %z")
            if (instant - written).days < 1:
                return instant
    return None

"""The child process that reads feeds: bytes in, JSON out, no file, no network, no more than its limits.

feedparser has been made to open files, to fetch addresses and to take minutes over small documents. So it
never sees more than bytes (`io.BytesIO`), in a process that holds no secret, that the kernel ends when it
takes too much, and that refuses to open anything.

Each request is a line of JSON (`size`, `url`, `charset`) and so many bytes; each answer a line of JSON:
`entries`, or `failure` (`nothing`, `no-feed`, `broken`, `memory`). An error that nobody foresaw ends the
process, which its parent takes for an answer too.
"""

from __future__ import annotations

import calendar
import io
import json
import math
import re
import resource
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax import SAXException

import feedparser  # type: ignore[import-untyped]  # it ships no types

from comms.text.feed_entry import cleaned

MOST_ENTRIES = 200
_READABLE = (".py", ".pyc", ".so")
_FORBIDDEN = ("socket.", "subprocess.", "os.", "urllib.", "ctypes.", "shutil.", "ftplib.", "http.client")
_ALLOWED = frozenset({"os.listdir", "os.scandir"})
_PAGE = resource.getpagesize()
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_TAIL = 2000


def main(seconds: int, memory: int) -> None:
    """Answer requests until there are no more: each with so many seconds of work.

    `memory`: bytes of address space above what the process has when it begins.
    """
    here, there = sys.stdin.buffer, sys.stdout.buffer
    _bound_memory(memory)
    sys.addaudithook(refuse)
    while line := here.readline():
        asked = json.loads(line)
        _bound_time(seconds)
        there.write(json.dumps(answer(here, asked)).encode("ascii") + b"\n")
        there.flush()


def answer(source: BinaryIO, asked: Mapping[str, Any]) -> dict[str, object]:
    """What a request is answered: every failure that can be told is a word."""
    body = source.read(asked["size"])
    if not body.strip():
        return {"failure": "nothing"}
    try:
        found = feedparser.parse(io.BytesIO(body), response_headers=_headers(body, asked), **_PLAIN)
        whole = found.entries[:-1] if _is_cut_off(body, found) else found.entries
        entries = [entry for raw in _newest(whole) if (entry := _entry(raw, found.feed)) is not None]
    except MemoryError:
        return {"failure": "memory"}
    if not entries and not found.version:
        return {"failure": "no-feed"}
    if not entries and _is_broken(found):
        return {"failure": "broken"}
    return {"entries": entries}


_PLAIN: dict[str, bool] = {"sanitize_html": False, "resolve_relative_uris": False}
"""Nothing of a feed is shown as HTML: what sanitises it is work that is not needed, and a target."""


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Let nothing be opened but modules (sys.addaudithook). Raises `PermissionError`."""
    if event == "open":
        name = str(arguments[0])
        if name.endswith(_READABLE) and arguments[1] in {"r", "rb", None}:
            return
        raise PermissionError(event)
    if event.startswith(_FORBIDDEN) and event not in _ALLOWED:
        raise PermissionError(event)


def _bound_memory(memory: int) -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = _allowed(resource.RLIMIT_AS, pages * _PAGE + memory)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _bound_time(seconds: int) -> None:
    """So many seconds from now on; the kernel counts whole ones since the process began."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = _allowed(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _allowed(limit: int, wanted: int) -> int:
    """What we want, or less when we ourselves have been given less: no limit can be raised over that."""
    given = resource.getrlimit(limit)[1]
    return wanted if given == resource.RLIM_INFINITY else min(wanted, given)


def _headers(body: bytes, asked: Mapping[str, Any]) -> dict[str, str]:
    """What feedparser goes by. Servers lie about charsets: bytes that are UTF-8 are, whatever is said."""
    charset = "utf-8" if _is_utf8(body) else asked["charset"]
    kind = f"application/xml; charset={charset}" if charset else "application/xml"
    return {"content-type": kind, "content-location": asked["url"]}


def _is_utf8(body: bytes) -> bool:
    if body.isascii() or b"\0" in body:
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_broken(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("bozo_exception"), SAXException)


def _is_cut_off(body: bytes, found: Mapping[str, Any]) -> bool:
    """Whether the end is missing, and with it some of the last entry."""
    return _is_broken(found) and _END.search(body[-_TAIL:]) is None


def _newest(entries: list[Any]) -> list[Any]:
    """So many of the newest; those without a day stand as the feed has them, last."""
    return sorted(entries, key=_published, reverse=True)[:MOST_ENTRIES]


def _published(raw: Mapping[str, Any]) -> str:
    """The instant that an entry says that it is of, as ISO text; "" when it says none."""
    for key in ("published_parsed", "updated_parsed", "created_parsed"):
        moment = raw.get(key)
        if moment:
            try:
                return datetime.fromtimestamp(calendar.timegm(moment), UTC).isoformat(timespec="seconds")
            except (ValueError, OverflowError, OSError, TypeError):
                continue
    return ""


def _entry(raw: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, str] | None:
    content = next(_contents(raw), {})
    texts = cleaned(
        {
            "identity": _text(raw.get("id")),
            "link": _text(raw.get("link")),
            "title": _text(raw.get("title")),
            "summary": _text(raw.get("summary")),
            "content": _text(content.get("value")),
            "language": _text(content.get("language") or raw.get("language") or feed.get("language")),
        }
    )
    return None if texts is None else texts | {"published": _published(raw)}


def _contents(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (one for one in raw.get("content") or () if str(one.get("type", "")).startswith("text/"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

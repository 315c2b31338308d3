"""A line of the log in JSON: what happened, when, to which ids. No address, no token and no secret is in it.

For programs that gather logs; people read the text form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from comms.text.masking import masked_in

_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])A[Q-Za-f][A-Za-z0-9_-]{20,}|(?<=/)[cpu]/[A-Za-z0-9_-]{8,}")
"""What begins as our tokens do (comms/text/tokens.py), and what stands in a personal link."""

_KEYED = re.compile(
    r"(?i)\b(authorization\s*[:=]\s*(?:basic|bearer)?|bearer"
    r"|\w*(?:token|password|secret|key)[\"']?\s*[:=])(\s*[\"']?)[^\s&,;\"']{4,}"
)
_IN_URL = re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)")
"""Who asks and with what password, in an address of a server."""

_QUOTED = re.compile(r'"[^"\s@]+(?: [^"\s@]+)*"(?=@)')
"""An address' first part in quotes, which may have spaces (RFC 5322, 3.4.1)."""

_BREAK = re.compile(r"[\x7f-\x9f\u2028\u2029]")
"""What ends a line for some programs, or steers a terminal, and JSON lets stand."""

_HIDDEN = "***"
_LONGEST = 2000
_READ = 4 * _LONGEST

Value = str | int | float | bool | None | Sequence[str] | Mapping[str, int]


def log_line(at: datetime, event: str, fields: Mapping[str, Value], *, level: str = "info") -> str:
    """One line: `time` in UTC, `level`, `event`, then the fields; texts in them are made `loggable`."""
    row = {
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": level,
        "event": event,
        **{name: _loggable(value) for name, value in fields.items()},
    }
    return _BREAK.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(row, ensure_ascii=False))


def loggable(text: str) -> str:
    """A text without whole addresses (`a•••@kommun.example`), tokens and what stands after `password=`."""
    plain = _QUOTED.sub(_HIDDEN, _IN_URL.sub(_HIDDEN, text[:_READ].replace("%40", "@")))
    plain = _KEYED.sub(lambda found: f"{found[1]}{found[2]}{_HIDDEN}", _TOKEN.sub(_HIDDEN, plain))
    plain = masked_in(plain)  # cut only now: half an address is not known for one
    return plain if len(text) <= _LONGEST else f"{plain[:_LONGEST]}…"


def _loggable(value: Value) -> Value:
    if isinstance(value, str):
        return loggable(value)
    if isinstance(value, Mapping):
        return {loggable(name): count for name, count in value.items()}
    if isinstance(value, Sequence):
        return [loggable(one) for one in value]
    return value

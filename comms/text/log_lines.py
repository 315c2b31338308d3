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
    r"(?i)\b(authorization\s*[:=]\s*(?:basic|bearer)?|bearer|\w*(?:token|password|secret|key)\s*[:=])(\s*)"
    r"[^\s&,;\"']{4,}"
)
_BREAK = re.compile(r"[\x7f-\x9f\u2028\u2029]")
"""What ends a line for some programs, or steers a terminal, and JSON lets stand."""

_HIDDEN = "***"
_LONGEST = 2000

Value = str | int | float | bool | None | Sequence[str] | Mapping[str, int]


def log_line(at: datetime, event: str, fields: Mapping[str, Value], *, level: str = "info") -> str:
    """One line: `time` in UTC, `level`, `event`, then the fields; texts in them are made harmless."""
    row = {
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": level,
        "event": event,
        **{name: _harmless(value) for name, value in fields.items()},
    }
    return _BREAK.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(row, ensure_ascii=False))


def harmless(text: str) -> str:
    """A text without whole addresses (`a•••@kommun.example`), tokens and what stands after `password=`."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    plain = _KEYED.sub(lambda found: f"{found[1]}{found[2]}{_HIDDEN}", _TOKEN.sub(_HIDDEN, cut))
    return masked_in(plain.replace("%40", "@"))


def _harmless(value: Value) -> Value:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Mapping):
        return {harmless(name): count for name, count in value.items()}
    if isinstance(value, Sequence):
        return [harmless(one) for one in value]
    return value

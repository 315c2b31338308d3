"""The log of the public pages: what was asked and how it went; no token, no address, no caller.

For people, or in JSON for programs that gather logs (`log.format`).
"""

from __future__ import annotations

import logging
import re
from typing import TextIO

from comms.app.logging_lines import Lines

LOG = logging.getLogger("comms.web")

_TOKEN = re.compile(r"(^|/)([cpu])/[^/]*")
_SIGNED = re.compile(r"A[Q-Za-f][A-Za-z0-9_-]{6,}")
"""What begins as a token does (its version, comms/text/tokens.py): a link that was written wrongly holds it
somewhere else."""

_ADDRESS = re.compile(r"@|%40")
_LONGEST = 120


def masked(path: str) -> str:
    """A path as the log may have it."""
    shown = _SIGNED.sub("***", _TOKEN.sub(r"\1\2/***", path))
    if _ADDRESS.search(shown):  # somebody has put an address in a link
        shown = "***"
    plain = "".join(sign if sign.isprintable() and sign != " " else "?" for sign in shown)
    return plain[:_LONGEST]


def log_to(stream: TextIO, *, as_json: bool = False) -> None:
    """Write the log to a stream, once."""
    if not LOG.handlers:
        handler = logging.StreamHandler(stream)
        handler.setFormatter(Lines() if as_json else logging.Formatter("%(asctime)s %(message)s"))
        LOG.addHandler(handler)
        LOG.setLevel(logging.INFO)
        LOG.propagate = False

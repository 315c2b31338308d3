"""Reports of delivery: what their fields say of each recipient (RFC 3464, RFC 6533).

Only `failed` is a failure. What is delayed, delivered, relayed or sent on to a list is none, whatever code
stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from comms.inbox.reading import harmless
from comms.inbox.returned_letter import Fields, Letter, first, values
from comms.model.bounce import Reason, Returned, ReturnKind
from comms.text.reasons import UNSAID, classify, status_of

_LONGEST_ADDRESS = 320
_MOST_RECIPIENTS = 50

_RECIPIENTS = ("original-recipient", "x-actual-recipient", "final-recipient")
"""The first is what we wrote to; the last is what it became on its way."""

_WORDS = ("diagnostic-code", "x-supplementary-info", "x-display-name-status", "status")
_EMBEDDED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_DELAY, _DELIVERED = Reason("delayed", ReturnKind.DELAY), ReturnKind.DELIVERED

_ACTIONS: tuple[tuple[str, Reason | None], ...] = (
    # How an Action begins, also with a comment or as servers write it that do not keep to the letter; what it
    # means: None is a failure.
    ("fail", None),
    ("error", None),
    ("undeliver", None),
    ("delay", _DELAY),
    ("delivered", Reason("delivered", _DELIVERED)),
    ("relayed", Reason("relayed", _DELIVERED)),
    ("expanded", Reason("expanded", _DELIVERED)),
)


def read_dsn(letter: Letter, said: str) -> tuple[Returned, ...]:
    """What a report of delivery says, a value a recipient; nothing when it is none or names nobody.

    `said` is what the letter says to people: it counts when a failed recipient's own fields do not tell why.
    """
    found = (_recipient(group, said) for group in letter.statuses)
    by_address = {(one.address, one.reason): one for one in found if one}
    return tuple(by_address.values())[:_MOST_RECIPIENTS]


def _recipient(group: Fields, said: str) -> Returned | None:
    addresses = list(_addresses(group))
    action, status = first(group, "action").lower(), first(group, "status")
    if not (addresses or action):
        return None  # the group about the letter as a whole
    words = " ".join(dict.fromkeys(values(group, *_WORDS)))
    told = harmless(_without_type(first(group, "diagnostic-code")) or status)
    code = status_of(status, words)
    address, became = (addresses[0], addresses[-1]) if addresses else ("", "")
    known, meaning = _meaning(action, code)
    if not known:
        return None
    reason = meaning or classify(status, words)
    if reason == UNSAID and said:
        reason = classify(status, said)
    return Returned(reason, address, code, told, by="rfc3464", became="" if became == address else became)


def _meaning(action: str, code: str) -> tuple[bool, Reason | None]:
    """Whether anything is said, and what; None is a failure. Without an Action the first digit says."""
    for beginning, reason in _ACTIONS:
        if action.startswith(beginning):
            return True, reason
    by_code = {"2": Reason("delivered", _DELIVERED), "4": _DELAY, "5": None}
    return code[:1] in by_code, by_code.get(code[:1])


def _addresses(group: Fields) -> Iterator[str]:
    for value in values(group, *_RECIPIENTS):
        kind, semicolon, rest = value.partition(";")
        if address := clean(_decoded(rest) if semicolon else kind):
            yield address


def clean(text: str) -> str:
    """An address without brackets and comments; "" when it is none that a letter could go to."""
    bare = text.strip().removeprefix("<").partition(">")[0].partition(" (")[0].strip(" \t\"'")
    is_one = "@" in bare.strip("@") and len(bare) <= _LONGEST_ADDRESS and not re.search(r"[\s<>,;\\]", bare)
    return bare if is_one and bare.isprintable() else ""


def _decoded(address: str) -> str:
    r"""An address with characters written as \x{E5} (RFC 6533, 3)."""

    def character(found: re.Match[str]) -> str:
        with suppress(ValueError, OverflowError):
            return chr(int(found[1], 16))
        return "?"

    return _EMBEDDED.sub(character, address)


def _without_type(diagnostic: str) -> str:
    kind, semicolon, rest = diagnostic.partition(";")
    return (
        rest.strip() if semicolon and len(kind) < len("X-Supplementary") and " " not in kind else diagnostic
    )

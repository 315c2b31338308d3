"""What a domain says of its mail in DNS: SPF, DKIM and DMARC, read from the texts that stand there.

Nothing is looked up here. Texts are TXT records, each with its strings joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_LOOKUPS = 10
"""Look-ups that a receiver makes for one SPF record before it gives up (RFC 7208, 4.6.4)."""

_LOOKED_UP = frozenset({"include", "a", "mx", "ptr", "exists"})
_MACRO = "%"
_MOST_LABELS = 8
_ENOUGH = MOST_LOOKUPS + 1

TextsAt = Callable[[str], Sequence[str]]
"""The TXT records at a name; none when there are none."""


# SPF


def spf_records(texts: Sequence[str]) -> list[str]:
    """Those of a name's texts that are SPF: there may be one (RFC 7208, 4.5)."""
    return [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def spf_end(record: str) -> str:
    """What an SPF record says of everybody else: `-all`, `~all`, `?all`, `+all`, or "" when it says nothing.

    A record that leads on (`redirect=`) says what the other one says: then it is `redirect`.
    """
    for term in record.lower().split()[1:]:
        if term.lstrip("+-~?") == "all":
            return term if term[0] in "+-~?" else f"+{term}"
    return "redirect" if any(term.lower().startswith("redirect=") for term in record.split()) else ""


def spf_lookups(record: str, texts_at: TextsAt) -> int:
    """How many look-ups a receiver makes for an SPF record and all that it includes; 11 is "too many".

    What is included is asked for by `texts_at`; a name with macros is counted and not followed.
    """
    return min(_counted(record, texts_at, 0), _ENOUGH)


def _counted(record: str, texts_at: TextsAt, so_far: int) -> int:
    count, leads_on = so_far, ""
    for term in record.split()[1:]:
        plain = term.lstrip("+-~?").lower()
        if plain == "all":  # what stands after it is never reached
            return count
        name, _, value = plain.partition(":")
        if plain.startswith("redirect="):
            leads_on = plain.removeprefix("redirect=")
        elif name.partition("/")[0] in _LOOKED_UP:
            count += 1
            count = _below(value, texts_at, count) if name == "include" else count
        if count >= _ENOUGH:  # a loop too
            return count
    return _below(leads_on, texts_at, count + 1) if leads_on else count


def _below(name: str, texts_at: TextsAt, count: int) -> int:
    if _MACRO in name or count >= _ENOUGH:
        return count
    records = spf_records(texts_at(name))
    return _counted(records[0], texts_at, count) if len(records) == 1 else count


# DKIM


class KeyStanding(StrEnum):
    """How a published key stands to the one that signs."""

    SAME = "same"
    ABSENT = "absent"
    OTHER = "other"
    REVOKED = "revoked"
    SEVERAL = "several"
    UNFIT = "unfit"


def tags(text: str) -> dict[str, str]:
    """A list of tags, `k=v; k=v`, by name; of two of a name the first (RFC 6376, 3.2)."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def key_standing(texts: Sequence[str], ours: str) -> KeyStanding:
    """Whether what is published at a selector is our record (RFC 6376, 3.6.1): both as TXT texts.

    Unfit: for something else than mail, or for another hash than SHA-256.
    """
    keys = [found for text in texts if "p" in (found := tags(text)) and found.get("v", "DKIM1") == "DKIM1"]
    if len(keys) != 1:
        return KeyStanding.SEVERAL if keys else KeyStanding.ABSENT
    (key,), wanted = keys, tags(ours)
    if not key["p"]:
        return KeyStanding.REVOKED
    if (_joined(key["p"]), key.get("k", "rsa")) != (_joined(wanted["p"]), wanted.get("k", "rsa")):
        return KeyStanding.OTHER
    services, hashes = _listed(key.get("s", "*")), _listed(key.get("h", "sha256"))
    return KeyStanding.SAME if services & {"*", "email"} and "sha256" in hashes else KeyStanding.UNFIT


def is_testing(texts: Sequence[str]) -> bool:
    """Whether the key is published as a trial: receivers then treat letters as unsigned."""
    return any("y" in _listed(found.get("t", "")) for text in texts if "p" in (found := tags(text)))


def _joined(value: str) -> str:
    return "".join(value.split())


def _listed(value: str) -> set[str]:
    return {one.strip().lower() for one in value.split(":")}


# DMARC


@dataclass(frozen=True, slots=True)
class Dmarc:
    """A policy (RFC 9989, 4.7); tags that are unknown or gone (`pct`, `rf`, `ri`) are not looked at.

    `subdomains`: what holds below the domain. `psd`: y for a public suffix, n for an organization's own top.
    `strict`: the envelope's domain must be From's own. `reports`: somebody gets the reports.
    """

    policy: str
    subdomains: str
    psd: str
    strict: bool
    reports: bool
    testing: bool


def dmarc_records(texts: Sequence[str]) -> list[str]:
    """Those of a name's texts that are DMARC: with two, receivers act as if there were none."""
    return [text for text in texts if _joined(text.partition(";")[0]) == "v=DMARC1"]


def read_dmarc(texts: Sequence[str]) -> Dmarc | None:
    """The policy among the texts at `_dmarc.DOMAIN`, or None; a policy that is not said is `none`."""
    records = dmarc_records(texts)
    if len(records) != 1:
        return None
    said = tags(records[0])
    policy = _policy(said.get("p", ""), "none")
    return Dmarc(
        policy,
        _policy(said.get("sp", ""), policy),
        said.get("psd", "u").lower(),
        said.get("aspf", "r").lower() == "s",
        bool(said.get("rua", "")),
        said.get("t", "n").lower() == "y",
    )


def _policy(said: str, otherwise: str) -> str:
    return said.lower() if said.lower() in {"none", "quarantine", "reject"} else otherwise


def tree(domain: str) -> tuple[str, ...]:
    """The domains whose policies are asked for, the domain itself first (RFC 9989, 4.10: at most eight)."""
    labels = domain.split(".")
    above = labels[1:] if len(labels) < _MOST_LABELS else labels[-(_MOST_LABELS - 1) :]
    return (domain, *(".".join(above[start:]) for start in range(len(above))))


def organizational_domain(domain: str, found: Mapping[str, Dmarc]) -> str:
    """The organization that a domain belongs to (RFC 9989, 4.10.2): `found` are policies by domain.

    Two domains are aligned when it is the same.
    """
    walked = [one for one in tree(domain) if one in found]
    for one in walked:
        if found[one].psd == "n":
            return one
        if found[one].psd == "y" and one != domain:
            below = domain.split(".")[-(one.count(".") + 2) :]
            return ".".join(below)
    return walked[-1] if walked else domain


def policy_of(domain: str, found: Mapping[str, Dmarc]) -> tuple[str, Dmarc] | None:
    """Whose policy holds for letters from a domain, and which: its own, else its organization's."""
    for one in (domain, organizational_domain(domain, found), *reversed(tree(domain))):
        if one in found:
            return one, found[one]
    return None

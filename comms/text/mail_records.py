"""What a domain says of its mail in DNS: SPF, DKIM and DMARC, read from the texts that stand there.

Nothing is looked up here. Texts are TXT records, each with its strings joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

MOST_LOOKUPS = 10
"""Look-ups that a receiver makes for one SPF record before it gives up (RFC 7208, 4.6.4)."""

_LOOKED_UP = frozenset({"include", "a", "mx", "ptr", "exists"})
_TERM = re.compile(
    r"(?i)[+?~-]?(?:all|include:\S+|exists:\S+|ptr(?::\S+)?|ip4:(?P<ip4>\S+)|ip6:(?P<ip6>\S+)"
    r"|(?:a|mx)(?::\S+|(?:/\d{1,2})?(?://\d{1,3})?))"
    r"|(?!(?:all|include|exists|ptr|ip4|ip6|a|mx)=)[a-z][\w.-]*=\S*"
)
_MACRO = "%"
_MOST_LABELS = 8
_ENOUGH = MOST_LOOKUPS + 1

TextsAt = Callable[[str], Sequence[str]]
"""The TXT records at a name; none when there are none."""


# SPF


def spf_records(texts: Sequence[str]) -> list[str]:
    """Those of a name's texts that are SPF: there may be one (RFC 7208, 4.5)."""
    return [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


@dataclass(frozen=True, slots=True)
class Spf:
    """What an SPF record comes to, with all that it leads on to.

    `lookups`: those that a receiver makes; 11 is "too many". `end`: what it says of everybody else, `-all`,
    `~all`, `?all`, `+all`, "" when it says nothing, or `redirect` for what nobody can follow here.
    `lets`: it lets somebody send. Receivers read nothing at all of a record with a term that is none
    (`unknown`), or that leads to a name without one SPF record (`absent`; RFC 7208, 4.6 and 5.2).
    """

    lookups: int = 0
    end: str = ""
    lets: bool = False
    unknown: str = ""
    absent: str = ""


def read_spf(record: str, texts_at: TextsAt) -> Spf:
    """Follow an SPF record through what it includes, asked for by `texts_at`; names with macros are not."""
    found = _through(record, texts_at, Spf())
    return replace(found, lookups=min(found.lookups, _ENOUGH))


def _through(record: str, texts_at: TextsAt, so_far: Spf) -> Spf:
    found, leads_on = so_far, ""
    for term in record.split()[1:]:
        plain = term.lstrip("+-~?").lower()
        name, _, value = plain.partition(":")
        if not _is_term(term):
            found = replace(found, unknown=found.unknown or term)
        elif plain == "all":  # what stands after it is never reached
            return replace(found, end=term.lower() if term[0] in "+-~?" else "+all")
        elif plain.startswith("redirect="):
            leads_on = plain.removeprefix("redirect=")
        elif name == "include":
            found = replace(_below(value, texts_at, replace(found, lookups=found.lookups + 1)), end="")
        elif "=" not in name:
            looked = name.partition("/")[0] in _LOOKED_UP
            found = replace(found, lookups=found.lookups + looked, lets=found.lets or term[0] not in "-~?")
        if found.lookups >= _ENOUGH:  # a loop too
            return found
    return _below(leads_on, texts_at, replace(found, lookups=found.lookups + 1)) if leads_on else found


def _below(name: str, texts_at: TextsAt, so_far: Spf) -> Spf:
    if _MACRO in name or so_far.lookups >= _ENOUGH:
        return replace(so_far, end="redirect", lets=True)
    records = spf_records(texts_at(name))
    if len(records) != 1:
        return replace(so_far, absent=so_far.absent or name)
    return _through(records[0], texts_at, so_far)


def _is_term(term: str) -> bool:
    """Whether receivers know a term (RFC 7208, 5 and 6): any modifier, but none with a mechanism's name."""
    found = _TERM.fullmatch(term)
    if found is None:
        return False
    try:
        if found["ip4"]:
            IPv4Network(found["ip4"], strict=False)
        if found["ip6"]:
            IPv6Network(found["ip6"], strict=False)
    except ValueError:
        return False
    return True


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
    keys = _keys(texts)
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
    return any("y" in _listed(key.get("t", "")) for key in _keys(texts))


def _keys(texts: Sequence[str]) -> list[dict[str, str]]:
    """Those of a selector's texts that are keys: a wildcard may give others."""
    return [found for text in texts if "p" in (found := tags(text)) and found.get("v", "DKIM1") == "DKIM1"]


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

"""Why a letter was refused, by the server's words and its enhanced code: one table, read from the top.

Two in three of the refusals that begin with 5 speak of the sender or the letter, not of the address, so the
first digit decides nothing. Words that tell what was done to us stand first and beat any code: "550 5.1.1 …
blocked using zen.spamhaus.org" says nothing of the address. Then come codes of policy (x.7.x), words that
tell of an address or a mailbox, codes that name one thing, vague words, and codes of a whole class.

Codes: RFC 3463, RFC 5248's register, RFC 7372 and 7505 and what Microsoft and Google publish for theirs.
Words: Exchange and Microsoft 365, Postfix, Exim, Gmail, sendmail, qmail, Mimecast, Proofpoint, Barracuda;
English and Swedish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from comms.model.bounce import Reason, ReturnKind

_READ = 2000
"""Characters of a server's words that are looked at."""

_DEAD, _TROUBLE, _OURS = ReturnKind.DEAD, ReturnKind.TROUBLE, ReturnKind.OURS

UNSAID = Reason("unsaid", ReturnKind.UNREADABLE)
"""It failed, and neither code nor words tell why. Not trouble: most refusals are about us, and a
reader must not be left out by a guess. Not our fault: it may as well be a dead address. A person looks."""

_CODE = re.compile(r"(?<![\w.])([45]\.\d{1,3}\.\d{1,3})(?!\.?\w)")
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"\S{0,320}@\S*")
_SAID_BY = re.compile(
    r"\b(?:host|server) \S{1,255} (?:said|replied|refused to talk to me)\b:?", re.IGNORECASE
)
_NAME = re.compile(
    r"https?://\S*|\b(?!RESOLVER|STOREDRV|TRANSPORT)(?:[a-z0-9-]{1,63}\.){2,}[a-z]{2,}\b", re.IGNORECASE
)
_LISTS = re.compile(
    r"spamhaus|spamcop|barracudacentral|sorbs|uceprotect|abusix|invaluement|surbl|uribl|psbl"
    r"|mailspike|senderscore|spamrl|dnsbl|backscatterer",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A reason, and what tells of it: the code, the words, or both when both are given."""

    reason: Reason
    code: re.Pattern[str] | None
    words: re.Pattern[str] | None

    def fits(self, status: str, words: str) -> bool:
        return (self.code is None or bool(self.code.match(status))) and (
            self.words is None or bool(self.words.search(words))
        )


def _rule(slug: str, kind: ReturnKind, words: str = "", code: str = "") -> _Rule:
    return _Rule(
        Reason(slug, kind),
        re.compile(code) if code else None,
        re.compile(words, re.IGNORECASE) if words else None,
    )


_BOX = (
    r"(?:user|recipient|account|mail ?box|inbox|address(?:ee)?|e-?mail(?: address| account)?|alias"
    r"|customer)"
)
_THEIRS = r"(?:mottagar|användar|adress|e-post|konto|brevlåd|postlåd|inkorg|person)\w*"
_FOR_EVER = r"(?!4\.)"
"""No code, or one that is not of a passing trouble."""

_RULES: tuple[_Rule, ...] = (
    # Microsoft 365 says so, in words of policy, of an address that its directory lacks. A directory out of
    # step says it of a whole municipality, so it does not count as dead at once.
    _rule("not-in-directory", _TROUBLE, r"recipient address rejected: access denied", r"5\.4\.1$"),
    # Words about us: they beat every code.
    _rule("spf", _OURS, r"\bspf\b|sender policy framework"),
    _rule("dmarc", _OURS, r"\bdmarc\b"),
    _rule("dkim", _OURS, r"\bdkim\b"),
    _rule(
        "reverse-dns",
        _OURS,
        r"\bptr\b|\br(everse[- ])?dns\b|reverse (lookup|host ?name|mapping)"
        r"|(find|resolve) your (reverse )?host ?name|helo command rejected|client host rejected",
    ),
    _rule(
        "blocked",
        _OURS,
        rf"{_LISTS.pattern}|(block|black|deny)[ -]?list|\brbl\b|blocked (using|by)|\breputation\b"
        r"|banned (sending )?ip|\b(your|client|sending|from) (ip|host|server|domain|address|network"
        r"|message|e-?mail)\b.{0,60}\b(blocked|banned|listed)"
        r"|(svart|spärr|block(erings)?)list|(server|ip-adress)\w* (är|har) (blockera|spärra)",
    ),
    _rule("virus", _OURS, r"\bvirus(es)?\b|malware|infected|\btrojan|phishing|skadlig kod|nätfiske"),
    _rule(
        "spam",
        _OURS,
        r"\bspam|\bjunk\b|unsolicited|\bbulk (e-?)?mail|skräppost|oönskad (e-)?post|massutskick",
    ),
    _rule(
        "rate",
        _OURS,
        r"rate[- ]?limit|too many (messages|connections|recipients|e-?mails|concurrent)|throttl"
        r"|unusual rate|sending (rate|quota|limit)|(hourly|daily).{0,30}(limit|quota)"
        r"|gr[ae]y-?list|grålist|för många (meddelanden|anslutningar|brev|mottagare)",
    ),
    _rule("tls", _OURS, r"\b(start)?tls\b|encryption (is )?(required|needed)|kräver kryptering"),
    _rule(
        "relaying",
        _OURS,
        r"\brelay(ing)?\b.{0,20}(denied|not|prohibited|refused)|(unable|not permitted) to relay",
    ),
    _rule(
        "restricted",
        _OURS,
        r"authrequired|RESOLVER\.RST\.(?!RecipSize|SendSize)"
        r"|(not|isn't) (authori[sz]ed|allowed|permitted) to (send|post)"
        r"|only accepts? (mail|messages|e-?mail) from|permission to (send|post)|accept(ing|s)? only"
        r"|only (accepts?|members)"
        r"|(tar bara|tar endast|endast) .{0,40}(avsändare|inifrån)|inte behörighet"
        r"|saknar behörighet",
    ),
    _rule(
        "sender-refused",
        _OURS,
        r"sender(?:'s)?(?: address| domain)?(?: \S{1,100})? ?(?:was |is |has been )?(?:rejected"
        r"|denied|blocked|refused|invalid|not (?:accepted|allowed|valid|verified|permitted))"
        r"|sender (verif|id\b)|blocked sender|bad outbound sender|sender address\w* (has|have) been"
        r"|not accepting mail from|(return[- ]path|envelope from).{0,30}(invalid|rejected|refused)"
        r"|avsändar\w* .{0,30}(blockera|avvisa|spärra|neka|godtas inte|inte tillåt)",
    ),
    _rule(
        "authentication",
        _OURS,
        r"authentication (is )?(required|failed|checks?)|(un|not )authenticated|autentiser",
    ),
    _rule(
        "policy",
        _OURS,
        r"\bpolic(y|ies)\b|\bprohibit|content (rejected|filter|restrict)"
        r"|rejected (by|due to|for) (the |its )?(content|filter|rule|header)"
        r"|(message|mail|transaction) (was |has been |is )?(rejected|refused) (by|due|for)"
        r"|(transport )?rules?\.rejectmessage|security reasons|antispoof|anti-spoof"
        r"|avvisa\w+ (av|på grund av) .{0,40}(regel|regler|filter|innehåll)|säkerhetsskäl"
        r"|bryter mot",
    ),
    # Codes of policy and security (RFC 3463, X.7; RFC 7372): about us, whatever the words say of the address.
    _rule("dkim", _OURS, code=r"[45]\.7\.2[0-2]$"),
    _rule("spf", _OURS, code=r"[45]\.7\.(23|24|27)$"),
    _rule("reverse-dns", _OURS, code=r"[45]\.7\.25$"),
    _rule("authentication", _OURS, code=r"[45]\.7\.(26|30|515|57|8|9|14)$"),
    _rule("rate", _OURS, code=r"[45]\.7\.28$"),
    _rule("tls", _OURS, code=r"[45]\.7\.(10|29)$"),
    _rule("blocked", _OURS, code=r"[45]\.7\.(5\d\d|6\d\d|7\d\d)$"),
    _rule("policy", _OURS, code=r"[45]\.7\."),
    _rule("sender-refused", _OURS, code=r"[45]\.1\.[789]$"),
    _rule("size", _OURS, code=r"[45]\.(2\.3|3\.4)$"),
    # Words about a way, a mailbox or an address.
    _rule("loop", _TROUBLE, r"\bloop|too many hops|hop count|\bslinga|rundgång"),
    _rule(
        "mailbox-full",
        _TROUBLE,
        r"quota|out of (storage|space)"
        r"|(mail ?box|in ?box|mail ?folder|storage|account|mail ?drop)\b.{0,60}\bfull\b"
        r"|box space not enough|not enough (storage|space)"
        r"|(insufficient|exceeded).{0,20}(storage|disk)|disk (full|space)|too much mail"
        r"|(brevlåd|postlåd|inkorg)\w*.{0,40}\bfull|\bkvot|utrymme",
    ),
    _rule(
        "size",
        _OURS,
        r"(message|mail|attachment)\b.{0,40}\btoo (large|big)|(message|mail) size|size limit"
        r"|exceed\w*.{0,30}\bsize\b|(larger|bigger) than"
        r"|(brev|meddeland|bilag)\w*.{0,20} för stor|storleksgräns",
    ),
    _rule(
        "mailbox-disabled",
        _TROUBLE,
        rf"{_BOX}\b[^.;]{{0,60}}\b(disabled|inactive|suspended|deactivated|locked|blocked|closed"
        r"|terminated|expired|discontinued|frozen|not active|no longer active)\b|no longer accepts"
        rf"|disabled {_BOX}"
        rf"|{_THEIRS}[^.;]{{0,60}}(inaktiv|avstäng|spärra|stängd|stängt|avsluta|låst)",
        r"(?!5\.1\.[1236]$)",
    ),
    _rule(
        "dns-trouble",
        _TROUBLE,
        r"(host|domain)( name)? not found,? try again|name service error.{0,90}try again",
    ),
    _rule(
        "domain-unknown",
        _DEAD,
        r"(domain|host)( name)?( \S+)? (does not|doesn.?t|did not) exist"
        r"|(domain|host)(name)? (is )?(unknown|invalid)"
        r"|(domain|host)( name)? (or domain name )?(was )?not found|unknown (host|domain|mail system)"
        r"|nxdomain|no (such|mx).{0,10}(domain|host|record)|non-?existent (domain|host)"
        r"|bad destination system"
        r"|domän\w*[^.;]{0,60}(finns (inte|ej)|hitta\w* inte|inte hitta|existerar inte|är okänd)"
        r"|okänd (domän|server)",
        _FOR_EVER,
    ),
    _rule(
        "null-mx",
        _DEAD,
        r"null ?mx|does not accept (any )?(e-?)?mail\b|accepts no mail",
        r"(?!4\.|5\.[2-7]\.)",
    ),
    _rule(
        "moved",
        _DEAD,
        rf"{_BOX} has (moved|changed)|bytt (e-post)?adress"
        r"|har ny (e-post)?adress",
        _FOR_EVER,
    ),
    _rule(
        "user-unknown",
        _DEAD,
        rf"unknown (or \w+ |local |destination )?({_BOX}|local[- ]part)|{_BOX}s?( address)?( \S+)?( is"
        r"| was)? (unknown|not (found|known|listed|registered|recogni[sz]ed|local|valid|a valid))"
        rf"|no such ({_BOX}|person|name)|no {_BOX} (here|by that|with that|named|found|available)"
        rf"|invalid (final delivery )?{_BOX}"
        rf"|{_BOX}[^.;]{{0,80}}\b(does not|doesn.?t|do not|not|no longer) exist"
        r"|this user doesn.?t have an? \S+ account"
        r"|not a (known|valid|local|registered) (user|recipient|mailbox|address)|not listed in"
        r"|unrout(e)?able|recipient ?not ?found|\.ADR\.\w*NotFound|illegal (user|alias|recipient)"
        r"|not recogni[sz]ed|(user|recipient|address) not (known|found)|bad destination mailbox"
        r"|not our customer|no longer (valid|in use|employed|works|with)|did not exactly match"
        r"|final (e-?mail )?delivery point|no matches to|nosuchuser|invalid_recipient"
        r"|okän[dt]\w* (mottagar|användar|adress|e-postadress|konto)"
        r"|ogiltig\w* (mottagar|adress|e-postadress)"
        rf"|{_THEIRS}[^.;]{{0,80}}(finns (inte|ej)|hittades (inte|ej)|inte hitta|existerar inte|är okän"
        r"|är ogiltig)|hitta(r|de)? inte (mottagar|adress|användar)"
        r"|inte (att )?hitta (mottagar|adress|användar|e-post)|har slutat",
        _FOR_EVER,
    ),
    _rule(
        "expired",
        _TROUBLE,
        r"\bexpired\b|queue too long|\d+ attempts\b|maximum delivery attempts|retry (time|timeout)"
        r"|queue period",
    ),
    # Codes that name one thing.
    _rule("user-unknown", _DEAD, code=r"5\.1\.1$"),
    _rule("domain-unknown", _DEAD, code=r"5\.(1\.2|4\.310)$"),
    _rule("bad-address", _DEAD, code=r"5\.1\.3$"),
    _rule("moved", _DEAD, code=r"5\.1\.6$"),
    _rule("null-mx", _DEAD, code=r"5\.1\.10$"),
    _rule("mailbox-disabled", _TROUBLE, code=r"[45]\.2\.1$"),
    _rule("mailbox-full", _TROUBLE, code=r"[45]\.2\.2$"),
    _rule("loop", _TROUBLE, code=r"[45]\.4\.(6|14)$"),
    _rule("expired", _TROUBLE, code=r"[45]\.4\.(7|300|316|317)$"),
    # Words that are vague.
    _rule(
        "mailbox-unavailable",
        _TROUBLE,
        r"mail ?box (is )?(currently |temporarily )?(unavailable|busy|not available)"
        rf"|{_BOX} (is )?temporarily"
        r"|(brevlåd|postlåd)\w* .{0,20}(inte tillgänglig|otillgänglig)",
    ),
    _rule(
        "unreachable",
        _TROUBLE,
        r"connection (refused|reset|timed ?out|dropped)|timed? ?out|no route|find a gateway"
        r"|not responding|unreachable|did not respond"
        r"|(could not|unable to|can.{0,2}t) (connect|contact)|server (is )?(unavailable|down|busy)"
        r"|not reachable|lost connection|temporary (server )?(error|failure|problem)"
        r"|svarar inte|svarade inte|inte att nå|går inte att nå|tidsgräns|tillfälligt fel",
    ),
    _rule("policy", _OURS, r"access (is )?denied|permission denied|åtkomst nekad"),
    # Codes of a whole class.
    _rule("unreachable", _TROUBLE, code=r"[45]\.4\."),
    _rule("mailbox-unavailable", _TROUBLE, code=r"[45]\.2\."),
    _rule("protocol", _OURS, code=r"[45]\.5\."),
    _rule("content", _OURS, code=r"[45]\.6\."),
    _rule("system", _TROUBLE, code=r"5\.3\.[1-35]$|4\.3\."),
    _rule("passing", _TROUBLE, code=r"4\."),
)

SLUGS: dict[str, ReturnKind] = {rule.reason.slug: rule.reason.kind for rule in _RULES} | {
    UNSAID.slug: UNSAID.kind
}
"""Each reason that `classify` can give, and its kind."""


def classify(status: str, words: str) -> Reason:
    """Why a copy was refused. Also for what a relay answers in a conversation; pure, never raises.

    `status` is an enhanced code (RFC 3463) or "": then one that stands in the words counts. `words` are the
    server's own, in any number of lines. Names of servers and addresses are not words: one called
    spam.example tells nothing. UNSAID when nothing tells why.
    """
    told = _plain(words)
    code = status_of(status, told)
    return next((rule.reason for rule in _RULES if rule.fits(code, told)), UNSAID)


def status_of(status: str, words: str) -> str:
    """The code that says most: a server's own in its words, then the report's; `x.0.0` says least."""
    told = _STATUS.match(status)
    codes = [*_CODE.findall(words[:_READ]), *([told[1]] if told else [])]
    return next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else "")


def _plain(words: str) -> str:
    """The words on one line, without addresses and names, but for names of blocklists."""
    text = _SAID_BY.sub(" ", " ".join(words[:_READ].split()))
    text = _ADDRESS.sub(" ", text)
    return " ".join(_NAME.sub(lambda name: " ".join(_LISTS.findall(name[0])), text).split())

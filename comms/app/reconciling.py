"""Reconcile: what is unknown is settled by evidence from outside the ledger, or by a person's word.

Never by a guess. Evidence says that a letter was taken; that it was not found says nothing, unless a
person answers for that the source holds everything. What is held because the ledger was restored may have
gone out since the copy was made: evidence settles that too, and the run's own journal is the first to ask.
"""

from __future__ import annotations

import re
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from comms.app.by_hand import web_address
from comms.app.delivering import RunReport, tell_of_failures
from comms.app.house import House
from comms.app.outgoing import has_name, message_id
from comms.app.telling import CAME_OUT
from comms.errors import Text, UsageError, say
from comms.inbox.id_list import read_id_list
from comms.inbox.imap import Mailbox
from comms.inbox.journal import read_journal, read_maildir
from comms.inbox.postfix_log import read_logs
from comms.model.audience import address_key
from comms.model.ledger import Delivery, DeliveryState, End, Evidence, SlotState, Verdict
from comms.model.settings import Secret, Security
from comms.settings import environment
from comms.store import Store, answered
from comms.text.networks import network_name

_WAYS = {"imaps": Security.TLS, "imap": Security.STARTTLS}
_PORTS = {Security.TLS: 993, Security.STARTTLS: 143}
_EXAMPLE = "imaps://journal@mejl.example/INBOX"
_STILL_OURS = say("Körningen som sänder den är inte slut än. Vänta tills den är det.")
_ON_ITS_WAY = say("Enligt körningens journal var det på väg; den säger inte hur det gick.")

_NAMES = {
    "mastodon": (r"/(\d+)/?$", r"\1"),
    "linkedin": (r"(urn:li:(?:share|ugcPost|activity):\d+)", r"\1"),
    "facebook": (r"/(\d+)(?:/posts/|_)(\d+)/?$", r"\1_\2"),
    "bluesky": (r"/profile/(did:[a-z0-9:.]+)/post/(\w+)/?$", r"at://\1/app.bsky.feed.post/\2"),
}
"""How a post's id is read from its address. Threads, Instagram and Facebook's pfbid have another there."""

NOTHING_UNKNOWN = say("Inget är ovisst.")
"""What there is to say when all is settled."""

Told = tuple[DeliveryState, str]
"""What the run's own journal says of a delivery: where it stands, and the answer's words."""


@dataclass(frozen=True)
class Sources:
    """Where to look. `complete`: a person answers for that a letter that is not found was not taken."""

    postfix_logs: tuple[Path, ...] = ()
    maildirs: tuple[Path, ...] = ()
    id_lists: tuple[Path, ...] = ()
    imap: Mailbox | None = None
    journal: bool = False
    complete: bool = False

    @property
    def outside(self) -> bool:
        """Whether there is anywhere to look that is not our own."""
        return bool(self.postfix_logs or self.maildirs or self.id_lists or self.imap)

    @property
    def any(self) -> bool:
        """Whether there is anywhere to look."""
        return self.outside or self.journal


@dataclass(frozen=True)
class Reconciled:
    """What came of it: settled deliveries with their source, those still unknown, those too early.

    `held`: how many copies of an entry are held still; nothing says that they went out.
    """

    settled: tuple[tuple[Delivery, str], ...]
    unknown: tuple[Delivery, ...]
    early: tuple[Delivery, ...] = ()
    held: tuple[tuple[str, int], ...] = ()


def mailbox(address: str) -> Mailbox:
    """`imaps://user@host[:port]/folder` as a mailbox to read; the password stands in the environment.

    Raises `UsageError` for what is no such address.
    """
    parts = urlsplit(address)
    security = _WAYS.get(parts.scheme)
    if security is None or not parts.hostname or not parts.username:
        raise UsageError(
            say("”{value}” är ingen brevlåda. Skriv till exempel {example}", value=address, example=_EXAMPLE)
        )
    return Mailbox(
        parts.hostname,
        parts.port or _PORTS[security],
        security,
        unquote(parts.username),
        Secret(environment.imap_password()),
        unquote(parts.path.lstrip("/")) or "INBOX",
    )


def unknown_of(store: Store, identity: str) -> list[Delivery]:
    """The unknown deliveries of an entry, or of all when `identity` is empty.

    Raises `UsageError` when there is no such entry.
    """
    if identity and store.slot(identity) is None:
        raise UsageError(say("Ingenting i liggaren heter ”{id}”. Se läget med: comms status", id=identity))
    return [row for row in store.unknown() if identity in {"", row.slot_id}]


def by_evidence(house: House, store: Store, identity: str, sources: Sources, now: datetime) -> Reconciled:
    """Settle what the sources know of. Raises `ConfigError` when one of them cannot be read.

    A row whose worker may still get its answer is left: evidence taken too early is how letters are doubled.
    """
    found = _settled(house, store, identity, sources, now)
    _close(store, now)
    return found


def recall(house: House, store: Store, identity: str, now: datetime) -> Reconciled:
    """Settle what the run's own journal knows of an entry: it is asked before anything is begun again."""
    return _settled(house, store, identity, Sources(journal=True), now)


def _settled(house: House, store: Store, identity: str, sources: Sources, now: datetime) -> Reconciled:
    rows = unknown_of(store, identity)
    early = [row for row in rows if _in_hand(store, row, now)]
    held = _held_of(store, identity)
    judged = {message_id(house.settings, row): row for row in (*rows, *held) if row not in early}
    told = _own_journal(house, judged) if sources.journal else {}
    found = {one.message_id: one for one in _evidence(sources, judged, told)}
    settled, left = [], []
    for identifier, row in judged.items():
        evidence = found.get(identifier)
        end = _end(row, evidence, told.get(row.key), sources, now)
        source = evidence.source if evidence else f"journal: {row.slot_id}" if row.key in told else "–"
        after = store.resolve(row, end, source, now) if end is not None else None
        if after is None or after.state is DeliveryState.UNKNOWN:
            left.append(after or row)
        else:
            settled.append((after, source))
    waiting = Counter(row.slot_id for row in left if row.state is DeliveryState.HELD)
    unknown = tuple(row for row in left if row.state is DeliveryState.UNKNOWN)
    return Reconciled(tuple(settled), unknown, tuple(early), tuple(waiting.items()))


@dataclass(frozen=True)
class Word:
    """A person's word: whether it arrived, who says so; of a post also where it is and what it is called."""

    sent: bool
    by: str
    link: str = ""
    name: str = ""


def by_word(store: Store, identity: str, address: str, word: Word, now: datetime) -> Reconciled:
    """Settle one address, or every unknown one, by a person's word: it arrived, or it goes out again.

    What is held of a post may have been published by hand: that it is out settles it too. A link says what
    the network calls the first of them, where it can be read from it, so that the next part can go on.
    Raises `UsageError` when there is none to settle, it is too early, or the link is no address.
    """
    held = _held_posts(store, identity) if word.sent and identity else []
    rows = [row for row in (*unknown_of(store, identity), *held) if _is(row, address)]
    if not rows:
        raise UsageError(_nothing_unknown(identity, address))
    early = [row for row in rows if _in_hand(store, row, now)]
    if early:
        raise UsageError(_STILL_OURS)
    words = str(say("Enligt {who}", who=word.by))
    if word.sent:
        end = End(DeliveryState.ACCEPTED, receipt=words, detail=words)
    else:
        end = End(DeliveryState.PLANNED, not_before=now, detail=words)
    first = _with_name(store, rows[0], end, word)
    settled = [store.resolve(row, first if row is rows[0] else end, words, now) for row in rows]
    for row in filter(None, settled):
        if word.sent:  # who says so need not be told
            store.remember_told(f"{CAME_OUT}{row.id}:{row.attempt}", words, now)
    _close(store, now)
    return Reconciled(tuple((row, words) for row in settled if row is not None), ())


def _held_posts(store: Store, identity: str) -> list[Delivery]:
    return [row for row in _held_of(store, identity) if row.edition_id is None]


def _with_name(store: Store, row: Delivery, end: End, word: Word) -> End:
    """The end with what the network calls the post, and where it is. Raises `UsageError`."""
    link, name = web_address(word.link), word.name.strip()
    if not (link or name):
        return end
    post = store.post(row.slot_id) if word.sent else None
    if post is None:
        raise UsageError(say("--link och --id hör ihop med --sent, för ett inlägg."))
    name = name or name_in(link, post.network)
    follows = any(each.id > row.id and each.state.is_open for each in store.deliveries(row.slot_id))
    if follows and not has_name(name):
        raise UsageError(
            say(
                "Inläggets id på {network} går inte att läsa ur länken, och nästa del behöver det. "
                "Ange det med --id.",
                network=network_name(post.network),
            )
        )
    return replace(end, receipt=name or end.receipt, detail=link or end.detail)


def name_in(link: str, network: str) -> str:
    """What a network calls the post at an address, "" where the address does not say."""
    pattern, name = _NAMES.get(network, ("", ""))
    found = re.search(pattern, link) if pattern else None
    return found.expand(name) if found else ""


def _is(row: Delivery, address: str) -> bool:
    return not address or address_key(address) == address_key(row.recipient)


def _close(store: Store, now: datetime) -> None:
    """Close what is finished now; who has not got it is told, as a run that closes a slot tells it."""
    running = [slot.id for slot in store.slots(SlotState.RUNNING)]
    store.close_finished_slots(now)
    for identity in running:
        slot = store.slot(identity)
        if slot is not None and slot.state is SlotState.DONE:
            tell_of_failures(store, identity, now, RunReport())


def _in_hand(store: Store, row: Delivery, now: datetime) -> bool:
    """Whether the process that sent it is alive, and may still hear the answer."""
    return bool(row.owner) and row.owner in {worker.owner for worker in store.workers(now)}


def _nothing_unknown(identity: str, address: str) -> Text:
    if address:
        return say("Ingen leverans till {who} är oviss.", who=address)
    return say("{id} har ingen oviss leverans.", id=identity) if identity else NOTHING_UNKNOWN


def _held_of(store: Store, identity: str) -> list[Delivery]:
    """What is held in an entry, or in all."""
    slots = [slot.id for slot in store.slots() if identity in {"", slot.id}]
    return [
        row
        for slot_id in slots
        if store.counts(slot_id).get(DeliveryState.HELD)
        for row in store.deliveries(slot_id)
        if row.state is DeliveryState.HELD
    ]


def _end(
    row: Delivery, evidence: Evidence | None, told: Told | None, sources: Sources, now: datetime
) -> End | None:
    if row.state is DeliveryState.HELD and (evidence is None or evidence.verdict is Verdict.REJECTED):
        return _end_of_held(*told) if told is not None else None
    if evidence is None:
        absent = str(say("Finns inte i källan."))
        return End(DeliveryState.PLANNED, not_before=now, detail=absent) if sources.complete else None
    if evidence.verdict is Verdict.REJECTED:
        # A no speaks of one attempt: only one that is known to be of this attempt is taken.
        begun = row.first_attempt_at
        this = evidence.at is not None and begun is not None and evidence.at >= begun and row.attempt == 1
        return End(DeliveryState.REJECTED, evidence.detail or evidence.source) if this else None
    return End(DeliveryState.ACCEPTED, receipt=evidence.detail or evidence.source, detail=evidence.source)


def _end_of_held(told: DeliveryState, words: str) -> End | None:
    """What becomes of a held copy by what the journal said of it last; None when it stays as it is."""
    if told in {DeliveryState.SENDING, DeliveryState.UNKNOWN}:
        return End(DeliveryState.UNKNOWN, str(_ON_ITS_WAY))
    return End(DeliveryState.REJECTED, words) if told is DeliveryState.REJECTED and words else None


def _evidence(sources: Sources, judged: dict[str, Delivery], told: Mapping[str, Told]) -> Iterator[Evidence]:
    wanted = judged.keys()
    if not wanted:
        return
    if sources.postfix_logs:
        yield from read_logs(sources.postfix_logs, wanted)
    for folder in sources.maildirs:
        yield from read_maildir(folder, wanted)
    for path in sources.id_lists:
        yield from read_id_list(path, wanted)
    if sources.imap is not None:
        yield from read_journal(sources.imap, wanted, ssl.create_default_context())
    for identifier, row in judged.items():
        state, words = told.get(row.key, (row.state, ""))
        if state is DeliveryState.ACCEPTED:
            yield Evidence(identifier, Verdict.ACCEPTED, f"journal: {row.slot_id}", words)


def _own_journal(house: House, judged: dict[str, Delivery]) -> dict[str, Told]:
    """What the run's own journal says last of each key: the way back after an old database was restored."""
    return {
        key: (state, words)
        for slot_id in sorted({row.slot_id for row in judged.values()})
        for key, state, words in answered(house.journal, slot_id)
    }

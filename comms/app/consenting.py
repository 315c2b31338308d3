"""`comms report consent`: on what ground people are shown, and where a picture still is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from html import unescape

from comms.app.house import House
from comms.app.planning import ledger_if_any
from comms.app.reporting import left_out_of
from comms.app.wording import SLOT
from comms.errors import Text, UsageError, say
from comms.model.item import Item, Picture
from comms.model.ledger import Delivery, DeliveryState
from comms.model.plan import EntryKind
from comms.model.report import ConsentState, Showing, Use
from comms.model.settings import ChannelKind, Settings
from comms.render.addresses import media_path, web_url
from comms.render.sheet import Cell, sheet
from comms.report.consent import named, showings
from comms.store import Slot, Store
from comms.text.names import folded

CONSENT: Mapping[ConsentState, Text] = {
    ConsentState.WITHDRAWN: say("taget tillbaka"),
    ConsentState.EXPIRED: say("har gått ut"),
    ConsentState.EXPIRING: say("går snart ut"),
    ConsentState.MISSING: say("saknas"),
    ConsentState.VALID: say("gäller"),
}
_MAY_BE_OUT = (DeliveryState.UNKNOWN, DeliveryState.SENDING)
_HEADS = (
    "rad", "bild", "personer", "läge", "grund", "givet", "omfattning", "går_ut", "vårdnadshavare",
    "taget_tillbaka", "tillbakadragen", "id", "titel", "målgrupp", "kommun", "kanal", "tillstånd", "när",
    "mottagna", "ovissa", "länk", "bildfil",
)  # fmt: skip


@dataclass(frozen=True)
class ConsentReport:
    """Pictures with their ground, the most urgent first, and where those that are asked about are.

    `uses` has a key for each picture that was followed through the ledger: those that somebody asked for by
    `asked`, else the withdrawn. `retracted`: what `comms retract` has taken out, and why. `named_in`: items
    that name the person who was asked about, without a picture. `left_out`: files with errors.
    """

    today: date
    asked: str
    shown: tuple[Showing, ...]
    uses: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)
    retracted: Mapping[str, str] = field(default_factory=dict)
    named_in: tuple[Item, ...] = ()
    left_out: tuple[str, ...] = ()


def consent_report(house: House, now: datetime, asked: str = "") -> ConsentReport:
    """All pictures of people, or those that `asked` names: a path, a file's name, or somebody in them.

    Raises `UsageError` when nothing is called so, neither in the items nor in what was approved.
    """
    asked = asked.strip()
    today = now.astimezone(house.zone).date()
    items = house.workspace.items.values()
    known = showings(items, today)
    chosen = named(known, asked) if asked else [one for one in known if one.people]
    persons = tuple(item for item in items if folded(asked) in {folded(p.name) for p in item.people})
    with ledger_if_any(house) as store:
        retracted = store.facts().retracted if store else {}
        if asked and store:
            chosen = chosen or _remembered(store, asked)
        followed = [one for one in chosen if asked or one.state is ConsentState.WITHDRAWN]
        uses = _uses(house.settings, store, followed) if store and followed else {}
    if asked and not chosen and not persons:
        raise UsageError(
            say(
                "Ingen bild och ingen person heter ”{what}”, varken i nyheterna eller i det som godkänts.",
                what=asked,
            )
        )
    found = {one.picture: tuple(uses.get(one.picture, ())) for one in followed}
    only_named = () if chosen else persons
    return ConsentReport(today, asked, tuple(chosen), found, retracted, only_named, left_out_of(house))


def acts(report: ConsentReport, items: Mapping[str, Item]) -> list[Text]:
    """What to do next, most urgent first; never empty."""
    # Copies of a picture are in the same letters and posts: what to do about those is said once.
    found = list({str(act): act for one in report.shown for act in _acts(report, one, items)}.values())
    if report.left_out:
        found.append(
            say(
                "Rätta filer som har fel, för ingen vet vilka de visar: {files}. Se: comms check",
                files=", ".join(report.left_out),
            )
        )
    return found or [say("Inget att göra nu.")]


def consent_sheet(report: ConsentReport, items: Mapping[str, Item]) -> str:
    """Pictures, and the items, editions and posts of those that were followed, a row each."""
    return sheet(_HEADS, _rows(report, items))


def _remembered(store: Store, asked: str) -> list[Showing]:
    """Pictures of that name that no item shows any more, but that something approved was made of."""
    paths: dict[str, set[str]] = {}
    for _, parts in _approved(store):
        for path, digest in parts.items():
            if path.startswith("content/") and (path == asked or path.endswith(f"/{asked}")):
                paths.setdefault(path, set()).add(digest)
    return [
        Showing(path, (), (), None, ConsentState.MISSING, None, frozenset(digests - {""}))
        for path, digests in paths.items()
        if not path.endswith(".md")
    ]


def _approved(store: Store) -> Iterator[tuple[Slot, Mapping[str, str]]]:
    """Every slot that is frozen, with what it was made of."""
    for slot in store.slots():
        approval = store.approval(slot.id)
        if approval is not None:
            yield slot, approval.manifest.parts


def _uses(settings: Settings, store: Store, followed: list[Showing]) -> dict[str, list[Use]]:
    """Where each picture is frozen: by its path as it was then, and by its bytes if the file was renamed."""
    found: dict[str, list[Use]] = {}
    for slot, parts in _approved(store):
        for one in followed:
            paths = {
                path: digest
                for path, digest in parts.items()
                if path == one.picture or (digest in one.digests and path.startswith("content/"))
            }
            if not paths:
                continue
            deliveries = list(store.deliveries(slot.id))
            uses = (
                _letters(settings, store, slot, paths, deliveries)
                if slot.kind is EntryKind.ISSUE
                else _posts(settings, store, slot, paths, deliveries)
            )
            found.setdefault(one.picture, []).extend(uses)
    return found


def _letters(
    settings: Settings, store: Store, slot: Slot, paths: Mapping[str, str], deliveries: list[Delivery]
) -> Iterator[Use]:
    """The editions whose frozen HTML shows one of the pictures: a letter shows only its items' first."""
    files = [media_path(_picture(path, digest)) for path, digest in paths.items() if digest]
    for number, edition in store.editions(slot.id):
        file = next(filter(None, (_address(edition.html, file) for file in files)), "")
        if file:
            mine = [row for row in deliveries if row.edition_id == number]
            link = web_url(settings, slot.id, edition.audience, edition.municipality)
            place = (edition.audience, edition.municipality)
            yield _use(slot, next(iter(paths)), mine, place=place, link=link, file=file)


def _address(html: str, path: str) -> str:
    """Where a frozen letter has a file, "" for nowhere: below the base address of its day, not of today."""
    found = re.search(rf"https?://[^\s\"'<>()]*/{re.escape(path)}", html)
    return unescape(found.group()) if found else ""


def _posts(
    settings: Settings, store: Store, slot: Slot, paths: Mapping[str, str], deliveries: list[Delivery]
) -> Iterator[Use]:
    """The post, when it carries one of the pictures."""
    post = store.post(slot.id)
    if post is not None and (shown := [media.path for media in post.media if media.path in paths]):
        receipt = next((row.receipt for row in deliveries if row.receipt), "")
        yield _use(slot, shown[0], deliveries, link=_link(settings, slot.channel, receipt))


def _use(
    slot: Slot,
    picture: str,
    deliveries: list[Delivery],
    *,
    place: tuple[str, str] = ("", ""),
    link: str = "",
    file: str = "",
) -> Use:
    states = Counter(row.state for row in deliveries)
    begun = [row.first_attempt_at for row in deliveries if row.first_attempt_at]
    return Use(
        picture=picture,
        kind=slot.kind,
        id=slot.id,
        title=slot.title,
        audience=place[0],
        municipality=place[1],
        channel=slot.channel,
        state=slot.state,
        at=min(begun, default=slot.due_at),
        sent=states[DeliveryState.ACCEPTED],
        unknown=sum(states[state] for state in _MAY_BE_OUT),
        link=link,
        file=file,
    )


def _picture(path: str, digest: str) -> Picture:
    """As much of a picture as its address is made of."""
    return Picture(path, None, "", "", (), None, stock=False, line=0, sha256=digest)


def _link(settings: Settings, channel: str, receipt: str) -> str:
    """Where a post is: the network's page of it, or what the channel gave as its receipt."""
    known = settings.channels.get(channel)
    if receipt and known and known.kind is ChannelKind.MASTODON:
        return f"{known.base_url.rstrip('/')}/statuses/{receipt}"
    return receipt


def _acts(report: ConsentReport, one: Showing, items: Mapping[str, Item]) -> Iterator[Text]:
    files = ", ".join(items[slug].path for slug in one.items)
    words: dict[str, object] = {
        "picture": one.picture,
        "files": files,
        "people": ", ".join(one.people) or say("dem som syns"),
        "day": one.until,
        "today": report.today,
    }
    if one.state is ConsentState.WITHDRAWN or (report.asked and not one.items):
        yield from _acts_when_withdrawn(report, one, words)
    elif one.state is ConsentState.EXPIRED:
        yield say(
            "Fråga {people} på nytt eller byt bild, för ett ja har gått ut: {files} ({picture})", **words
        )
    elif one.state is ConsentState.EXPIRING:
        yield say("Fråga {people} på nytt före {day}: {files} ({picture})", **words)
    elif one.state is ConsentState.MISSING and one.children:
        yield say(
            "Fråga en vårdnadshavare till {children} och skriv namnet i consent.guardian: "
            "{files} ({picture})",
            children=", ".join(one.children),
            **words,
        )
    elif one.state is ConsentState.MISSING and one.people:
        yield say("Skriv under consent hur och när {people} sade ja: {files} ({picture})", **words)
    elif report.asked:
        yield say(
            "Har någon tagit tillbaka sitt ja? Skriv withdrawn_on: {today} under consent i {files}, "
            "och fråga igen med comms report consent.",
            **words,
        )


def _acts_when_withdrawn(report: ConsentReport, one: Showing, words: Mapping[str, object]) -> Iterator[Text]:
    """Stop what waits, then take down what can be seen, then what is read again."""
    uses = report.uses.get(one.picture, ())
    if one.items and one.picture not in report.retracted:
        yield say('Stoppa allt som väntar: comms retract {picture} --reason "SKÄL"', **words)
    for use in uses:
        if use.kind is EntryKind.POST and use.out:
            link = use.link or use.channel
            yield say("Ta bort inlägget {id} på {channel}: {link}", id=use.id, channel=use.channel, link=link)
    for file in dict.fromkeys(use.file for use in uses if use.file and use.out):
        yield say(
            "Ta bort bildfilen från webben, så syns den inte längre i brev som öppnas: {file}", file=file
        )
    if one.items:
        yield say("Ta bort bilden ur nyheten: {files}", **words)


def _rows(report: ConsentReport, items: Mapping[str, Item]) -> Iterator[list[Cell]]:
    for one in report.shown:
        yield _row("bild", one.picture, **_ground(report, one))
        if one.picture in report.uses:
            for item in (items[slug] for slug in one.items):
                when = item.publish_from.isoformat()
                yield _row("nyhet", one.picture, id=item.slug, titel=item.title, när=when)
        for use in report.uses.get(one.picture, ()):
            yield _row(
                "utgåva" if use.kind is EntryKind.ISSUE else "inlägg",
                use.picture,
                id=use.id,
                titel=use.title,
                målgrupp=use.audience,
                kommun=use.municipality,
                kanal=use.channel,
                tillstånd=str(SLOT[use.state]),
                när=use.at.isoformat(timespec="minutes"),
                mottagna=use.sent,
                ovissa=use.unknown,
                länk=use.link,
                bildfil=use.file,
            )


def _ground(report: ConsentReport, one: Showing) -> dict[str, Cell]:
    consent = one.consent
    found: dict[str, Cell] = {
        "personer": ", ".join(one.people),
        "läge": str(CONSENT[one.state]),
        "tillbakadragen": report.retracted.get(one.picture, ""),
    }
    if consent is not None:
        found |= {
            "grund": consent.basis,
            "givet": _day(consent.given_on),
            "omfattning": ", ".join(consent.scope),
            "går_ut": _day(consent.expires),
            "vårdnadshavare": consent.guardian,
            "taget_tillbaka": _day(consent.withdrawn_on),
        }
    return found


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _row(kind: str, picture: str, **cells: Cell) -> list[Cell]:
    return [{"rad": kind, "bild": picture, **cells}.get(head, "") for head in _HEADS]

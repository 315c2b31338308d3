"""`comms audit`: what went out, who said yes to it and on what ground, in one file for who examines it.

How many got it is told, never who. The same ledger and files give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from comms.app.bundling import Bundle, writing
from comms.app.exporting import see_free
from comms.app.house import House
from comms.app.link_cards import source
from comms.app.publishing import FOLDER
from comms.app.wording import SLOT, counted
from comms.content.pictures import prepared
from comms.errors import ContentError, Text, say
from comms.model.item import BrokenItem, Item, Picture
from comms.model.ledger import DeliveryState
from comms.model.network import Media, PostText
from comms.model.plan import EntryKind
from comms.render.addresses import media_path
from comms.render.audit_page import AuditRow, audit_index, audit_readme
from comms.store import Approval, Slot, Store
from comms.store.payloads import post_out
from comms.text.consents import Pictures
from comms.text.masking import masked_in

Json = dict[str, Any]

FORMAT = 1
"""Raised when a field goes away or means something else; a new field does not raise it."""

_LETTERS_PICTURE = re.compile(r"/(media/[0-9a-f]{16}\.\w+)")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_STEM = 16
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
_WITHDRAWN = say("den är tillbakadragen, eller samtycket är taget tillbaka")
_GONE = say("filen finns inte kvar som den var")


@dataclass(frozen=True, slots=True)
class Audited:
    """What came of it: how many, and the pictures that are not in the file, with why."""

    issues: int
    posts: int
    missing: tuple[str, ...]


@dataclass
class _Looking:
    """The workspace as it is today, and what may not be shown: marks are paths and hashes of pictures.

    `retracted`: items and pictures that were taken back, with why.
    """

    house: House
    store: Store
    sources: Mapping[str, Picture]
    withdrawn: frozenset[str]
    retracted: Mapping[str, str]


def audit_file(
    house: House, store: Store, first: datetime, last: datetime, out: Path, *, force: bool = False
) -> Audited:
    """Write what had its time between two instants and began to go out. Raises `UsageError`."""
    see_free(house, out, force=force)
    items: tuple[Item | BrokenItem, ...] = (
        *house.workspace.items.values(),
        *house.workspace.broken.values(),
    )
    pictures = [picture for item in items for picture in item.pictures]
    retracted = store.facts().retracted
    in_others = _marks(item for item in items if item.slug not in retracted)
    alone = _marks(item for item in items if item.slug in retracted) - in_others
    looking = _Looking(
        house,
        store,
        {media_path(picture): picture for picture in pictures},
        frozenset({*retracted, *alone, *Pictures.of(items).taken_back}),
        retracted,
    )
    rows: dict[EntryKind, list[AuditRow]] = {EntryKind.ISSUE: [], EntryKind.POST: []}
    with writing(out, force=force) as bundle:
        for slot in store.slots():
            if first <= slot.due_at <= last and store.touched(slot.id):
                rows[slot.kind].append(_put_slot(looking, bundle, slot))
        issues, posts = rows[EntryKind.ISSUE], rows[EntryKind.POST]
        begins, ends = _day(first, house), _day(last, house)
        bundle.put("index.html", [audit_index(house.settings.name, begins, ends, issues, posts)])
        bundle.put("README.txt", [audit_readme(house.settings.name, begins, ends)])
        bundle.seal(
            {
                "format": FORMAT,
                "office": house.settings.name,
                "from": begins.isoformat(),
                "to": ends.isoformat(),
            }
        )
    missing = tuple(words for row in (*issues, *posts) for words in row.missing)
    return Audited(len(issues), len(posts), missing)


def _marks(items: Iterable[Item | BrokenItem]) -> set[str]:
    return {mark for item in items for picture in item.pictures for mark in (picture.path, picture.sha256)}


def _put_slot(looking: _Looking, bundle: Bundle, slot: Slot) -> AuditRow:
    """Everything of one issue or post, in a folder of its own."""
    is_issue = slot.kind is EntryKind.ISSUE
    folder = f"{'utskick' if is_issue else 'inlagg'}/{_UNSAFE.sub('_', slot.id)}"
    approval = looking.store.approval(slot.id)
    counts = Counter((row.edition_id, row.state) for row in looking.store.deliveries(slot.id))
    of_all = _of_all(counts)
    told: Json = {
        "id": slot.id,
        "title": slot.title,
        "channel": slot.channel,
        "newsletter": slot.newsletter,
        "due_at": slot.due_at.isoformat(),
        "wall": slot.wall.isoformat(),
        "state": slot.state.value,
        "deliveries": {state.value: number for state, number in of_all.items()},
        **_approved(approval),
    }
    before = len(bundle.held)
    missing: list[Json] = []
    if is_issue:
        slugs = _put_letters(looking, bundle, slot, folder, counts, told, missing)
    else:
        slugs = _put_post(looking, bundle, slot, folder, told, missing)
    told["answers"] = list(_answers(looking.store, [slot.id, *slugs], approval))
    told["items"] = [_item(looking, slug, approval) for slug in slugs]
    told["missing_pictures"] = missing
    bundle.put(f"{folder}/{'utskick' if is_issue else 'inlagg'}.json", [_json(told)])
    return AuditRow(
        title=f"{slot.title} ({slot.id})",
        when=f"{slot.wall:%Y-%m-%d %H.%M}",
        state=str(SLOT[slot.state]),
        counts=", ".join(f"{word} {number}" for word, number in counted(of_all)),
        approved=_who(approval, looking.house),
        files=tuple((one.path, one.path.removeprefix(f"{folder}/")) for one in bundle.held[before:]),
        missing=tuple(f"{one['picture']}: {one['why']}" for one in missing),
        retracted=tuple(f"{one['slug']}: {one['retracted']}" for one in told["items"] if one["retracted"]),
    )


def _put_letters(
    looking: _Looking,
    bundle: Bundle,
    slot: Slot,
    folder: str,
    counts: Counter[tuple[int | None, DeliveryState]],
    told: Json,
    missing: list[Json],
) -> list[str]:
    """The editions as frozen, with their pictures once each; the items that they carry."""
    slugs: dict[str, None] = {}
    seen: dict[str, None] = {}
    told["editions"] = []
    for number, edition in looking.store.editions(slot.id):
        name = f"{edition.audience}-{edition.municipality or 'hela-omradet'}"
        mine = {state.value: counts[number, state] for state in DeliveryState if counts[number, state]}
        bundle.put(f"{folder}/{name}.html", [edition.html.encode()])
        bundle.put(f"{folder}/{name}.txt", [edition.text.encode()])
        told["editions"].append(
            {
                "audience": edition.audience,
                "municipality": edition.municipality,
                "subject": edition.subject,
                "sha256": edition.sha256,
                "recipient_word": edition.token,
                "items": list(edition.items),
                "deliveries": mine,
                "html": f"{name}.html",
                "text": f"{name}.txt",
            }
        )
        slugs |= dict.fromkeys(edition.items)
        seen |= dict.fromkeys(_LETTERS_PICTURE.findall(edition.html))
    for path in seen:
        content = _letters_picture(looking, path)
        if isinstance(content, Text):
            missing.append({"picture": path, "why": str(content)})
        else:
            bundle.put(f"{folder}/bilder/{path.removeprefix('media/')}", [content])
    return list(slugs)


def _letters_picture(looking: _Looking, path: str) -> bytes | Text:
    """A letter's picture as it was sent: named by the hash of the file that it was made of."""
    stem = path.removeprefix("media/").partition(".")[0]
    picture = looking.sources.get(path)
    marks = {picture.path, picture.sha256} if picture else set()
    if marks & looking.withdrawn or any(mark[:_STEM] == stem for mark in looking.withdrawn):
        return _WITHDRAWN
    content = source(looking.house, picture) if picture else None
    if picture is not None and content is not None:
        try:
            return prepared(content, picture.path.rpartition("/")[2])[1]
        except ContentError:
            return _GONE
    published = looking.house.out / FOLDER / path
    return published.read_bytes() if published.is_file() else _GONE


def _put_post(
    looking: _Looking, bundle: Bundle, slot: Slot, folder: str, told: Json, missing: list[Json]
) -> list[str]:
    """The post as frozen with its pictures; the item that it tells of."""
    post = looking.store.post(slot.id)
    if post is None:
        return [slot.item] if slot.item else []
    out = looking.store.outcomes.post(slot.id)
    told["link"] = out.link if out else ""
    told["sha256"] = post.sha256
    told["post"] = post_out(post)
    bundle.put(f"{folder}/text.txt", ["\n\n---\n\n".join(part.text for part in post.parts).encode() + b"\n"])
    approval = looking.store.approval(slot.id)
    parts = approval.manifest.parts if approval else {}
    for media in dict.fromkeys(_media(looking, post)):
        marks = {media.path, media.sha256, parts.get(media.path, "")}
        if marks & looking.withdrawn:
            missing.append({"picture": media.path, "why": str(_WITHDRAWN)})
            continue
        ending = _ENDINGS.get(media.media_type, "bin")
        bundle.put(f"{folder}/bilder/{media.sha256[:_STEM]}.{ending}", [looking.store.blob(media.sha256)])
    return [post.item]


def _media(looking: _Looking, post: PostText) -> Iterator[Media]:
    """A post's pictures; its card's too, unless the item has a picture that nobody may show any more."""
    yield from post.media
    item = looking.house.workspace.items.get(post.item)
    marks = _marks([item] if item else [])
    if post.card and post.card.picture and not marks & looking.withdrawn:
        yield post.card.picture


def _approved(approval: Approval | None) -> Json:
    if approval is None:
        return {"approval": None}
    return {
        "approval": {
            "by": masked_in(approval.approved_by),
            "at": approval.approved_at.isoformat(),
            "fingerprint": approval.fingerprint,
            "made_of": dict(sorted(approval.manifest.parts.items())),
        }
    }


def _answers(store: Store, subjects: list[str], approval: Approval | None) -> Iterator[Json]:
    """What had been answered when it was approved: the last answer to each question of each subject."""
    given = sorted(store.answers(subjects).values(), key=lambda one: (one.subject, one.question, one.at))
    last = {(one.subject, one.question): one for one in given if approval and one.at <= approval.approved_at}
    for one in last.values():
        yield {
            "question": one.question,
            "subject": one.subject,
            "answer": masked_in(one.words),
            "by": masked_in(one.by),
            "at": one.at.isoformat(),
        }


def _item(looking: _Looking, slug: str, approval: Approval | None) -> Json:
    """An item's tags in the strategy, and its pictures' consents, as its file says today."""
    item = looking.house.workspace.items.get(slug)
    why = looking.retracted.get(slug)
    retracted = None if why is None else masked_in(why) or str(say("tillbakadragen"))
    if item is None:
        return {"slug": slug, "is_there": False, "retracted": retracted}
    parts = approval.manifest.parts if approval else {}
    return {
        "slug": slug,
        "is_there": True,
        "retracted": retracted,
        "is_as_approved": parts.get(item.path) == item.sha256,
        "title": item.title,
        "kind": item.kind.value,
        "focus": list(item.focus),
        "goals": list(item.goals),
        "activities": list(item.activities),
        "indicators": list(item.indicators),
        "audiences": list(item.audiences),
        "municipalities": list(item.municipalities),
        "pictures": [_picture(picture) for picture in item.pictures],
    }


def _picture(picture: Picture) -> Json:
    """How many are in a picture and on what ground; who they are the letter says, or nobody."""
    consent = picture.consent
    return {
        "path": picture.path,
        "sha256": picture.sha256,
        "alt": picture.alt,
        "photographer": masked_in(picture.photographer),
        "people": len(picture.people),
        "consent": None
        if consent is None
        else {
            "basis": masked_in(consent.basis),
            "given_on": _iso(consent.given_on),
            "scope": list(consent.scope),
            "expires": _iso(consent.expires),
            "by_guardian": bool(consent.guardian),
            "withdrawn_on": _iso(consent.withdrawn_on),
        },
    }


def _of_all(counts: Counter[tuple[int | None, DeliveryState]]) -> dict[DeliveryState, int]:
    found: Counter[DeliveryState] = Counter()
    for (_, state), number in counts.items():
        found[state] += number
    return {state: found[state] for state in DeliveryState if found[state]}


def _who(approval: Approval | None, house: House) -> str:
    if approval is None:
        return "–"
    when = f"{approval.approved_at.astimezone(house.zone):%Y-%m-%d %H.%M}"
    return f"{masked_in(approval.approved_by)}, {when}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(at: datetime, house: House) -> date:
    return at.astimezone(house.zone).date()


def _json(told: Json) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

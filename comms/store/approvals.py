"""Approval freezes: the fingerprint, and every byte that will go out, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy import insert as plain_insert

from comms.errors import StoreError, UsageError, say
from comms.model.issue import Edition
from comms.model.ledger import DeliveryState, SlotState
from comms.model.plan import EditionPlan, Entry, FrozenEntry, LedgerFacts, Manifest, Posted
from comms.model.subscriber import ALL_NEWSLETTERS
from comms.store import slots as slot_rows
from comms.store.columns import is_state
from comms.store.payloads import picks_in, picks_out, post_in, post_out, skips_in, skips_out
from comms.store.records import Approval
from comms.store.schema import (
    approvals,
    blobs,
    deliveries,
    editions,
    posts,
    retractions,
    slots,
    suppressions,
)
from comms.store.upsert import insert
from comms.text.repeats import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from comms.model.network import PostText

_MAY_BE_SEEN = [
    state.value
    for state in DeliveryState
    if state.is_open or state in {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN}
]
"""States of a post that readers have seen, may have seen or will see."""

_MEMORY = timedelta(days=366)
"""How far back posts are compared with what is planned."""

_REPLACED = say("Ersatt av ett nytt godkännande.")


def freeze(
    connection: Connection,
    entry: Entry,
    approval: Approval,
    contents: tuple[Sequence[Edition], PostText | None],
    pictures: Mapping[str, tuple[str, bytes]],
) -> None:
    """Approve `entry` as rendered; an earlier approval that has not begun to go out is replaced.

    Raises StoreError when the entry has begun, or when editions or bytes are not what they claim.
    """
    rendered, post = contents
    slot_rows.follow(connection, entry, approval.approved_at)
    _void(connection, entry.id, str(_REPLACED), approval.approved_at)
    connection.execute(
        plain_insert(approvals).values(
            slot_id=entry.id,
            fingerprint=approval.fingerprint,
            manifest=dict(approval.manifest.parts),
            approved_at=approval.approved_at,
            approved_by=approval.approved_by,
            void_reason="",
        )
    )
    connection.execute(delete(editions).where(editions.c.slot_id == entry.id))
    connection.execute(delete(posts).where(posts.c.slot_id == entry.id))
    plans = {plan.key: plan for plan in entry.editions}
    for edition in rendered:
        _keep_edition(connection, entry.id, edition, plans.get((edition.audience, edition.municipality)))
    if post is not None:
        connection.execute(
            plain_insert(posts).values(slot_id=entry.id, payload=post_out(post), sha256=post.sha256)
        )
    for digest, (media_type, content) in pictures.items():
        _keep_blob(connection, digest, media_type, content)


def find(connection: Connection, slot_id: str) -> Approval | None:
    """The approval in force, or None."""
    row = connection.execute(
        select(approvals).where(approvals.c.slot_id == slot_id, approvals.c.voided_at.is_(None))
    ).first()
    if row is None:
        return None
    return Approval(row.fingerprint, Manifest(row.manifest), row.approved_at, row.approved_by)


def void(connection: Connection, slot_id: str, reason: str, now: datetime) -> None:
    """Take the approval back; the slot waits for a new one. Nothing happens when it has begun."""
    changed = connection.execute(
        update(slots)
        .where(
            slots.c.id == slot_id,
            slots.c.state.in_([SlotState.PLANNED.value, SlotState.APPROVED.value, SlotState.HELD.value]),
        )
        .values(updated_at=now)
    )
    if not changed.rowcount:
        return
    _void(connection, slot_id, reason, now)
    connection.execute(
        update(slots)
        .where(slots.c.id == slot_id, is_state(slots.c.state, SlotState.APPROVED))
        .values(state=SlotState.PLANNED.value, reason=reason)
    )


def frozen_editions(connection: Connection, slot_id: str) -> list[tuple[int, Edition]]:
    """The editions as rendered, with the number that a delivery names them by."""
    rows = connection.execute(select(editions).where(editions.c.slot_id == slot_id).order_by(editions.c.id))
    return [
        (
            row.id,
            Edition(
                issue_id=row.slot_id,
                audience=row.audience,
                municipality=row.municipality,
                subject=row.subject,
                html=row.html,
                text=row.text,
                token=row.token,
                items=tuple(pick.item for pick in picks_in(row.items)),
                sha256=row.sha256,
            ),
        )
        for row in rows
    ]


def frozen_post(connection: Connection, slot_id: str) -> PostText | None:
    """The post as it will be published, or None when the slot has none."""
    payload = connection.execute(select(posts.c.payload).where(posts.c.slot_id == slot_id)).scalar()
    return None if payload is None else post_in(payload)


def blob(connection: Connection, digest: str) -> bytes:
    """A picture's bytes by their hash. Raises UsageError when they were never frozen."""
    content = connection.execute(select(blobs.c.bytes).where(blobs.c.sha256 == digest)).scalar()
    if content is None:
        raise UsageError(say("Bilden med kontrollsumman {digest} finns inte i databasen.", digest=digest))
    return bytes(content)


def facts(connection: Connection) -> LedgerFacts:
    """What planning needs to know: entries as they stand, retracted things, suppressed address keys."""
    live = {
        row.slot_id: row.fingerprint
        for row in connection.execute(
            select(approvals.c.slot_id, approvals.c.fingerprint).where(approvals.c.voided_at.is_(None))
        )
    }
    plans: dict[str, list[EditionPlan]] = {}
    parts = (
        editions.c[name] for name in ("slot_id", "audience", "municipality", "items", "skips", "recipients")
    )
    for row in connection.execute(select(*parts).order_by(editions.c.id)):
        plans.setdefault(row.slot_id, []).append(_edition_plan(row))
    # Cancelled on the way: some have it, so its items are not new any more.
    reached = set(
        connection.execute(
            select(deliveries.c.slot_id)
            .join(slots, slots.c.id == deliveries.c.slot_id)
            .where(
                is_state(slots.c.state, SlotState.CANCELLED),
                deliveries.c.state.in_([DeliveryState.ACCEPTED.value, DeliveryState.UNKNOWN.value]),
            )
            .distinct()
        ).scalars()
    )
    frozen = {
        slot.id: FrozenEntry(
            id=slot.id,
            schedule=slot.schedule,
            newsletter=slot.newsletter,
            item=slot.item,
            channel=slot.channel,
            wall=slot.wall,
            at=slot.due_at,
            state=SlotState.DONE if slot.id in reached else slot.state,
            reason=slot.reason,
            fingerprint=live.get(slot.id, ""),
            approved=slot.id in live,
            editions=tuple(plans.get(slot.id, ())) if slot.id in live else (),
        )
        for slot in slot_rows.listed(connection, ())
    }
    posted = _posted(connection, frozen)
    taken = connection.execute(select(retractions.c.what, retractions.c.reason))
    retracted = {row.what: row.reason for row in taken}
    noes = connection.execute(select(suppressions.c.newsletter, suppressions.c.address_key)).all()
    return LedgerFacts(
        frozen,
        _by_bytes_too(connection, retracted),
        frozenset(key for newsletter, key in noes if newsletter == ALL_NEWSLETTERS),
        posted,
        left=frozenset((newsletter, key) for newsletter, key in noes if newsletter != ALL_NEWSLETTERS),
    )


def _posted(connection: Connection, frozen: Mapping[str, FrozenEntry]) -> tuple[Posted, ...]:
    """The posts that are out or on their way, of the last year before the newest."""
    on_the_way = select(deliveries.c.slot_id).where(
        deliveries.c.edition_id.is_(None), deliveries.c.state.in_(_MAY_BE_SEEN)
    )
    begun = set(connection.execute(on_the_way.distinct()).scalars())
    known = {each.id: each for each in frozen.values() if each.item and each.id in begun}
    since = max((each.at for each in known.values()), default=None)
    if since is None:
        return ()
    near = [identity for identity, each in known.items() if since - each.at <= _MEMORY]
    rows = connection.execute(select(posts.c.slot_id, posts.c.payload).where(posts.c.slot_id.in_(near)))
    return tuple(_one_posted(known[row.slot_id], post_in(row.payload)) for row in rows)


def _one_posted(entry: FrozenEntry, post: PostText) -> Posted:
    return Posted(entry.id, entry.channel, post.network, entry.at, said(post))


def _by_bytes_too(connection: Connection, retracted: dict[str, str]) -> dict[str, str]:
    """Retractions with the hashes that retracted pictures had when something was approved with them.

    No item may show the picture any more, and its file may have got another name: the ledger remembers.
    """
    pictures = [what for what in retracted if what.startswith("content/")]
    made_of = connection.execute(select(approvals.c.manifest)).scalars() if pictures else ()
    hashes = {parts.get(path): retracted[path] for parts in made_of for path in pictures}
    return {digest: why for digest, why in hashes.items() if digest} | retracted


def _void(connection: Connection, slot_id: str, reason: str, now: datetime) -> None:
    connection.execute(
        update(approvals)
        .where(approvals.c.slot_id == slot_id, approvals.c.voided_at.is_(None))
        .values(voided_at=now, void_reason=reason)
    )


def _keep_edition(connection: Connection, slot_id: str, edition: Edition, plan: EditionPlan | None) -> None:
    if plan is None or tuple(pick.item for pick in plan.picks) != edition.items:
        raise StoreError(say("En utgåva av {id} stämmer inte med planen. Godkänn igen.", id=slot_id))
    connection.execute(
        plain_insert(editions).values(
            slot_id=slot_id,
            audience=edition.audience,
            municipality=edition.municipality,
            subject=edition.subject,
            html=edition.html,
            text=edition.text,
            token=edition.token,
            items=picks_out(plan.picks),
            skips=skips_out(plan.skips),
            recipients=plan.recipients,
            sha256=edition.sha256,
        )
    )


def _keep_blob(connection: Connection, digest: str, media_type: str, content: bytes) -> None:
    if sha256(content).hexdigest() != digest:
        raise StoreError(say("En bild ändrades medan den godkändes. Godkänn igen."))
    connection.execute(
        insert(connection, blobs)
        .values(sha256=digest, media_type=media_type, bytes=content)
        .on_conflict_do_nothing(index_elements=["sha256"])
    )


def _edition_plan(row: Row[Any]) -> EditionPlan:
    return EditionPlan(
        audience=row.audience,
        municipality=row.municipality,
        picks=picks_in(row.items),
        skips=skips_in(row.skips),
        recipients=row.recipients,
    )

"""Who gets one copy of an issue: one address, one copy, of the edition nearest to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from comms.errors import say
from comms.model.audience import WHOLE_AREA, Audiences, address_key
from comms.model.plan import Recipient, Skip


def assign(
    audiences: Audiences, editions: Collection[tuple[str, str]], suppressed: Collection[str]
) -> Iterator[tuple[Recipient, Skip | None]]:
    """Give each address in the editions' audiences with the skip that stops it, if any.

    An address in several editions gets the most specific: its own municipality before the whole area,
    then the audiences' order in audiences.yaml. A suppression beats everything.
    """
    order = {slug: number for number, slug in enumerate(audiences.audiences)}
    rows = sorted(
        (row for row in audiences.recipients if (row.audience, row.municipality) in editions),
        key=lambda row: (row.municipality == WHOLE_AREA, order[row.audience], row.municipality),
    )
    taken: dict[str, Recipient] = {}
    for row in rows:
        recipient = Recipient(row.address, row.name, row.audience, row.municipality)
        key = address_key(row.address)
        skip = None
        if key in suppressed:
            skip = Skip(row.address, say("Adressen är spärrad."))
        elif key in taken:
            first = taken[key]
            where = audiences.municipalities.get(first.municipality) or say("hela området")
            title = audiences.audiences[first.audience].title
            skip = Skip(
                row.address,
                say("Får brevet som {title}, {where}: en adress får ett exemplar.", title=title, where=where),
            )
        taken.setdefault(key, recipient)
        yield recipient, skip


def counted(
    assigned: Iterable[tuple[Recipient, Skip | None]], editions: Sequence[tuple[str, str]]
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], list[Skip]]]:
    """Count copies per edition and gather the skips of each."""
    counts = dict.fromkeys(editions, 0)
    skips: dict[tuple[str, str], list[Skip]] = {key: [] for key in editions}
    for recipient, skip in assigned:
        key = (recipient.audience, recipient.municipality)
        if skip is None:
            counts[key] += 1
        else:
            skips[key].append(skip)
    return counts, skips

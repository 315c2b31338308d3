"""The index of an output folder: one page that leads to every edition, post and delivered letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from comms.app.house import House
from comms.app.language import shown
from comms.app.previewing import Previewed, edition_folder, post_page_path
from comms.app.publishing import write
from comms.app.wording import SLOT, counted
from comms.errors import say
from comms.model.ledger import DeliveryState
from comms.model.plan import EditionPlan, Entry
from comms.render.pages import IndexEdition, IndexEntry, IndexPage, IndexPost, index_page
from comms.text.networks import NETWORKS

FILE = "index.html"
Counts = Mapping[str, Mapping[DeliveryState, int]]


def write_index(
    house: House, previewed: Sequence[Previewed], counts: Counts, out: Path, now: datetime
) -> Path:
    """Write the index of what `preview` wrote; `counts`: how each entry's deliveries stand."""
    made = say(
        "Gjort {when} av {name}.",
        when=f"{now.astimezone(house.zone):%Y-%m-%d kl. %H.%M}",
        name=house.settings.name,
    )
    page = IndexPage(
        title=house.settings.name,
        made=shown(made),
        entries=tuple(_entry(house, one, counts.get(one.entry.id, {})) for one in previewed),
        titles={slug: item.title for slug, item in house.workspace.items.items()},
        problems=house.problems,
    )
    target = out / FILE
    write(target, index_page(page).encode())
    return target


def _entry(house: House, one: Previewed, counts: Mapping[DeliveryState, int]) -> IndexEntry:
    entry = one.entry
    notes = [shown(reason) for reason in entry.blocked]
    notes += [entry.state_reason] if entry.state_reason else []
    notes += [f"{shown(word)}: {count}" for word, count in counted(counts)]
    sizes = {(e.audience, e.municipality): e for e in one.rendered.editions}
    posts: tuple[IndexPost, ...] = ()
    if one.rendered.post:
        network = NETWORKS[one.rendered.post.network]
        posts = (IndexPost(one.rendered.post, network, post_page_path(entry.id)),)
    return IndexEntry(
        id=entry.id,
        title=entry.title,
        when=f"{entry.moment.wall:%Y-%m-%d kl. %H.%M}",
        state=shown(SLOT[entry.state]),
        fingerprint=entry.fingerprint,
        editions=tuple(
            _edition(house, entry, planned, sizes[planned.key].subject, len(sizes[planned.key].html.encode()))
            for planned in entry.editions
        ),
        posts=posts,
        skips=(*entry.skips, *entry.waiting),
        problems=one.problems,
        notes=tuple(notes),
    )


def _edition(house: House, entry: Entry, planned: EditionPlan, subject: str, size: int) -> IndexEdition:
    folder = f"{entry.id}/{edition_folder(*planned.key)}"
    audiences = house.workspace.audiences
    return IndexEdition(
        audience=audiences.audiences[planned.audience].title,
        place=audiences.municipalities.get(planned.municipality) or shown(say("Hela området")),
        subject=subject,
        recipients=planned.recipients,
        size=size,
        files={"HTML": f"{folder}/brev.html", "Text": f"{folder}/brev.txt", "E-post": f"{folder}/brev.eml"},
        picks=planned.picks,
        skips=planned.skips,
    )

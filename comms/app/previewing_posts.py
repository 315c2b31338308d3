"""Preview of posts: each as its network shows it, on a page of its own and beside its item's others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from comms.app.house import House
from comms.app.judging import render_item_post
from comms.app.language import shown
from comms.app.link_cards import card_of, drawn_or_plain
from comms.app.rendering import Rendered, render_entry
from comms.app.since import Piece, Shelf
from comms.content.files import sha256
from comms.content.pictures import prepared
from comms.errors import ContentError, Problem, Text
from comms.model.item import Item
from comms.model.network import Card, CardMaker, Media, Network, PostText
from comms.model.plan import Entry
from comms.render.changes import Change
from comms.render.post_page import PostPage, post_page, posts_page
from comms.render.post_pictures import picture_problems
from comms.render.post_problems import post_problems
from comms.render.post_view import PostView, post_view
from comms.text.networks import network_of

INDEX = "../index.html"
"""Where all that is planned is, from a post's page."""

Changed = Callable[[str, Piece, str, str], tuple[Piece, Change | None]]
"""What became of a piece since the last preview: where it lies, the piece, its text and its text's file."""

_GUESSED = "guessed-card"
"""The path of a picture that only a network would make."""


@dataclass(frozen=True)
class ShownPost:
    """A post as its network shows it, with the pictures to draw it with: by path, media type and bytes.

    `blocked`: why it cannot go out.
    """

    entry: Entry
    view: PostView
    pictures: Mapping[str, tuple[str, bytes]]
    blocked: tuple[Text, ...]


@dataclass(frozen=True)
class WrittenPost:
    """A post's page: where it lies, and what is remembered of it."""

    place: str
    page: PostPage
    piece: Piece


def post_page_path(identity: str) -> str:
    """The page of a post below the output folder."""
    return f"poster/{identity}.html"


def posts_page_path(item: str) -> str:
    """The page of all an item's posts below the output folder."""
    return f"poster/{item}.html"


def show_post(house: House, entry: Entry) -> ShownPost:
    """Render a post of the plan as its network shows it.

    One with a picture that cannot be used is shown without its pictures, and `blocked` by what is wrong.
    """
    try:
        return shown_post(house, entry, render_entry(house, entry))
    except ContentError as refused:
        post = render_item_post(house.settings, house.workspace.items[entry.item], entry.id)
        told = shown_post(house, entry, Rendered((), post, {}, ()))
        return replace(told, blocked=(*told.blocked, refused.message))


def shown_post(house: House, entry: Entry, rendered: Rendered) -> ShownPost:
    """A rendered post as its network shows it."""
    post = rendered.post
    assert post is not None  # noqa: S101 - the entry is a post
    item = house.workspace.items[post.item]
    network = network_of(house.settings.channels[post.channel])
    pictures = {
        media.path: rendered.blobs[media.sha256] for media in _media(post) if media.sha256 in rendered.blobs
    }
    page = None
    if network.card is CardMaker.NETWORK and not post.media and not post.card:
        page, picture = _guess(house, item)
        pictures |= picture
    view = post_view(
        post,
        network=network,
        name=house.settings.name,
        account=house.settings.channels[post.channel].account,
        at=entry.moment.at.astimezone(house.zone),
        page=page,
    )
    view = replace(view, problems=_problems(rendered, post, item, network), changes=rendered.changes)
    return ShownPost(entry, view, pictures, entry.blocked)


def _media(post: PostText) -> tuple[Media, ...]:
    """Every picture that goes out with a post, that of its card too."""
    return (*post.media, post.card.picture) if post.card and post.card.picture else post.media


def _problems(rendered: Rendered, post: PostText, item: Item, network: Network) -> tuple[Problem, ...]:
    """What stops or weakens the post, once each."""
    drafts = [draft for draft in item.posts if draft.channel == post.channel]
    found = [
        problem
        for draft in drafts
        for problem in (
            *post_problems(post, item, draft, network),
            *picture_problems(post, item, draft, network),
        )
    ]
    return tuple(dict.fromkeys((*rendered.problems, *found)))


def _guess(house: House, item: Item) -> tuple[Card, dict[str, tuple[str, bytes]]]:
    """What a network may make of the item's page: its title, its summary, and the card of our archive."""
    face, drawing = drawn_or_plain(house, card_of(house, item))
    media_type = "image/jpeg" if face.picture else "image/png"
    picture = Media(_GUESSED, sha256(drawing), "", media_type)
    return Card(item.link, item.title, item.summary, picture), {_GUESSED: (media_type, drawing)}


def write_post(
    house: House, entry: Entry, rendered: Rendered, shelf: Shelf, *, made: str, changed: Changed
) -> tuple[WrittenPost, Change | None]:
    """Write the page that shows a post, its text, and its pictures; `made` is when, as ISO 8601."""
    told = shown_post(house, entry, rendered)
    post, view = told.view.post, told.view
    place = post_page_path(entry.id)
    file = f"{place.removesuffix('.html')}.txt"
    text = "\n\n".join(bubble.text for bubble in view.bubbles)
    name = f"{entry.title}, {view.network.name}"
    piece = Piece(name, entry.title, 0, sha256(_body(post).encode()), sha256(text.encode()), made)
    piece, found = changed(place, piece, text, file)
    page = PostPage(
        view,
        entry.title,
        pictures={path: _put(shelf, *blob) for path, blob in told.pictures.items()},
        originals={media.path: _original(house, shelf, media, told) for media in post.media},
        index=INDEX,
        href=place.rpartition("/")[2],
        note=shown(entry.moment.note) if entry.moment.note else "",
        change=found,
    )
    shelf.put(place, post_page(page).encode())
    shelf.put(file, text.encode())
    return WrittenPost(place, page, piece), found


def _body(post: PostText) -> str:
    """All that a post shows, to see whether it has changed."""
    pictures = [(media.sha256, media.alt, media.crop, media.focal) for media in post.media]
    return repr((post.segments, pictures, post.more, post.warning, post.card))


def _put(shelf: Shelf, media_type: str, content: bytes) -> str:
    """Put a picture beside the pages; where it is from a post's."""
    path = f"media/{sha256(content)[:16]}.{'png' if media_type == 'image/png' else 'jpg'}"
    shelf.put(path, content)
    return f"../{path}"


def _original(house: House, shelf: Shelf, media: Media, told: ShownPost) -> str:
    """The whole picture as a page may show it; what is sent when that is the whole."""
    if media.crop is None or media.padded:
        return _put(shelf, *told.pictures[media.path])
    source = house.root / media.path
    return _put(shelf, *prepared(source.read_bytes(), source.name))


def write_beside(pages: Iterable[tuple[Entry, PostPage]]) -> Iterator[tuple[str, str, bytes]]:
    """The page of each item with several posts: the id of the first entry, where it lies, and its bytes."""
    by_item: dict[str, list[tuple[Entry, PostPage]]] = {}
    for entry, page in pages:
        by_item.setdefault(entry.item, []).append((entry, page))
    for item, found in by_item.items():
        if len(found) > 1:
            html = posts_page(found[0][0].title, [page for _, page in found], index=INDEX)
            yield found[0][0].id, posts_page_path(item), html.encode()

"""The pages of posts: one as its network shows it, with what an officer looks for; an item's side by side.

Each network has its own order of things and none of its looks: no logos, no colours, no typefaces of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from jinja2 import DictLoader, Environment

from comms.model.network import Crop
from comms.render.changes import Change
from comms.render.page_templates import BASE, PARTS
from comms.render.pages import environment
from comms.render.post_templates import DRAWN, POST, POST_STYLE, POSTS
from comms.render.post_view import PostView, initials
from comms.render.preview_templates import CHANGES


@dataclass(frozen=True, slots=True)
class Look:
    """Where a network has things: `classes` for the looks, `deeds` what a reader can press, in its order.

    `railed`: the portrait stands beside all the rest. `pictures_first`: before the text. `account_first`: the
    account is shown and no name. `card_says`: its cards have the description. `under`: below the name.
    """

    classes: str
    deeds: tuple[str, ...]
    railed: bool = False
    pictures_first: bool = False
    account_first: bool = False
    card_says: bool = True
    under: str = ""


_LOOKS: Mapping[str, Look] = {
    "mastodon": Look("square", ("Svara", "Boosta", "Favorit", "Bokmärk")),
    "bluesky": Look("railed inline", ("Svara", "Reposta", "Gilla", "Dela"), railed=True),
    "facebook": Look("bleed ruled", ("Gilla", "Kommentera", "Dela")),
    "instagram": Look(
        "bleed small", ("Gilla", "Kommentera", "Dela", "Spara"), pictures_first=True, account_first=True
    ),
    "threads": Look(
        "railed inline",
        ("Gilla", "Svara", "Reposta", "Dela"),
        railed=True,
        account_first=True,
        card_says=False,
    ),
    "linkedin": Look(
        "square bleed ruled", ("Gilla", "Kommentera", "Reposta", "Skicka"), card_says=False, under="Sida"
    ),
}
"""By network. Our drawing of 2026-11-26, after how each looks to a reader; no page of theirs says so."""

_PLAIN = Look("", ())


@dataclass(frozen=True, slots=True)
class PostPage:
    """All that a post's page tells.

    `pictures` and `originals`: from a medium's path to where the file as sent, and the whole picture, is from
    the page. `index` leads back to all that is planned; `href` to this page from beside it; `note` tells
    what was done to the time.
    """

    view: PostView
    title: str
    pictures: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)
    index: str = ""
    href: str = ""
    note: str = ""
    change: Change | None = None

    @property
    def look(self) -> Look:
        """Where its network has things."""
        return _LOOKS.get(self.view.network.slug, _PLAIN)


def post_page(page: PostPage) -> str:
    """One post as HTML."""
    return _environment().get_template("post").render(page=page)


def posts_page(title: str, pages: Sequence[PostPage], *, index: str) -> str:
    """All posts of an item on one page, side by side; `index` leads back to all that is planned."""
    return _environment().get_template("posts").render(title=title, pages=pages, index=index)


@cache
def _environment() -> Environment:
    made = environment().overlay(
        loader=DictLoader(
            {
                "base": BASE,
                "changes": CHANGES,
                "parts": PARTS,
                "drawn": DRAWN,
                "post": POST,
                "posts": POSTS,
                "post_style": POST_STYLE,
            }
        )
    )
    made.filters = {
        **made.filters,
        "initials": initials,
        "share": lambda share: f"{share:.4f}",
        "percent": lambda share: f"{share * 100:.2f}%",
        "middle": _object_position,
    }
    return made


def _object_position(tile: Crop) -> str:
    """A part of a picture as CSS says where it is (object-position: the free room before it, in percent)."""
    across, down = 1 - tile.width, 1 - tile.height
    x = tile.left / across if across > 0 else 0.5
    y = tile.top / down if down > 0 else 0.5
    return f"{x * 100:.2f}% {y * 100:.2f}%"

"""What letters load from the organisation's web, and which pictures leave it with a retracted item."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import unquote

from comms.model.site import SiteEdition

STEM = 16
"""How much of the hash of a picture's bytes its name on the web has: 16 hexadecimal digits."""

_MEDIA = re.compile(r"/(?=(media/[^\"'<>\r\n]+))")  # looked ahead for: a srcset has several
_ENDS = re.compile(r"[\s,)?#\"']")
_PICTURE = re.compile(rf"media/[0-9a-f]{{{STEM}}}\.\w+")


def stem(path: str) -> str:
    """The beginning of the hash of a picture's bytes, by its path below base_url."""
    return path.rpartition("/")[2].partition(".")[0]


def pictures_in(page: str, base: str) -> tuple[str, ...]:
    """The pictures that HTML names below an address, in order: paths below it, each named by its bytes."""
    found = re.findall(rf"{re.escape(base.rstrip('/'))}/({_PICTURE.pattern})", page)
    return tuple(dict.fromkeys(found))


def media_in(page: str) -> frozenset[str]:
    """Every path in media/ that HTML may mean, in an attribute, a srcset or a style, below any address.

    Where an address ends depends on where it stands, and a name may hold a space or a bracket: all that
    it may be is given. Use it to let files stand, never to miss one.
    """
    return frozenset(path for found in set(_MEDIA.findall(page)) for path in _readings(found))


def _readings(written: str) -> Iterator[str]:
    """What an address may be that ends at a quote, or at any sign before it that may end one."""
    written = html.unescape(written)
    for end in (*(sign.start() for sign in _ENDS.finditer(written)), len(written)):
        yield unquote(written[:end]).strip()


def left_behind(editions: Iterable[SiteEdition], base: str, needed: Collection[str]) -> frozenset[str]:
    """The pictures (see `stem`) that only letters with a retracted item have, and nothing shown needs.

    No file is asked: what the item showed is in what was sent, also when the item has been thrown away.
    `needed`: stems of the pictures of items that are shown. A picture that a letter had for another item,
    and that has been exchanged since, cannot be told from the retracted item's, and goes with it.
    """
    withdrawn: set[str] = set()
    others = set(needed)
    for edition in editions:
        (withdrawn if edition.withdrawn else others).update(map(stem, pictures_in(edition.html, base)))
    return frozenset(withdrawn - others)

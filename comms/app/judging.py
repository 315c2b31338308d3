"""Items read and judged: what every command does before it plans, here in the plain way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar, cast

from comms.check.context import CheckContext
from comms.check.engine import check_item
from comms.check.rules_people import post_consents
from comms.content.items import Known
from comms.content.workspace import Loaded, one_by_one
from comms.errors import CommsError, Location, Problem, Severity, Text, say
from comms.model.item import Item
from comms.model.network import PostText
from comms.model.plan import Said
from comms.model.settings import Settings
from comms.plan.posts import post_id
from comms.render.post import render_post
from comms.render.post_pictures import picture_problems
from comms.render.post_problems import post_problems
from comms.text.networks import network_of
from comms.text.repeats import said

_Answer = TypeVar("_Answer")
_MOST_FOUND = 16
_FOUND: dict[tuple[str, bytes], object] = {}
"""What the plain way has found in this process, which `comms run` keeps for weeks."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of one item, and the renderer of its posts.

    `faults`: why a post cannot go out; `said`: what each post says, to compare it with others.
    """

    of_item: tuple[Problem, ...]
    of_posts: tuple[Problem, ...]
    faults: Mapping[str, Text]
    said: Mapping[str, Said]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them."""
        return self.of_item + self.of_posts


class Reader(Protocol):
    """How items are read and judged: one answer for each path or item, in the same order."""

    def load(self, root: Path, paths: Sequence[str], known: Known) -> Iterable[Loaded]:
        """Read files."""
        ...

    def judge(self, items: Sequence[Item], context: CheckContext, settings: Settings) -> Iterable[Judged]:
        """Judge items."""
        ...

    def again(self, what: str, made_of: object, find: Callable[[], list[_Answer]]) -> list[_Answer]:
        """What `find` finds in what `made_of` says, which may be remembered as `what`."""
        ...


class OneByOne:
    """The plain way."""

    def load(self, root: Path, paths: Sequence[str], known: Known) -> Iterator[Loaded]:
        """Read files one by one."""
        return one_by_one(root, paths, known)

    def judge(self, items: Sequence[Item], context: CheckContext, settings: Settings) -> Iterator[Judged]:
        """Judge items one by one."""
        return map(partial(judge, context=context, settings=settings), items)

    def again(self, what: str, made_of: object, find: Callable[[], list[_Answer]]) -> list[_Answer]:
        """Find it, once in a process for the same."""
        key = (what, hashlib.sha256(repr(made_of).encode()).digest())
        if key not in _FOUND:
            if len(_FOUND) >= _MOST_FOUND:
                _FOUND.clear()
            _FOUND[key] = find()
        return cast("list[_Answer]", _FOUND[key])


def judge(item: Item, *, context: CheckContext, settings: Settings) -> Judged:
    """Check an item, and render its posts to see that they can go out."""
    of_item = check_item(item, context=context)
    of_posts: list[Problem] = []
    faults: dict[str, Text] = {}
    told: dict[str, Said] = {}
    for draft in item.posts:
        identity = post_id(item.slug, draft.channel)
        try:
            post = render_item_post(settings, item, identity)
        except CommsError as refused:
            place = Location(item.path, draft.line, 1)
            found = [Problem("N100", Severity.ERROR, refused.message, say("Rätta texten."), place)]
        else:
            network = network_of(settings.channels[draft.channel])
            found = post_problems(post, item, draft, network) + picture_problems(post, item, draft, network)
            told[identity] = said(post)
        found = [*post_consents(item, draft), *found]
        of_posts += found
        wrong = next((one for one in found if one.severity is Severity.ERROR), None)
        if wrong is not None:
            faults[identity] = fault_of(wrong)
    apart = dict.fromkeys(of_posts)  # a picture may lack consent for several posts in the same words
    return Judged(tuple(one for one in of_item if one not in apart), tuple(apart), faults, told)


def fault_of(problem: Problem) -> Text:
    """A problem as the reason why something cannot go out."""
    return say("{place}: {message}", place=problem.location, message=problem.message)


def render_item_post(settings: Settings, item: Item, identity: str) -> PostText:
    """Render the item's post with an id as `plan.posts.post_id` makes it."""
    _slug, channel, _ = identity.rsplit(".", 2)
    draft = next(draft for draft in item.posts if draft.channel == channel)
    return render_post(
        settings=settings, item=item, channel=settings.channels[channel], draft=draft, post_id=identity
    )

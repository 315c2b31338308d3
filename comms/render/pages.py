"""Pages for the officer to look at: the index of a preview, and what all of them are made in.

The same quiet looks as the letters. No page loads anything from outside its own folder; nothing in it
is a script, so it can be opened straight from the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from comms.errors import Problem, Severity
from comms.model.network import Network, PostText
from comms.model.plan import Pick, Skip
from comms.render.changes import Change
from comms.render.page_templates import BASE, INDEX, PARTS
from comms.render.preview_templates import CHANGES, EDITION
from comms.render.wording import NBSP


def _reasons(skips: tuple[Skip, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((skip.what, str(skip.reason)) for skip in skips)


@dataclass(frozen=True, slots=True)
class IndexEdition:
    """An edition in the index: `files` from what they are called (HTML, text …) to where they are.

    `page` is where its own page is; `change` what became of it, None in the first preview.
    """

    audience: str
    place: str
    subject: str
    recipients: int
    size: int
    files: Mapping[str, str]
    picks: tuple[Pick, ...] = ()
    skips: tuple[Skip, ...] = ()
    page: str = ""
    change: Change | None = None

    @property
    def why(self) -> tuple[tuple[str, str], ...]:
        """Each item and why it was chosen."""
        return tuple((pick.item, str(pick.why)) for pick in self.picks)

    @property
    def left_out(self) -> tuple[tuple[str, str], ...]:
        """What was not chosen, and why."""
        return _reasons(self.skips)


@dataclass(frozen=True, slots=True)
class IndexPost:
    """A post in the index; `href` leads to its page, `beside` to the one of all its item's posts."""

    post: PostText
    network: Network
    href: str
    change: Change | None = None
    beside: str = ""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An issue or post of the plan: `when` and `state` in words; `notes` is all else to say of it."""

    id: str
    title: str
    when: str
    state: str
    fingerprint: str
    editions: tuple[IndexEdition, ...] = ()
    posts: tuple[IndexPost, ...] = ()
    skips: tuple[Skip, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def recipients(self) -> int:
        """How many copies of a letter."""
        return sum(edition.recipients for edition in self.editions)

    @property
    def left_out(self) -> tuple[tuple[str, str], ...]:
        """What did not come with, and why."""
        return _reasons(self.skips)


@dataclass(frozen=True, slots=True)
class Lead:
    """A way to a page: what it is called, where it is, and what became of it."""

    name: str
    href: str
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class IndexPage:
    """The index of a folder: `made` says when and from what; `titles` gives items' titles by slug.

    `since` says in a sentence what differs from the last preview, "" in the first; `news` leads to it. `gone`
    names what is not planned any more, `kept` leads to what earlier previews made and this one did not.
    """

    title: str
    made: str
    entries: tuple[IndexEntry, ...]
    titles: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    since: str = ""
    news: tuple[Lead, ...] = ()
    gone: tuple[str, ...] = ()
    kept: tuple[Lead, ...] = ()


def index_page(page: IndexPage) -> str:
    """The index as HTML."""
    return _page("index").render(page=page)


@cache
def environment() -> Environment:
    """Where the pages' templates are, with what they are written in."""
    made = Environment(
        loader=DictLoader(
            {
                "base": BASE,
                "changes": CHANGES,
                "edition": EDITION,
                "index": INDEX,
                "parts": PARTS,
            }
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["severity"] = _SEVERITIES.__getitem__
    made.filters["thousands"] = lambda number: f"{number:,}".replace(",", NBSP)
    made.filters["kilobytes"] = lambda size: f"{round(size / 1000)}{NBSP}kB"
    return made


def _page(name: str) -> Template:
    return environment().get_template(name)


_SEVERITIES = {Severity.ERROR: "Fel", Severity.WARNING: "Varning", Severity.NOTICE: "Notis"}

"""What rules need to know beyond the text: names, abbreviations, the strategy, the area."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from comms.check.lexicon import Lexicon
from comms.model.audience import Audiences
from comms.model.item import BrokenItem, Item, Picture
from comms.model.settings import Settings
from comms.model.strategy import Strategy
from comms.model.workspace import Workspace

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Names:
    """Names that are never judged as words, found by any word that they hold."""

    by_word: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """Index names; empty ones are left out."""
        index: dict[str, tuple[str, ...]] = {}
        for name in sorted({name.strip() for name in names if name.strip()}):
            for word in sorted(set(_WORD.findall(name))):
                index[word] = (*index.get(word, ()), name)
        return cls(index)

    def all(self) -> set[str]:
        """Every name."""
        return {name for names in self.by_word.values() for name in names}

    def covers(self, text: str, start: int, end: int) -> bool:
        """Whether the word at `start` to `end` stands there as part of one of the names.

        Case counts: "Lantmännen" may be a name, "lantmännen" is a word.
        """
        word = text[start:end].split(" ", maxsplit=1)[0]
        stem = word.removesuffix("s")  # the genitive: "Karin Eks"
        candidates = (*self.by_word.get(word, ()), *(self.by_word.get(stem, ()) if stem != word else ()))
        return any(_stands(name, text, start, stem) for name in candidates)


def _stands(name: str, text: str, start: int, word: str) -> bool:
    """Whether `name` stands in `text` with its part `word` at `start`."""
    at = name.find(word)
    while at >= 0:
        if at <= start and text.startswith(name, start - at):
            return True
        at = name.find(word, at + 1)
    return False


@dataclass(frozen=True, slots=True)
class Told:
    """What one item tells of a picture: who is in it, and when somebody took a yes back. `path`: the item."""

    path: str
    people: tuple[str, ...]
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class Pictures:
    """What the items tell of pictures of people, found by a picture's path and by the hash of its bytes.

    One file may be in several items, and one picture in several files: what is said of it once holds
    wherever it is shown.
    """

    shown: Mapping[str, Told] = field(default_factory=dict)
    taken_back: Mapping[str, Told] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Item | BrokenItem]) -> Pictures:
        """Index what items tell; of several that tell of one picture the first is named."""
        shown: dict[str, Told] = {}
        taken_back: dict[str, Told] = {}
        for item in items:
            for picture in item.pictures:
                withdrawn_on = picture.consent.withdrawn_on if picture.consent else None
                told = Told(item.path, picture.people, withdrawn_on)
                for mark in _marks(picture):
                    if told.people:
                        shown.setdefault(mark, told)
                    if told.withdrawn_on:
                        taken_back.setdefault(mark, told)
        return cls(shown, taken_back)

    def people_in(self, picture: Picture) -> Told | None:
        """Who is in a picture by what some item tells."""
        return next((self.shown[mark] for mark in _marks(picture) if mark in self.shown), None)

    def withdrawal_of(self, picture: Picture) -> Told | None:
        """Where it is written that a yes to a picture was taken back."""
        return next((self.taken_back[mark] for mark in _marks(picture) if mark in self.taken_back), None)


def _marks(picture: Picture) -> tuple[str, ...]:
    return (picture.path, picture.sha256) if picture.sha256 else (picture.path,)


@dataclass(frozen=True, slots=True)
class CheckContext:
    """The workspace's part of what rules know.

    `names`: people, organisations, projects, places. `abbreviations`: those in use and what they stand
    for, "" for those that everyone knows. `places`: what the area and its municipalities are called.
    `pictures`: what the items tell of pictures of people.
    """

    strategy: Strategy
    audiences: Audiences
    names: Names
    places: tuple[str, ...] = ()
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    lexicon: Lexicon = field(default_factory=lambda: Lexicon.of(()))
    pictures: Pictures = field(default_factory=Pictures)


def context_of(workspace: Workspace, settings: Settings) -> CheckContext:
    """Gather what rules need from a workspace and its settings."""
    municipalities = workspace.audiences.municipalities.values()
    offices = (address.name for address in workspace.audiences.recipients)
    projects = (item.project.name for item in workspace.items.values() if item.project)
    applicants = (item.project.applicant for item in workspace.items.values() if item.project)
    own = (settings.name, settings.sender.name, settings.brand.wordmark)
    return CheckContext(
        strategy=workspace.strategy,
        audiences=workspace.audiences,
        names=Names.of((*municipalities, *offices, *projects, *applicants, *own)),
        places=(*municipalities, settings.name),
        abbreviations=dict(workspace.words.abbreviations),
        lexicon=Lexicon.of(workspace.words.terms),
        pictures=Pictures.of((*workspace.items.values(), *workspace.broken.values())),
    )

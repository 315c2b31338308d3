"""What rules need to know beyond the text: names, abbreviations, the strategy, the area."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from comms.check.lexicon import Lexicon
from comms.model.audience import Audiences
from comms.model.settings import Settings
from comms.model.strategy import Strategy
from comms.model.workspace import Workspace
from comms.text.consents import Pictures

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

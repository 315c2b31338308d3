"""A loaded workspace: everything in the folder that an organisation edits, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comms.model.audience import Audiences
from comms.model.issue import IssueNotes
from comms.model.item import BrokenItem, Item
from comms.model.mail_client import NO_CLIENTS, ClientTable
from comms.model.strategy import Strategy
from comms.model.term import WordList


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """Templates by name (`newsletters/municipal.mjml.j2`): their source, and paths for messages."""

    sources: Mapping[str, str]
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder as values. Items in order of slug; `digests` maps a path to its sha256."""

    items: Mapping[str, Item]
    broken: Mapping[str, BrokenItem]
    notes: Mapping[str, IssueNotes]
    broken_notes: frozenset[str]
    audiences: Audiences
    strategy: Strategy
    templates: TemplateSet
    digests: Mapping[str, str]
    words: WordList = field(default_factory=WordList)
    clients: ClientTable = NO_CLIENTS

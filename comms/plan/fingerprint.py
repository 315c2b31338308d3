"""What an entry is made of, and whether it still is: manifest, fingerprint, what changed.

The addresses in audiences.yaml are not part of it: who reads is decided when the run starts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from comms.errors import Text, say
from comms.model.plan import Entry, EntryKind, Manifest
from comms.model.settings import Settings
from comms.model.workspace import Workspace

_SETTINGS = "comms.yaml: "
_LENGTH = 16


def manifest(entry: Entry, workspace: Workspace, settings: Settings) -> Manifest:
    """Hash everything that the entry is made of, by path; "" where a file is missing."""
    return Manifest(
        {path: _digest(path, workspace, settings) for path in sorted(set(_paths(entry, workspace)))}
    )


def fingerprint(entry: Entry, made_of: Manifest) -> str:
    """The hash of manifest and slot: what a person approves."""
    content = [entry.id, entry.moment.wall.isoformat(), entry.channel, sorted(made_of.parts.items())]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:_LENGTH]


def holds(entry: Entry, workspace: Workspace, settings: Settings) -> bool:
    """Whether an approved entry is still made of what was approved."""
    return entry.fingerprint == fingerprint(entry, manifest(entry, workspace, settings))


def changes(approved: Manifest, workspace: Workspace, settings: Settings) -> list[Text]:
    """What is not as it was when the manifest was approved, each by name."""
    found = []
    for path, before in approved.parts.items():
        now = _digest(path, workspace, settings)
        if now == before:
            continue
        if not now:
            found.append(say("{path} saknas eller har fel", path=path))
        elif not before:
            found.append(say("{path} har tillkommit", path=path))
        else:
            found.append(say("{path} är ändrad", path=path))
    return found


def _paths(entry: Entry, workspace: Workspace) -> Iterator[str]:
    yield f"{_SETTINGS}workspace"
    yield f"{_SETTINGS}channels.{entry.channel}"
    for slug in entry.items:
        item = workspace.items.get(slug)
        if item is not None:
            yield item.path
            yield from (picture.path for picture in item.pictures)
    if entry.kind is EntryKind.ISSUE:
        yield f"content/issues/{entry.id}.md"
        yield from ("audiences.yaml", "strategy.yaml")
        yield from (
            path for name, path in workspace.templates.paths.items() if name.startswith("newsletters/")
        )
        yield from (path for path in workspace.digests if path.startswith("templates/assets/"))
        yield from (f"{_SETTINGS}{part}" for part in ("sender", "brand", "eu_statement"))
        yield f"{_SETTINGS}newsletters.{entry.newsletter}"


def _digest(path: str, workspace: Workspace, settings: Settings) -> str:
    if path.startswith(_SETTINGS):
        return settings.parts.get(path.removeprefix(_SETTINGS), "")
    return workspace.digests.get(path, "")

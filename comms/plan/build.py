"""The plan of a span of time: issues and posts together, in order, with fingerprints."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from comms.model.plan import Entry, Plan, Skip
from comms.plan.fingerprint import fingerprint, manifest
from comms.plan.issues import World, issues
from comms.plan.posts import posts


def build(world: World, since: datetime, until: datetime) -> Plan:
    """Plan everything due after `since` and not after `until` (UTC).

    What is approved keeps its fingerprint; what is not gets the one that its files give today.
    """
    found = [*issues(world, since, until), *posts(world, since, until)]
    entries = [_marked(world, entry) for entry in found if isinstance(entry, Entry)]
    skips = tuple(skip for skip in found if isinstance(skip, Skip))
    return Plan(tuple(sorted(entries, key=lambda e: (e.moment.at, e.id))), skips)


def _marked(world: World, entry: Entry) -> Entry:
    if entry.approved and entry.fingerprint:
        return entry
    made_of = manifest(entry, world.workspace, world.settings)
    return replace(entry, fingerprint=fingerprint(entry, made_of))

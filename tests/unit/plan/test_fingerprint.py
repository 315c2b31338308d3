"""What a person approves: everything that an entry is made of, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from comms.model.audience import FunctionalAddress
from comms.model.plan import Entry, Manifest
from comms.model.settings import Settings
from comms.model.workspace import Workspace
from comms.plan.fingerprint import changes, fingerprint, holds, manifest
from comms.plan.issues import World
from tests.unit.plan.builder import (
    AUDIENCES,
    NEWSLETTER,
    TEMPLATE,
    entry,
    frozen,
    item,
    ledger,
    notes,
    picture,
    plan,
    post,
    settings,
    workspace,
    world,
)

ISSUE = "brevet-2026-12-01"
POST = "bryggan.mastodon.1"
WORLD = world(
    item("bryggan", pictures=(picture(),), posts=(post(at="2026-12-01 11:00"),)),
    said=[notes(ISSUE, subject="December")],
)


def made_of(identity: str = ISSUE, seen: World = WORLD) -> Manifest:
    return manifest(entry(seen, identity), seen.workspace, seen.settings)


def files(**changed: str) -> Workspace:
    """The world's files, some with other bytes."""
    return replace(WORLD.workspace, digests={**WORLD.workspace.digests, **changed})


def said(**parts: str) -> Settings:
    return replace(WORLD.settings, parts={**WORLD.settings.parts, **parts})


def test_an_issue_is_made_of_items_pictures_notes_templates_and_the_settings_that_it_uses() -> None:
    assert sorted(made_of().parts) == [
        "audiences.yaml",
        "comms.yaml: brand",
        "comms.yaml: channels.mail",
        "comms.yaml: eu_statement",
        "comms.yaml: newsletters.brevet",
        "comms.yaml: sender",
        "comms.yaml: workspace",
        "content/issues/brevet-2026-12-01.md",
        "content/items/bryggan.md",
        "content/pictures/bryggan.png",
        "strategy.yaml",
        TEMPLATE,
    ]


def test_a_post_is_made_of_its_item_its_pictures_and_its_channel() -> None:
    assert sorted(made_of(POST).parts) == [
        "comms.yaml: channels.mastodon",
        "comms.yaml: workspace",
        "content/items/bryggan.md",
        "content/pictures/bryggan.png",
    ]


def test_a_file_that_is_not_there_is_part_of_it_too() -> None:
    assert made_of(seen=world(item("bryggan"))).parts[f"content/issues/{ISSUE}.md"] == ""


@pytest.mark.parametrize("path", sorted(made_of().parts))
def test_a_change_in_any_part_voids_the_approval_and_is_named(path: str) -> None:
    planned = entry(WORLD, ISSUE)
    name = path.removeprefix("comms.yaml: ")
    folder, wanted = (
        (WORLD.workspace, said(**{name: "other"}))
        if name != path
        else (
            files(**{path: "other"}),
            WORLD.settings,
        )
    )
    assert holds(planned, WORLD.workspace, WORLD.settings)
    assert not holds(planned, folder, wanted)
    assert [str(one) for one in changes(made_of(), folder, wanted)] == [f"{path} är ändrad"]


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (files(**{"content/items/annan.md": "ny"}), "an item that is not in the issue"),
        (files(**{"content/pictures/annan.png": "ny"}), "a picture that is not in the issue"),
        (files(**{"content/issues/brevet-2027-01-05.md": "ny"}), "another issue's notes"),
    ],
)
def test_what_the_issue_is_not_made_of_does_not_void_it(other: Workspace, named: str) -> None:
    assert holds(entry(WORLD, ISSUE), other, WORLD.settings), named


@pytest.mark.parametrize("part", ["channels.mastodon", "newsletters.annat", "officer"])
def test_a_setting_that_the_issue_does_not_use_does_not_void_it(part: str) -> None:
    assert holds(entry(WORLD, ISSUE), WORLD.workspace, said(**{part: "other"}))


@pytest.mark.parametrize("part", ["sender", "brand", "channels.mail", "newsletters.brevet"])
def test_a_setting_of_letters_does_not_void_a_post(part: str) -> None:
    assert holds(entry(WORLD, POST), WORLD.workspace, said(**{part: "other"}))


def test_a_missing_file_is_named_as_missing() -> None:
    digests = {path: sha for path, sha in WORLD.workspace.digests.items() if path != TEMPLATE}
    found = changes(made_of(), replace(WORLD.workspace, digests=digests), WORLD.settings)
    assert [str(one) for one in found] == [f"{TEMPLATE} saknas eller har fel"]


def test_a_file_that_was_written_after_approval_is_named_as_new() -> None:
    before = world(item("bryggan"))
    approved = made_of(seen=before)
    after = workspace([item("bryggan")], [notes(ISSUE)])
    assert [str(one) for one in changes(approved, after, before.settings)] == [
        f"content/issues/{ISSUE}.md har tillkommit"
    ]


def test_several_changes_are_all_named() -> None:
    found = changes(made_of(), files(**{TEMPLATE: "x", "audiences.yaml": "y"}), said(sender="z"))
    assert [str(one).partition(" är")[0] for one in found] == [
        "audiences.yaml",
        "comms.yaml: sender",
        TEMPLATE,
    ]


# The slot


@pytest.mark.parametrize(
    "other",
    [
        lambda one: replace(one, id="brevet-2026-12-02"),
        lambda one: replace(one, channel="annan"),
        lambda one: replace(one, moment=replace(one.moment, wall=one.moment.wall.replace(hour=9))),
    ],
    ids=["another entry", "another channel", "another time"],
)
def test_the_slot_is_part_of_the_fingerprint(other: Callable[[Entry], Entry]) -> None:
    planned, parts = entry(WORLD, ISSUE), made_of()
    assert fingerprint(other(planned), parts) != fingerprint(planned, parts)


def test_the_title_and_the_count_of_readers_are_no_part_of_it() -> None:
    planned, parts = entry(WORLD, ISSUE), made_of()
    assert fingerprint(replace(planned, title="Annan", editions=()), parts) == fingerprint(planned, parts)


# The same every time


def test_the_order_of_the_manifest_does_not_matter() -> None:
    planned, parts = entry(WORLD, ISSUE), made_of()
    turned = Manifest(dict(reversed(list(parts.parts.items()))))
    assert fingerprint(planned, turned) == fingerprint(planned, parts)


def test_the_order_of_items_in_the_folder_does_not_matter() -> None:
    one = entry(world(item("a"), item("b")), ISSUE)
    other = entry(world(item("b"), item("a")), ISSUE)
    assert one.fingerprint == other.fingerprint != ""


def test_another_process_with_another_hash_seed_gives_the_same_fingerprint() -> None:
    code = (
        "from tests.unit.plan.test_fingerprint import *; "
        "print(entry(WORLD, ISSUE).fingerprint, entry(WORLD, POST).fingerprint)"
    )
    said_there = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    here = [entry(WORLD, ISSUE).fingerprint, entry(WORLD, POST).fingerprint]
    assert said_there == [here, here]


def test_a_fingerprint_is_sixteen_characters_that_can_be_read_aloud() -> None:
    planned = entry(WORLD, ISSUE)
    assert len(planned.fingerprint) == 16
    assert set(planned.fingerprint) <= set("0123456789abcdef")


def test_every_entry_of_a_plan_has_its_own_fingerprint() -> None:
    found = plan(WORLD, until="2027-06-01").entries
    assert len({one.fingerprint for one in found}) == len(found) > 2


# Addresses and what comes later


def test_a_readers_address_is_no_part_of_it() -> None:
    one_more = (*AUDIENCES.recipients, FunctionalAddress("ny@eda.example", "Ny", "public", "eda"))
    other = replace(WORLD.workspace, audiences=replace(AUDIENCES, recipients=one_more))
    assert holds(entry(WORLD, ISSUE), other, WORLD.settings)


def test_a_new_item_after_approval_voids_nothing() -> None:
    facts = ledger(frozen(entry(WORLD, ISSUE)))
    wider = World(
        workspace([*WORLD.workspace.items.values(), item("ny")], WORLD.workspace.notes.values()),
        WORLD.settings,
        facts,
        {},
    )
    planned = entry(wider, ISSUE)
    assert planned.approved
    assert planned.fingerprint == entry(WORLD, ISSUE).fingerprint
    assert [skip.what for skip in planned.waiting] == ["ny"]


def test_a_change_that_is_taken_back_makes_the_approval_hold_again() -> None:
    facts = ledger(frozen(entry(WORLD, ISSUE)))
    changed = replace(WORLD, facts=facts, workspace=files(**{TEMPLATE: "other"}))
    assert entry(changed, ISSUE).voided
    assert entry(replace(changed, workspace=WORLD.workspace), ISSUE).approved


def test_an_approved_entry_shows_the_fingerprint_that_was_approved() -> None:
    approved = frozen(entry(WORLD, ISSUE))
    assert entry(replace(WORLD, facts=ledger(approved)), ISSUE).fingerprint == approved.fingerprint


def test_a_voided_entry_shows_the_fingerprint_of_today() -> None:
    approved = frozen(entry(WORLD, ISSUE))
    changed = replace(WORLD, facts=ledger(approved), workspace=files(**{TEMPLATE: "other"}))
    assert entry(changed, ISSUE).fingerprint not in {approved.fingerprint, ""}


def test_settings_of_two_letters_do_not_touch_each_other() -> None:
    other = replace(NEWSLETTER, slug="annat")
    both = world(item("bryggan"), ways=settings(NEWSLETTER, other))
    planned = entry(both, ISSUE)
    parts = {**both.settings.parts, "newsletters.annat": "other"}
    assert holds(planned, both.workspace, replace(both.settings, parts=parts))

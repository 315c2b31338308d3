"""The whole folder is read at once; a file with a fault never hides another's."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from comms.content.workspace import load_workspace
from comms.errors import Problem
from comms.model.settings import Settings
from comms.model.workspace import Workspace
from comms.settings.load import load_settings
from tests.unit.content.desk import BASE, hints, said, written


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the base workspace."""
    shutil.copytree(BASE, tmp_path / "arbetsyta")
    return tmp_path / "arbetsyta"


def settings(root: Path) -> Settings:
    """The workspace's settings."""
    found, problems = load_settings(root)
    assert found is not None, problems
    return found


def load(root: Path) -> tuple[Workspace, list[Problem]]:
    """Read the workspace."""
    return load_workspace(root, settings(root))


def write(root: Path, path: str, text: str) -> None:
    """Write a file of the workspace."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def test_a_whole_workspace_is_read_whole(root: Path) -> None:
    write(root, "content/issues/kommunbrevet-2026-12-01.md", "---\npin: [bryggan]\n---\nHej.\n")

    workspace, problems = load(root)

    assert problems == []
    assert list(workspace.items) == ["bryggan", "motet"]
    assert (workspace.broken, workspace.broken_notes) == ({}, frozenset())
    assert list(workspace.notes) == ["kommunbrevet-2026-12-01"]
    assert list(workspace.audiences.audiences) == ["business-offices", "partnership", "public"]
    assert list(workspace.strategy.focus_areas) == ["stark-bygd", "larande"]


def test_every_file_that_letters_are_made_of_has_its_digest(root: Path) -> None:
    write(root, "content/issues/kommunbrevet-2026-12-01.md", "---\n---\nHej.\n")

    workspace, _ = load(root)

    assert {path for path in workspace.digests if not path.startswith("templates/")} == {
        "audiences.yaml",
        "strategy.yaml",
        "content/items/bryggan.md",
        "content/items/motet.md",
        "content/pictures/brygga.png",
        "content/issues/kommunbrevet-2026-12-01.md",
    }
    assert "templates/newsletters/municipal.mjml.j2" in workspace.digests
    assert all(len(digest) == 64 for digest in workspace.digests.values())


def test_a_broken_item_is_kept_apart_and_the_others_are_read(root: Path) -> None:
    write(root, "content/items/avbrott.md", written(kind="nyhet"))

    workspace, problems = load(root)

    assert list(workspace.items) == ["bryggan", "motet"]
    assert list(workspace.broken) == ["avbrott"]
    assert "content/items/avbrott.md" not in workspace.digests
    assert len(problems) == 1


def test_items_in_folders_are_read_and_drafts_are_left_alone(root: Path) -> None:
    write(root, "content/items/2026/leden.md", written())
    write(root, "content/items/_utkast.md", "Inte färdigt")

    workspace, problems = load(root)

    assert (list(workspace.items), problems) == (["bryggan", "leden", "motet"], [])


@pytest.mark.parametrize("name", ["nyhet.txt", "Nyhet.MD", "nyhet.markdown", "nyhet.docx"])
def test_a_text_under_another_name_is_not_left_out_in_silence(root: Path, name: str) -> None:
    write(root, f"content/items/{name}", "Hej")

    _, problems = load(root)

    assert said(problems) == [f"content/items/{name} C122 Filen läses inte: namnet slutar inte på ”.md”."]
    assert hints(problems)[0].startswith(f"Döp om den till {name.rpartition('.')[0]}.md")


@pytest.mark.parametrize("name", [".DS_Store", "bild.png", "_utkast.txt", "Thumbs.db"])
def test_other_files_are_left_alone(root: Path, name: str) -> None:
    write(root, f"content/items/{name}", "x")

    assert load(root)[1] == []


@pytest.mark.parametrize("name", ["strategy.yaml", "audiences.yaml"])
def test_a_file_that_is_missing_is_told_once(root: Path, name: str) -> None:
    (root / name).unlink()

    workspace, problems = load(root)

    assert said(problems) == [f"{name} C101 Filen {name} saknas i arbetsytan."]
    assert list(workspace.items) == ["bryggan", "motet"]


def test_a_strategy_that_cannot_be_read_makes_no_item_wrong(root: Path) -> None:
    write(root, "strategy.yaml", "a: b: c\n")

    workspace, problems = load(root)

    assert [one.location.path for one in problems] == ["strategy.yaml"]
    assert list(workspace.items) == ["bryggan", "motet"]


def test_a_workspace_without_content_is_empty(root: Path) -> None:
    shutil.rmtree(root / "content")

    workspace, problems = load(root)

    assert (workspace.items, workspace.notes, problems) == ({}, {}, [])


def test_broken_notes_are_known_by_their_issue(root: Path) -> None:
    write(root, "content/issues/kommunbrevet-2026-12-01.md", "---\npin: [x]\n---\n")

    workspace, problems = load(root)

    assert workspace.broken_notes == frozenset({"kommunbrevet-2026-12-01"})
    assert workspace.notes == {}
    assert [one.code for one in problems] == ["C115"]


def test_notes_may_pin_an_item_that_is_broken_just_now(root: Path) -> None:
    write(root, "content/items/bryggan.md", written(kind="nyhet"))
    write(root, "content/issues/kommunbrevet-2026-12-01.md", "---\npin: [bryggan]\n---\n")

    workspace, problems = load(root)

    assert list(workspace.notes) == ["kommunbrevet-2026-12-01"]
    assert [one.location.path for one in problems] == ["content/items/bryggan.md"]


def test_two_files_of_one_name_are_broken_and_may_belong_where_either_does(root: Path) -> None:
    write(root, "content/items/a/leden.md", written(audiences="[public]", municipalities="[sunne]"))
    write(
        root,
        "content/items/b/leden.md",
        written(
            audiences="[partnership]",
            municipalities="[torsby]",
            date="2026-11-01",
            publish="{until: 2027-01-01}",
        ),
    )

    workspace, problems = load(root)

    leden = workspace.broken["leden"]
    assert "leden" not in workspace.items
    assert leden.audiences == ("public", "partnership")
    assert leden.municipalities == ("sunne", "torsby")
    assert (leden.publish_from, leden.publish_until) == (date(2026, 11, 1), None)
    assert said(problems) == [
        "content/items/b/leden.md C118 Två filer heter ”leden”: den andra är content/items/a/leden.md."
    ]


@pytest.mark.parametrize("broken", ["a", "b"])
def test_two_files_of_one_name_of_which_one_is_unreadable_may_belong_anywhere(
    root: Path, broken: str
) -> None:
    write(root, "content/items/a/leden.md", "x" if broken == "a" else written())
    write(root, "content/items/b/leden.md", "x" if broken == "b" else written())

    workspace, _ = load(root)

    assert workspace.broken["leden"].audiences is None
    assert workspace.broken["leden"].is_for("partnership", "torsby")
    assert workspace.broken["leden"].publish_from is None


def test_three_files_of_one_name_are_told_of_all(root: Path) -> None:
    for folder in "abc":
        write(root, f"content/items/{folder}/leden.md", written(publish="{until: 2027-01-01}"))

    workspace, problems = load(root)

    assert [one.code for one in problems] == ["C118", "C118"]
    assert workspace.broken["leden"].publish_until == date(2027, 1, 1)


def test_an_item_that_concerns_everywhere_makes_its_twin_concern_everywhere(root: Path) -> None:
    write(root, "content/items/a/leden.md", written())
    write(root, "content/items/b/leden.md", written(municipalities="[sunne]"))

    assert load(root)[0].broken["leden"].is_for("public", "torsby")


def test_only_channels_of_networks_may_have_posts(root: Path) -> None:
    write(root, "content/items/leden.md", written(posts="{mail: {text: Hej}}"))

    assert said(load(root)[1]) == ["content/items/leden.md:7:9 C112 Nyckeln ”posts.mail” finns inte."]

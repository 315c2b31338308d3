"""Looking again is quicker and never different: what is remembered is what would be worked out anew."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from comms.app import sooner
from comms.app.house import open_house
from comms.app.sooner import Memory, Sooner, recalled
from comms.content.terms import FILE as TERMS
from comms.errors import Problem
from tests.unit.content.desk import BASE, written

ITEM = "content/items/vandringen.md"
BODY = "En tjänsteman visade vägen till kärnan.\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small workspace with one faulty item, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "arbetsyta"
    shutil.copytree(BASE, folder)
    (folder / ITEM).write_text(written(BODY), encoding="utf-8")
    return folder


def look(root: Path, jobs: int = 1) -> tuple[Problem, ...]:
    """Check the workspace, remembering."""
    return open_house(root, Sooner(recalled(root), jobs)).problems


def plant(root: Path) -> None:
    """Put into the memory that the item has no problem, to see whether the memory is asked."""
    memory = recalled(root)
    answer = pickle.loads(memory.kept[ITEM].judged)  # noqa: S301 - written by the test
    memory.kept[ITEM].judged = pickle.dumps(type(answer)((), (), {}, {}))
    memory.save()


def of_item(problems: tuple[Problem, ...]) -> list[str]:
    """The codes of the item's problems."""
    return [problem.code for problem in problems if problem.location.path == ITEM]


def test_a_second_look_says_the_same_as_the_first_and_as_a_look_without_memory(root: Path) -> None:
    plain = open_house(root).problems

    assert look(root) == plain
    assert look(root) == plain
    assert of_item(plain) == ["S101"]


def test_an_untouched_item_is_not_judged_again(root: Path) -> None:
    look(root)
    plant(root)

    assert of_item(look(root)) == []


def change_item(root: Path) -> None:
    (root / ITEM).write_text(written(f"{BODY}Och en talesman.\n"), encoding="utf-8")


def change_settings(root: Path) -> None:
    file = root / "comms.yaml"
    file.write_text(file.read_text("utf-8").replace("name: ", "name: Nya ", 1), encoding="utf-8")


def change_audiences(root: Path) -> None:
    file = root / "audiences.yaml"
    file.write_text(file.read_text("utf-8").replace("title: ", "title: Nya ", 1), encoding="utf-8")


def name_a_project_elsewhere(root: Path) -> None:
    text = written("Nu är den klar.\n", project="{name: Leden runt kärnan, applicant: Byalaget}")
    (root / "content/items/en-annan.md").write_text(text, encoding="utf-8")


def add_a_word(root: Path) -> None:
    (root / TERMS).write_text("term;rule;instead\nkärnan;S103;mitten\n", encoding="utf-8")


@pytest.mark.parametrize(
    "change", [change_item, change_settings, change_audiences, name_a_project_elsewhere, add_a_word]
)
def test_what_an_answer_comes_from_is_looked_at_and_a_change_of_any_of_it_judges_anew(
    root: Path, change: Callable[[Path], None]
) -> None:
    look(root)
    plant(root)
    change(root)

    assert look(root) == open_house(root).problems
    assert "S101" in of_item(look(root))


def test_a_picture_that_is_gone_or_new_is_seen(root: Path) -> None:
    picture = next((root / "content").rglob("*.png"))
    named = picture.relative_to(root / "content").as_posix()
    (root / ITEM).write_text(written(BODY, images=f"[{{file: {named}, alt: En brygga.}}]"), encoding="utf-8")
    look(root)
    plant(root)
    picture.unlink()

    assert "C120" in of_item(look(root))


def test_an_item_with_faults_is_read_again_every_time(root: Path) -> None:
    (root / ITEM).write_text(written(BODY, title=""), encoding="utf-8")

    assert look(root) == look(root) == open_house(root).problems
    assert ITEM not in recalled(root).kept


def test_an_item_that_is_gone_is_forgotten(root: Path) -> None:
    look(root)
    (root / ITEM).unlink()
    change_settings(root)
    look(root)

    assert ITEM not in recalled(root).kept


@pytest.mark.parametrize("damage", [b"", b"x", b"0" * 64 + b"not a memory"])
def test_a_damaged_memory_is_no_memory(root: Path, damage: bytes) -> None:
    plain = look(root)
    recalled(root).file.write_bytes(damage)

    assert recalled(root).kept == {}
    assert look(root) == plain


def test_what_another_version_of_the_program_remembered_is_not_believed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(root)
    monkeypatch.setattr(sooner, "_code_digest", lambda: b"1" * 32)

    assert recalled(root).kept == {}


def test_where_nothing_can_be_written_the_check_still_answers(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in-the-way").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "in-the-way"))

    assert look(root) == open_house(root).problems


def test_several_processes_say_the_same_in_the_same_order(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        (root / f"content/items/nyhet-{number}.md").write_text(written(BODY), encoding="utf-8")
    monkeypatch.setattr(sooner, "FEW", 2)

    assert look(root, jobs=2) == open_house(root).problems


def test_a_memory_that_somebody_else_could_have_written_is_no_memory(root: Path) -> None:
    look(root)
    recalled(root).file.chmod(0o666)

    assert recalled(root).kept == {}


def test_nothing_is_left_behind_when_the_memory_cannot_be_written(root: Path) -> None:
    look(root)
    memory = recalled(root)
    memory.file.unlink()
    memory.file.mkdir()
    memory.save()

    assert [path.name for path in memory.file.parent.iterdir()] == [memory.file.name]


def test_a_remembered_body_is_the_body(root: Path) -> None:
    read = open_house(root).workspace.items["vandringen"]
    look(root)
    kept = open_house(root, Sooner(recalled(root), 1)).workspace.items["vandringen"]

    assert (kept.body.blocks, kept.body.exemptions) == (read.body.blocks, read.body.exemptions)


def test_without_a_memory_nothing_is_written(root: Path, tmp_path: Path) -> None:
    open_house(root, Sooner(None, 1))

    assert not (tmp_path / "cache").exists()
    assert isinstance(recalled(root), Memory)

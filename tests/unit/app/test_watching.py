"""Watching: a look at once, one more for every change, and what is new or mended since the last."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

from comms.app.watching import Look, Stamps, looks, stamps, until_stopped
from comms.errors import ConfigError, Location, Problem, Severity, say

Answer = Sequence[Problem] | ConfigError


def problem(line: int, word: str = "tjänsteman", path: str = "a.md") -> Problem:
    return Problem("S101", Severity.WARNING, say("{w}", w=word), say("Ändra."), Location(path, line, 1))


def watched(answers: Iterable[Answer], files: Iterable[int] | None = None) -> list[Look]:
    """The looks that are made of checks with these answers; `files` are the stamps of one file in turn."""
    coming = list(answers)
    turns = iter(range(len(coming)) if files is None else files)

    def check() -> Sequence[Problem]:
        answer = coming.pop(0)
        if isinstance(answer, ConfigError):
            raise answer
        return answer

    def stamp() -> Stamps:
        return {"a.md": (next(turns), 1)}

    return list(islice(looks(check, stamp, lambda: None), len(coming)))


def test_the_first_look_tells_what_there_is_and_nothing_as_new() -> None:
    assert watched([[problem(1)]]) == [Look((problem(1),))]


def test_nothing_is_checked_until_a_file_has_changed() -> None:
    waits = []
    turns = iter([1, 1, 1, 2])
    seen = looks(list, lambda: {"a.md": (next(turns), 1)}, lambda: waits.append(1))

    next(seen)
    assert waits == []
    next(seen)
    assert waits == [1, 1, 1]


def test_what_is_new_and_what_is_mended_is_told() -> None:
    (_, second) = watched([[problem(1, "lapp")], [problem(2, "förman"), problem(3, "talesman")]])

    assert second.new == (problem(2, "förman"), problem(3, "talesman"))
    assert second.mended == (problem(1, "lapp"),)


def test_what_has_only_moved_is_neither_new_nor_mended() -> None:
    (_, second) = watched([[problem(1), problem(2, "lapp")], [problem(5), problem(6, "lapp")]])

    assert (second.new, second.mended) == ((), ())


def test_one_more_of_the_same_is_one_new() -> None:
    (_, second) = watched([[problem(1)], [problem(1), problem(8)]])

    assert (second.new, second.mended) == ((problem(8),), ())


def test_one_more_is_new_also_when_both_have_moved() -> None:
    (_, second) = watched([[problem(1)], [problem(5), problem(8)]])

    assert (second.new, second.mended) == ((problem(8),), ())


def test_the_same_in_another_file_is_new() -> None:
    (_, second) = watched([[problem(1)], [problem(1, path="b.md")]])

    assert (second.new, second.mended) == ((problem(1, path="b.md"),), (problem(1),))


def test_a_workspace_that_cannot_be_used_is_told_and_waited_for() -> None:
    broken = ConfigError(say("comms.yaml har fel."), (problem(1, path="comms.yaml"),))

    (_, second, third) = watched([[problem(1)], broken, [problem(1), problem(2, "lapp")]])

    assert (second.refused, second.problems, second.mended) == (broken, broken.problems, ())
    assert (third.refused, third.new, third.mended) == (None, (problem(2, "lapp"),), ())


def test_a_workspace_that_is_broken_from_the_start_has_nothing_to_compare_with() -> None:
    (_, second) = watched([ConfigError(say("comms.yaml har fel.")), [problem(1)]])

    assert (second.problems, second.new) == ((problem(1),), ())


def test_a_file_that_changes_while_it_is_checked_is_checked_again() -> None:
    files = {"a.md": (1, 1)}
    checks = []

    def check() -> list[Problem]:
        checks.append(files["a.md"])
        files["a.md"] = (2, 1)  # the author saves in the middle of the check
        return []

    list(islice(looks(check, lambda: dict(files), lambda: None), 2))

    assert checks == [(1, 1), (2, 1)]


def changed(folder: Path, change: Callable[[], object]) -> bool:
    before = stamps(folder)
    change()
    return stamps(folder) != before


def test_stamps_tell_of_a_file_that_is_written_made_removed_or_renamed(tmp_path: Path) -> None:
    file = tmp_path / "content" / "items" / "a.md"
    file.parent.mkdir(parents=True)

    assert changed(tmp_path, lambda: file.write_text("ett", encoding="utf-8"))
    assert changed(tmp_path, lambda: file.write_text("två!", encoding="utf-8"))
    assert changed(tmp_path, lambda: os.utime(file, ns=(1, 1)))
    assert changed(tmp_path, lambda: file.rename(file.with_name("b.md")))
    assert changed(tmp_path, file.with_name("b.md").unlink)


def test_settings_word_lists_and_templates_are_watched(tmp_path: Path) -> None:
    (tmp_path / "templates" / "posts").mkdir(parents=True)

    for name in ("comms.yaml", "terms.csv", "templates/posts/mastodon.j2"):
        assert changed(tmp_path, (tmp_path / name).touch), name


def test_what_comms_itself_writes_is_not_watched(tmp_path: Path) -> None:
    for name in ("out", "var", ".git"):
        (tmp_path / name).mkdir()

    for name in ("out/brev.html", "var/comms.db", ".git/index", "comms.db"):
        assert not changed(tmp_path, (tmp_path / name).touch), name


def test_a_link_that_leads_nowhere_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").symlink_to(tmp_path / "borta.md")

    assert stamps(tmp_path) == {}


def test_a_workspace_that_is_gone_has_no_files(tmp_path: Path) -> None:
    assert stamps(tmp_path / "borta") == {}


def test_ctrl_c_and_a_kind_kill_end_it_and_the_old_handlers_are_back() -> None:
    before = signal.getsignal(signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM):
        ended = True
        with until_stopped():
            signal.raise_signal(number)
            ended = False
        assert ended

    assert signal.getsignal(signal.SIGTERM) == before
